//! An autoscaler that makes no node explains the pods that wait for one.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "pod-unschedulable", relation: Relation::Same, check: no_node },
    Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: pods_wait },
    Cause { explains: "rollout-stuck", relation: Relation::Same, check: no_room_for_one_more },
];

/// An autoscaler that does not work keeps a rollout from the node for its one pod more. Where the autoscaler does as it is set up, the
/// rollout is the cause (see there).
fn no_room_for_one_more(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(cause.variant, "failed" | "not-ready") && effect.variant == "no-room";
    let are_now = !cause.is_history() && !effect.is_history();
    (fits && are_now && effect.object.same(&cause.object))
        .then(|| Because::new(cause.confidence.min(Confidence::Likely), cause.message.clone()))
}

/// A pod that no new node would take waits for something else, which the scheduler tells better.
fn no_node(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    // A label or a taint that no node fits is a matter of the pod, whatever may grow.
    let wants_room = matches!(effect.variant, "resources" | "ports" | "pod-affinity" | "no-nodes");
    let fits = cause.variant != "no-fit" && wants_room && effect.object.same(&cause.object);
    fits.then(|| Because::new(cause.confidence.min(Confidence::Likely), cause.message.clone()))
}

fn pods_wait(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = cause.variant != "no-fit" && effect.variant == "cannot-schedule" && !effect.is_history();
    fits.then(|| Because::new(cause.confidence.min(Confidence::Likely), cause.message.clone()))
}
