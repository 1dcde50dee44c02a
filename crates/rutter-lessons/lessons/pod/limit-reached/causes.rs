//! What a container that was killed for its memory explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, agents, containers};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: containers::lacks_pods },
    Cause { explains: "node-agent-missing", relation: Relation::Mentions, check: agents::explains },
    Cause { explains: "node-network-not-ready", relation: Relation::MentionsPod, check: agents::cuts_off },
    Cause { explains: "sandbox-failed", relation: Relation::MentionsPod, check: agents::cuts_off },
    Cause {
        explains: "service-no-backends",
        relation: Relation::PodToService,
        check: containers::lacks_pods,
    },
    Cause { explains: "dns-down", relation: Relation::PodToService, check: containers::lacks_pods },
    Cause { explains: "job-failing", relation: Relation::PodToOwner, check: job_fails },
    Cause { explains: "crash-loop", relation: Relation::Same, check: crashes },
];

/// The pod of a Job that was killed is one that failed; a Job whose container is restarted in place counts that too.
fn job_fails(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let by_failures =
        matches!(effect.variant, "backoff-limit" | "indexes" | "pod-policy" | "retrying" | "deadline");
    let fits = by_failures && (!cause.is_history() || effect.is_history());
    (fits && containers::is_of_job(context, cause, effect)).then(|| {
        let surest = if effect.variant == "deadline" { Confidence::Likely } else { cause.confidence };
        Because::new(surest.min(cause.confidence), cause.message.clone())
    })
}

/// A container that was killed for its memory and then ends by itself may do so for what the kill left behind: a lock, a
/// half-written file, a child that is missing.
fn crashes(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let by_itself = matches!(effect.variant, "crash" | "completed");
    let first = cause.since.zip(effect.since).is_none_or(|(killed, crashed)| killed.since(crashed) <= 60);
    let same_pod = cause.instances.iter().any(|pod| effect.instances.iter().any(|other| other.same(pod)));
    (by_itself && first && same_pod && !effect.is_history())
        .then(|| Because::new(Confidence::Possible, cause.message.clone()))
}
