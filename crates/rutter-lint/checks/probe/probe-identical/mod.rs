//! A livenessProbe that asks what the readinessProbe asks, and is as impatient.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, probes::Probe};

pub(crate) static CHECK: Check = Check {
    id: "probe-identical",
    topic: Topic::Probe,
    title: "overload restarts the container",
    severity: Severity::Medium,
    default: true,
    prevents: &["traffic-avalanche", "restarts-by-node-load", "probe-refused"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(liveness) = Probe::of(container, "livenessProbe") else { return };
    let Some(readiness) = Probe::of(container, "readinessProbe") else { return };
    let patience = |probe: &Probe<'_>| probe.period().saturating_mul(probe.failures());
    if patience(&liveness) > patience(&readiness)
        || liveness.timeout() > readiness.timeout()
        || !liveness.asks_as(&readiness)
    {
        return;
    }
    found
        .at(
            liveness.key,
            format!(
                "liveness and readiness ask the same, and liveness gives up after {} s as readiness does: a pod that is only \
                 overloaded is restarted instead of being spared",
                patience(&liveness)
            ),
        )
        .advice("let liveness ask less, or give it a failureThreshold several times that of readiness");
}
