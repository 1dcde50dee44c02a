//! What a failing probe explains: pods that aren't ready, and containers that are stopped.

use crate::{
    Because, Cause, Confidence, Context, Finding, Origin, Relation, Severity, hosting,
    texts::probe::{self, KillReason, ProbeKind},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "crash-loop", relation: Relation::Same, check: stops },
    Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: pods_not_ready },
    Cause { explains: "service-no-backends", relation: Relation::PodToService, check: pods_not_ready },
];

/// The kubelet stops a container for its liveness or startup probe, never for its readiness probe.
fn stops(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if effect.variant != "killed-by-probe" || cause.is_history() {
        return None;
    }
    let events = || cause.evidence.iter().filter(|evidence| matches!(evidence.origin, Origin::Event(_)));
    let killed = events().any(|evidence| {
        probe::killing(&evidence.value).is_some_and(|kill| matches!(kill.reason, KillReason::ProbeFailed(_)))
    });
    let may_kill = events().any(|evidence| {
        probe::parse(&evidence.value).is_some_and(|failure| failure.probe != ProbeKind::Readiness)
    });
    let confidence = match (killed, may_kill) {
        (true, _) => Confidence::Certain,
        (false, true) => Confidence::Likely,
        (false, false) => return None,
    };
    Some(Because::new(confidence, cause.message.clone()))
}

/// A workload or a Service lacks ready pods because of those whose probe fails, as far as these are the unready ones.
fn pods_not_ready(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let other_cause = matches!(
        effect.variant,
        "cannot-create"
            | "cannot-schedule"
            | "no-match"
            | "no-pods"
            | "port-missing"
            | "not-observed"
            | "stale"
    );
    // A low one is about containers that are ready, or meant not to be.
    if other_cause || cause.severity <= Severity::Low || cause.is_history() || effect.is_history() {
        return None;
    }
    let pods = hosting::pods_behind(context, effect)?;
    let unready: Vec<_> = pods
        .into_iter()
        .filter(|pod| !pod.is_finished() && !pod.is_ready() && pod.meta.deleted.is_none())
        .collect();
    let mine = |name: &str| cause.instances.iter().any(|instance| instance.name == name);
    let explained = unready.iter().filter(|pod| mine(&pod.meta.name)).count();
    let sure = match explained {
        0 => return None,
        all if all == unready.len() => Confidence::Certain,
        most if most * 2 >= unready.len() => Confidence::Likely,
        _ => Confidence::Possible,
    };
    Some(Because::new(sure.min(cause.confidence), cause.message.clone()))
}
