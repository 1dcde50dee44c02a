//! preStop hooks that use up the whole grace period, and StatefulSets without one.

use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Template, Topic,
    template::{Container, Controller},
    yaml::Node,
};

pub(crate) static CHECK: Check = Check {
    id: "termination-grace",
    topic: Topic::Pod,
    title: "the program gets no time to end",
    severity: Severity::Medium,
    default: true,
    prevents: &["stuck-terminating", "statefulset-unknown-pod", "traffic-avalanche"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let field = template.spec.at(&["terminationGracePeriodSeconds"]);
    let grace = match field {
        Some(node) => node.integer(),
        None => Some(30),
    };
    let Some(grace) = grace else { return };
    if let Some(node) = field.filter(|_| grace == 0) {
        if template.controller == Controller::StatefulSet {
            found
                .at(node, "a grace period of 0 removes pods of a StatefulSet unasked: two of one name may run at once, and write to one volume")
                .advice("give it the time that the program needs to end");
        }
        return;
    }
    for container in template.containers() {
        let Some((node, seconds)) = sleeps(&container).filter(|(_, seconds)| *seconds >= grace) else {
            continue;
        };
        let so = if field.is_some() { "" } else { " (the default)" };
        found
            .at(
                node,
                format!(
                    "the preStop hook waits {seconds} s of a grace period of {grace} s{so}: the program is killed before it could end \
                     by itself"
                ),
            )
            .container(container.name)
            .advice(format!("set terminationGracePeriodSeconds to {} or more", seconds.saturating_add(30)));
    }
}

/// How long a hook waits for certain, in seconds.
fn sleeps<'o>(container: &Container<'o>) -> Option<(&'o Node, i64)> {
    let hook = container.at(&["lifecycle", "preStop"])?;
    if let Some(node) = hook.at(&["sleep", "seconds"]) {
        return Some((node, node.integer()?));
    }
    let words: Vec<&Node> = hook.items_at(&["exec", "command"]).iter().collect();
    let texts: Vec<&str> = words.iter().filter_map(|word| word.text()).collect();
    if let [program, seconds] = texts.as_slice()
        && (*program == "sleep" || program.ends_with("/sleep"))
    {
        return Some((words.get(1)?, duration(seconds)?));
    }
    // A script: only one that does one thing after another.
    let script = texts.last()?;
    if ["while", "until", "for ", "if ", "||", "&", "trap", "wait"].iter().any(|word| script.contains(word)) {
        return None;
    }
    let mut sum = 0_i64;
    for statement in script.split([';', '\n']) {
        let mut parts = statement.split_whitespace();
        if matches!(parts.next(), Some("sleep" | "/bin/sleep")) {
            sum = sum.saturating_add(parts.next().and_then(duration)?);
        }
    }
    (sum > 0).then_some((*words.last()?, sum))
}

/// `15`, `15s`, `1m`.
fn duration(text: &str) -> Option<i64> {
    let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number >= 0);
    match text.strip_suffix('m') {
        Some(minutes) => number(minutes)?.checked_mul(60),
        None => number(text.strip_suffix('s').unwrap_or(text)),
    }
}
