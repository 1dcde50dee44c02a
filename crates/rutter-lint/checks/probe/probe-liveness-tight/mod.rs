//! Liveness probes that restart a container after a few seconds, or after one late answer.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, probes::Probe};

pub(crate) static CHECK: Check = Check {
    id: "probe-liveness-tight",
    topic: Topic::Probe,
    title: "a short pause restarts the container",
    severity: Severity::Medium,
    default: true,
    prevents: &["restarts-by-node-load", "probe-refused", "traffic-avalanche"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

/// So many seconds of failures may pass in a pause of garbage collection, or on a node under load.
const SHORT: i64 = 5;

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(probe) = Probe::of(container, "livenessProbe") else { return };
    let (period, timeout, failures) = (probe.period(), probe.timeout(), probe.failures());
    let message = if failures == 1 && timeout < SHORT {
        format!("one answer that takes longer than {timeout} s restarts the container")
    } else if period.saturating_mul(failures) <= SHORT && timeout < SHORT {
        format!(
            "the container is restarted after {failures} failures, {period} s apart: a pause of some seconds is enough"
        )
    } else {
        return;
    };
    let at = probe.node.at(&["failureThreshold"]).or_else(|| probe.node.at(&["periodSeconds"]));
    found
        .at(at.unwrap_or(probe.key), message)
        .advice("give it half a minute: failureThreshold 3 or more, periodSeconds 10, timeoutSeconds 3");
}
