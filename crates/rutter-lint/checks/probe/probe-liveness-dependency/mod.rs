//! A livenessProbe at a path that is meant for readiness.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, probes::Probe};

pub(crate) static CHECK: Check = Check {
    id: "probe-liveness-dependency",
    topic: Topic::Probe,
    title: "liveness asks whether the pod is ready",
    severity: Severity::Low,
    default: true,
    prevents: &["traffic-avalanche", "probe-refused"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(path) = Probe::of(container, "livenessProbe").and_then(|probe| probe.path()) else { return };
    let Some(text) = path.text() else { return };
    let last = text.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').rsplit('/').next();
    let last = last.unwrap_or_default().to_ascii_lowercase();
    if matches!(last.as_str(), "ready" | "readyz" | "readiness" | "isready" | "is-ready" | "is_ready") {
        // Where both probes ask the same as impatiently, probe-identical says more.
        if Probe::of(container, "readinessProbe").is_some_and(|readiness| {
            Probe::of(container, "livenessProbe").is_some_and(|liveness| {
                liveness.asks_as(&readiness)
                    && liveness.period() * liveness.failures() <= readiness.period() * readiness.failures()
            })
        }) {
            return;
        }
        found
            .at(path, format!("liveness asks at {text}: when a database or another system is away, all replicas are restarted for it"))
            .advice("ask at the path for liveness, which depends on the process alone");
    }
}
