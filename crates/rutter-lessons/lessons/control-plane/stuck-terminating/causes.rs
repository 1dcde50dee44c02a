//! What a pod or a claim that does not go explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, containers};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: not_replaced },
    Cause { explains: "pod-unschedulable", relation: Relation::ClaimToPod, check: claim_goes },
    Cause { explains: "volume-stuck", relation: Relation::ClaimToPod, check: claim_goes },
];

/// A StatefulSet makes the next pod of that name only when the last is gone.
fn not_replaced(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let named = cause.object.kind == "StatefulSet" && effect.object == cause.object;
    let pods = cause.instances.iter().filter(|one| one.kind == "Pod");
    let gone = pods.filter_map(|one| context.pod(one)).filter(|pod| !pod.is_ready()).count();
    if !named || gone == 0 || effect.is_history() {
        return None;
    }
    let because = containers::lacks_pods(context, cause, effect)?;
    Some(Because::new(because.confidence.min(Confidence::Likely), cause.message.clone()))
}

/// A claim that is deleted is given to no new pod.
fn claim_goes(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let claim = cause.object.kind == "PersistentVolumeClaim";
    let says = effect.message.contains("being deleted")
        || effect.evidence.iter().any(|evidence| evidence.value.contains("is being deleted"));
    (claim && says && !effect.is_history()).then(|| Because::new(Confidence::Certain, cause.message.clone()))
}
