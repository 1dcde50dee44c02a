//! What a container that does not run explains.

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
    Cause { explains: "pdb-blocks", relation: Relation::Mentions, check: containers::keeps_short },
    Cause { explains: "controller-silent", relation: Relation::Mentions, check: does_not_lead },
    Cause { explains: "loadbalancer-pending", relation: Relation::Mentions, check: makes_none },
];

/// A controller of the control plane whose pod crashes leads nothing; its finding shows the pod.
fn does_not_lead(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (!cause.is_history() && !effect.is_history())
        .then(|| Because::new(Confidence::Likely.min(cause.confidence), cause.message.clone()))
}

/// Who should make the load balancer crashes; the Service's finding names the workload that has no ready pod.
fn makes_none(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "controller-down" && !cause.is_history() && !effect.is_history();
    let why = || format!("{} makes its load balancer, and {}", cause.object, cause.message);
    fits.then(|| Because::new(Confidence::Likely.min(cause.confidence), why()))
}

/// Under restartPolicy OnFailure each restart counts as a failure of the Job; and its deadline runs in any case.
fn job_fails(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(effect.variant, "backoff-limit" | "indexes" | "retrying" | "deadline");
    (fits && !cause.is_history() && !effect.is_history() && containers::is_of_job(context, cause, effect))
        .then(|| Because::new(Confidence::Likely.min(cause.confidence), cause.message.clone()))
}
