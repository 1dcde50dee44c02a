//! What less room explains: pods that fitted before, and for which no node has enough now.

use super::{
    detect,
    offer::{self, Shrunk},
};
use crate::{Because, Cause, Confidence, Context, Finding, Relation, memory};

pub(super) const CAUSES: &[Cause] =
    &[Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: would_fit }];

/// The effect names the node with the most room: what that lost would have been enough.
fn would_fit(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let nodes = context.kept(
        "nodes that offer less than before",
        &rutter_cluster::ObjectRef::default(),
        offer::since_earlier,
    );
    let lacks_memory = |value: &str| value.starts_with("memory: ");
    let best = effect
        .evidence
        .iter()
        .find(|evidence| evidence.object.kind == "Node" && lacks_memory(&evidence.value))?;
    let shrunk: &Shrunk = nodes.iter().find(|shrunk| shrunk.node == best.object.name)?;
    let pod = effect.instances.iter().find_map(|instance| context.pod(instance))?;
    let pods = context.pods_on(&shrunk.node).ok()?;
    let used = pods.into_iter().filter(|pod| !pod.is_finished()).map(memory::requested);
    let free = shrunk.after.saturating_sub(used.fold(0, i64::saturating_add)).max(0);
    let wanted = memory::requested(pod);
    let fitted = wanted > free && wanted <= free.saturating_add(shrunk.lost());
    let why = format!(
        "{} is short of {}, and offered {} more before",
        shrunk.node,
        detect::bytes(wanted.saturating_sub(free)),
        detect::bytes(shrunk.lost()),
    );
    (fitted && cause.variant == "shrunk").then(|| Because::new(Confidence::Likely, why))
}
