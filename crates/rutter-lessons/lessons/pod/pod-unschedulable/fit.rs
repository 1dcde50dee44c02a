//! The scheduler's sums, as far as the model holds them.

use rutter_cluster::Quantity;
use rutter_cluster::objects::{Node, Pod};

use crate::{
    Context,
    placement::{has_labels, request, untolerated},
};

/// Above this many nodes the free resources aren't summed up: a hint must not cost seconds.
const MOST_NODES: usize = 1000;

/// A node with what it has of a resource, in thousandths.
pub(super) struct Room<'c> {
    pub(super) node: &'c Node,
    pub(super) allocatable: i64,
    /// `None` if not all pods were seen.
    pub(super) free: Option<i64>,
}

/// The candidates for the pod (by labels, taints and cordon) and their room; `None` if nodes weren't seen, or there are
/// too many to sum up.
pub(super) fn rooms<'c>(context: &Context<'c>, pod: &Pod, resource: &str) -> Option<Vec<Room<'c>>> {
    let nodes = context.nodes().ok().filter(|nodes| nodes.len() <= MOST_NODES)?;
    let candidates = nodes.iter().filter(|node| {
        !node.spec.unschedulable
            && has_labels(&pod.spec, node)
            && untolerated(&pod.spec, node).next().is_none()
    });
    Some(candidates.map(|node| room(context, node, resource)).collect())
}

fn room<'c>(context: &Context<'c>, node: &'c Node, resource: &str) -> Room<'c> {
    let allocatable = node.status.allocatable.get(resource).map_or(0, Quantity::milli);
    let free = context.pods_on(&node.meta.name).ok().map(|pods| {
        let running = pods.into_iter().filter(|pod| !pod.is_finished());
        let used = running.map(|pod| request(pod, resource)).fold(0, i64::saturating_add);
        allocatable.saturating_sub(used).max(0)
    });
    Room { node, allocatable, free }
}

/// Whether any node has the labels that the pod asks for; `None` if nodes weren't seen.
pub(super) fn some_node_has_labels(context: &Context<'_>, pod: &Pod) -> Option<bool> {
    Some(context.nodes().ok()?.iter().any(|node| has_labels(&pod.spec, node)))
}
