//! The scheduler's sums, as far as the model holds them: requests, labels, taints.

use rutter_cluster::objects::{Container, Node, NodeTerm, Pod, Taint, Toleration};
use rutter_cluster::{Quantity, Requirement};

use crate::Context;

/// Above this many nodes the free resources aren't summed up: a hint must not cost seconds.
const MOST_NODES: usize = 1000;

/// What the pod asks for of one resource, in thousandths: the greater of its containers together and its largest init
/// container; sidecars (restartable init containers) count with both.
pub(super) fn request(pod: &Pod, resource: &str) -> i64 {
    let of = |container: &Container| container.resources.requests.get(resource).map_or(0, Quantity::milli);
    let is_sidecar = |container: &&Container| container.restart_policy == "Always";
    let sidecars: i64 =
        pod.spec.init_containers.iter().filter(is_sidecar).map(of).fold(0, i64::saturating_add);
    let main: i64 = pod.spec.containers.iter().map(of).fold(sidecars, i64::saturating_add);
    let init = pod.spec.init_containers.iter().filter(|container| !is_sidecar(container)).map(of).max();
    main.max(init.unwrap_or(0).saturating_add(sidecars))
}

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
        !node.spec.unschedulable && has_labels(pod, node) && untolerated(pod, node).next().is_none()
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
    Some(context.nodes().ok()?.iter().any(|node| has_labels(pod, node)))
}

/// Whether a node meets the pod's node selector and required node affinity.
pub(super) fn has_labels(pod: &Pod, node: &Node) -> bool {
    let selector = &pod.spec.node_selector;
    selector.iter().all(|(key, value)| node.meta.labels.get(key) == Some(value))
        && meets_any(&pod.spec.required_node_terms, node)
}

/// Whether a node meets one of these terms, if there are any.
pub(super) fn meets_any(terms: &[NodeTerm], node: &Node) -> bool {
    terms.is_empty() || terms.iter().any(|term| meets(term, node))
}

fn meets(term: &NodeTerm, node: &Node) -> bool {
    let some = !term.match_expressions.is_empty() || !term.match_fields.is_empty();
    some && term.match_expressions.iter().all(|wanted| meets_expression(wanted, node))
        && term.match_fields.iter().all(|wanted| meets_field(wanted, node))
}

/// One requirement on labels. `Gt` and `Lt` compare whole numbers.
pub(super) fn meets_expression(wanted: &Requirement, node: &Node) -> bool {
    let number = |text: Option<&rutter_cluster::Str>| text.and_then(|text| text.parse::<i64>().ok());
    let pair = number(node.meta.labels.get(&wanted.key)).zip(number(wanted.values.first()));
    match wanted.operator.as_str() {
        "Gt" => pair.is_some_and(|(has, bound)| has > bound),
        "Lt" => pair.is_some_and(|(has, bound)| has < bound),
        _ => wanted.matches(&node.meta.labels),
    }
}

fn meets_field(wanted: &Requirement, node: &Node) -> bool {
    let named = wanted.values.contains(&node.meta.name);
    match wanted.operator.as_str() {
        "In" => named,
        "NotIn" => !named,
        _ => true,
    }
}

/// The node's taints that keep the pod away.
pub(super) fn untolerated<'a>(pod: &'a Pod, node: &'a Node) -> impl Iterator<Item = &'a Taint> {
    node.spec.taints.iter().filter(|taint| keeps_off(pod, taint))
}

/// Whether a taint keeps the pod away.
pub(super) fn keeps_off(pod: &Pod, taint: &Taint) -> bool {
    matches!(taint.effect.as_str(), "NoSchedule" | "NoExecute")
        && !pod.spec.tolerations.iter().any(|toleration| tolerates(toleration, taint))
}

fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    let effect = toleration.effect.is_empty() || toleration.effect == taint.effect;
    let key = toleration.key.is_empty() || toleration.key == taint.key;
    let value = toleration.operator == "Exists" || toleration.value == taint.value;
    effect && key && value && (!toleration.key.is_empty() || toleration.operator == "Exists")
}
