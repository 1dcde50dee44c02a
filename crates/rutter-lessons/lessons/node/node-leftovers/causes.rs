//! What is left of a node explains: pods that wait for a volume of it.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "pod-unschedulable", relation: Relation::ClaimToPod, check: volume_lost },
    Cause { explains: "volume-stuck", relation: Relation::Hosts, check: attached },
];

fn volume_lost(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits =
        cause.variant == "claim" && matches!(effect.variant, "volume" | "node-affinity" | "taints" | "nodes");
    let why = || format!("the volume of claim {} was on a node that is gone", cause.object.name);
    fits.then(|| Because::new(cause.confidence, why()))
}

/// Another node has the volume: the one that is gone.
fn attached(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let held = effect.variant == "multi-attach"
        && effect.evidence.iter().any(|evidence| evidence.value == cause.node.as_str());
    (held && cause.variant == "attachments").then(|| {
        Because::new(Confidence::Likely, format!("the volume counts as attached to {} still", cause.node))
    })
}
