//! What a missing sandbox explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, agents};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: pods_wait },
    Cause { explains: "node-agent-missing", relation: Relation::Mentions, check: agents::explains },
    Cause { explains: "service-no-backends", relation: Relation::PodToService, check: pods_wait },
    Cause { explains: "dns-down", relation: Relation::PodToService, check: pods_wait },
    Cause { explains: "job-failing", relation: Relation::PodToOwner, check: job_waits },
];

/// A pod without a sandbox is not ready for as long as that lasts, whatever else is wrong with it.
fn pods_wait(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let other_cause = matches!(
        effect.variant,
        "cannot-create" | "cannot-schedule" | "no-match" | "port-missing" | "not-observed" | "stale"
    );
    if other_cause || cause.is_history() || effect.is_history() {
        return None;
    }
    let first = cause.since.zip(effect.since).is_none_or(|(cause, effect)| cause.since(effect) <= 60);
    let confidence = if first { cause.confidence } else { Confidence::Likely.min(cause.confidence) };
    Some(Because::new(confidence, cause.message.clone()))
}

/// A Job's deadline runs while its pods wait for a sandbox.
fn job_waits(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "deadline" && !effect.is_history())
        .then(|| Because::new(Confidence::Likely, cause.message.clone()))
}
