//! Numbers and switches without quotes in `command` and `args`, and in commands of probes and hooks.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, texts};

pub(crate) static CHECK: Check = Check {
    id: "args-not-text",
    topic: Topic::Pod,
    title: "a word of a command is not a text",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

const PLACES: [&[&str]; 7] = [
    &["command"],
    &["args"],
    &["livenessProbe", "exec", "command"],
    &["readinessProbe", "exec", "command"],
    &["startupProbe", "exec", "command"],
    &["lifecycle", "preStop", "exec", "command"],
    &["lifecycle", "postStart", "exec", "command"],
];

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    for place in PLACES {
        let Some(list) = container.at(place) else { continue };
        let path = place.join(".");
        if list.text().is_some() {
            found
                .at(
                    list,
                    format!(
                        "{path} is a text, and must be a list of them: the API server refuses the object"
                    ),
                )
                .advice("write a list: [\"sh\", \"-c\", …]");
        }
        for word in list.items() {
            if !texts::may_be(word) {
                let is = texts::is(word);
                found
                    .at(
                        word,
                        format!(
                            "a word of {path} is {is}, and must be a text: the API server refuses the object"
                        ),
                    )
                    .advice("put it in quotes")
                    .fix(texts::quote(word));
            }
        }
    }
}
