//! Liveness probes with a timeout of a second, the default.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, probes::Probe};

pub(crate) static CHECK: Check = Check {
    id: "probe-timeout",
    topic: Topic::Probe,
    title: "a probe gives up after a second",
    severity: Severity::Low,
    default: false,
    prevents: &["restarts-by-node-load", "probe-refused"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(probe) = Probe::of(container, "livenessProbe") else { return };
    if probe.timeout() <= 1 {
        let field = probe.node.at(&["timeoutSeconds"]);
        found
            .at(
                field.unwrap_or(probe.key),
                "the liveness probe gives up after 1 s: on a node under load the container is restarted though it is well",
            )
            .advice("write timeoutSeconds: 3 or more");
    }
}
