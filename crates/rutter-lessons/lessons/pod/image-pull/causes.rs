//! What a missing image explains.

use super::registry;
use crate::{Because, Cause, Confidence, Context, Finding, Relation, agents};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: pods_wait },
    Cause { explains: "node-agent-missing", relation: Relation::Mentions, check: agents::explains },
    Cause { explains: "node-network-not-ready", relation: Relation::MentionsPod, check: agents::cuts_off },
    Cause { explains: "sandbox-failed", relation: Relation::MentionsPod, check: agents::cuts_off },
    Cause { explains: "service-no-backends", relation: Relation::PodToService, check: pods_wait },
    Cause { explains: "dns-down", relation: Relation::PodToService, check: pods_wait },
    Cause { explains: "job-failing", relation: Relation::PodToOwner, check: job_waits },
    Cause { explains: super::ID, relation: Relation::Mentions, check: same_registry },
];

/// One registry fails many workloads: the first finding stands for all of them.
fn same_registry(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let live = !cause.is_history() && !effect.is_history();
    (live && cause.object < effect.object && registry::is_same(cause, effect))
        .then(|| Because::new(Confidence::Certain, "it is the same registry that fails in the same way"))
}

/// A pod without its image is not ready for as long as that lasts, whatever else is wrong with it.
fn pods_wait(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let other_cause = matches!(
        effect.variant,
        "cannot-create" | "cannot-schedule" | "no-match" | "port-missing" | "not-observed" | "stale"
    );
    if other_cause || cause.is_history() || effect.is_history() {
        return None;
    }
    let first = cause.since.zip(effect.since).is_none_or(|(cause, effect)| cause.since(effect) <= 60);
    let confidence = if first && cause.variant != "slow" { Confidence::Certain } else { Confidence::Likely };
    Some(Because::new(confidence, cause.message.clone()))
}

/// A Job's deadline runs while its pods wait for their image.
fn job_waits(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "deadline" && !effect.is_history())
        .then(|| Because::new(Confidence::Likely, cause.message.clone()))
}
