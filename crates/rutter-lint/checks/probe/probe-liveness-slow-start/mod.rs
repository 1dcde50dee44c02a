//! Java programs whose livenessProbe gives up before such a program has started under load.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, image, probes::Probe};

pub(crate) static CHECK: Check = Check {
    id: "probe-liveness-slow-start",
    topic: Topic::Probe,
    title: "a slow start is taken for a hang",
    severity: Severity::Low,
    default: true,
    prevents: &["probe-refused", "crash-loop", "restarts-by-node-load"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

/// A larger Java program with a fraction of a core takes this long to start, in seconds.
const START: i64 = 30;

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(probe) = Probe::of(container, "livenessProbe") else { return };
    if container.at(&["startupProbe"]).is_some() || !is_java(container) {
        return;
    }
    let until = probe.delay().saturating_add(probe.period().saturating_mul(probe.failures() - 1));
    if until < START {
        found
            .at(
                probe.key,
                format!(
                    "a Java program that doesn't answer {until} s after its start is restarted, and there is no startupProbe: with \
                     little CPU it never gets up"
                ),
            )
            .advice("add a startupProbe with the same question, periodSeconds 5 and failureThreshold 30 or more");
    }
}

fn is_java(container: &Container<'_>) -> bool {
    let words = || container.node.items_at(&["command"]).iter().chain(container.node.items_at(&["args"]));
    let mut names = container.node.items_at(&["env"]).iter().filter_map(|one| one.text_at(&["name"]));
    image::is_java(container.image())
        || words().filter_map(|word| word.text()).any(|word| word == "java" || word.ends_with("/java"))
        || names.any(|name| {
            name.starts_with("SPRING_")
                || matches!(name, "JAVA_OPTS" | "JAVA_TOOL_OPTIONS" | "JDK_JAVA_OPTIONS")
        })
}
