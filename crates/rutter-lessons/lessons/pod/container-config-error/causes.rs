//! What a container that never runs explains.

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
];

/// A container that never starts ends no pod: the Job's deadline does, or each try under restartPolicy OnFailure.
fn job_fails(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(effect.variant, "backoff-limit" | "indexes" | "retrying" | "deadline");
    (fits && !cause.is_history() && !effect.is_history() && containers::is_of_job(context, cause, effect))
        .then(|| Because::new(Confidence::Likely.min(cause.confidence), cause.message.clone()))
}
