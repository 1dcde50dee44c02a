//! What a rollout that stands still explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "pod-unschedulable", relation: Relation::Same, check: waits_for_room },
    Cause { explains: "replicas-unavailable", relation: Relation::Same, check: new_pods_missing },
    Cause { explains: "autoscaler-cannot-add", relation: Relation::Same, check: asks_for_a_node },
];

/// An autoscaler that is as large as it may be, or has no node that would do, is asked only because no old pod may go first. One that
/// fails at what it should do is a fault by itself.
fn asks_for_a_node(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = cause.variant == "no-room" && matches!(effect.variant, "max-size" | "no-fit");
    let are_now = !cause.is_history() && !effect.is_history();
    (fits && are_now && effect.object.same(&cause.object)).then(|| {
        Because::new(
            Confidence::Likely,
            "the new pod needs a node of its own only while no old pod may go first",
        )
    })
}

fn waits_for_room(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = cause.variant == "no-room" && matches!(effect.variant, "resources" | "ports" | "pod-affinity");
    fits.then(|| {
        Because::new(
            Confidence::Likely,
            "an old pod of the same workload holds what it needs, and may not go first (maxUnavailable 0)",
        )
    })
}

fn new_pods_missing(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = cause.variant == "no-room" && matches!(effect.variant, "cannot-schedule" | "new-revision");
    fits.then(|| Because::new(Confidence::Certain, "its new pods wait for the room of the old ones"))
}
