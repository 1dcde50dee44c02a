//! What a controller without a leader explains: what it would have done.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: undone },
    Cause { explains: "replicas-unavailable", relation: Relation::Mentions, check: undone },
    Cause { explains: "service-no-backends", relation: Relation::Mentions, check: undone },
    Cause { explains: "node-unknown", relation: Relation::Mentions, check: undone },
    Cause { explains: "certificate-expired", relation: Relation::Mentions, check: undone },
    Cause { explains: "stuck-terminating", relation: Relation::Mentions, check: undone },
    Cause { explains: "loadbalancer-pending", relation: Relation::Mentions, check: undone },
    Cause { explains: "network-unavailable", relation: Relation::Mentions, check: undone },
    Cause { explains: "node-leftovers", relation: Relation::Mentions, check: undone },
];

/// The effect's evidence names the record: it is something that this controller should have done, and did not.
fn undone(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = match (cause.variant, effect.lesson) {
        ("scheduler", "pod-unschedulable") => effect.variant == "no-scheduler",
        ("controller-manager", "replicas-unavailable") => {
            matches!(effect.variant, "not-observed" | "missing-pods" | "stale")
        }
        ("controller-manager", "service-no-backends") => effect.variant == "stale",
        ("controller-manager", "node-unknown") => effect.variant == "stale-lease",
        ("controller-manager", "certificate-expired") => {
            matches!(effect.variant, "client-pending" | "not-issued")
        }
        ("controller-manager", "stuck-terminating") => matches!(effect.variant, "untold" | "node-gone"),
        ("controller-manager", "node-leftovers") => effect.variant == "pods",
        ("cloud", "loadbalancer-pending") => effect.variant == "leader-stale",
        ("cloud", "network-unavailable") => effect.variant == "no-route",
        _ => false,
    };
    (fits && !cause.is_history() && !effect.is_history())
        .then(|| Because::new(cause.confidence.min(Confidence::Likely), cause.message.clone()))
}
