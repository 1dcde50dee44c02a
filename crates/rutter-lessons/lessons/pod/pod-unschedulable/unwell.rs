//! Nodes that would take the pod if they were well: then it waits for them, not for the obstacle of the others.

use std::{collections::BTreeMap, sync::Arc};

use rutter_cluster::{
    ObjectRef, Quantity, Resource, Str,
    objects::{Node, Pod, SpreadConstraint, Taint},
};

use crate::{
    Context, placement,
    texts::scheduling::{Reason, Unschedulable},
    words,
};

/// Taints that the control plane sets for a node's condition, and for a cordon.
const HEALTH: [&str; 7] = [
    "not-ready",
    "unreachable",
    "disk-pressure",
    "memory-pressure",
    "pid-pressure",
    "network-unavailable",
    "unschedulable",
];

/// Above this many pods of a namespace, their spread isn't counted: a hint must not cost seconds.
const MOST_PODS: usize = 20_000;

/// Whether the control plane has set a taint because the node is unwell, or was taken out of service.
pub(super) fn is_health(taint: &Taint) -> bool {
    HEALTH.iter().any(|key| taint.key.strip_prefix("node.kubernetes.io/") == Some(*key))
}

/// The nodes that nothing but such a taint keeps from taking the pod, by what the scheduler says and the model holds; none
/// where that can't be told.
pub(super) fn would_take<'c>(
    context: &Context<'c>,
    pod: &Pod,
    said: &Unschedulable<'_>,
) -> Vec<(&'c Node, &'c Taint)> {
    if !said.has(refuses_unwell) || said.has(|reason| !can_be_checked(reason)) {
        return Vec::new();
    }
    let nodes = context.nodes().unwrap_or_default().iter();
    let unwell = nodes.filter_map(|node| Some((node, only_unwell(pod, node)?)));
    unwell
        .filter(|(node, _)| {
            has_room(context, pod, node)
                && is_in_reach_of_volumes(context, pod, node)
                && (!said.has(|reason| matches!(reason, Reason::TopologySpread))
                    || spreads(context, pod, node))
                && (!said.has(keeps_siblings_apart) || !has_sibling(context, pod, node))
        })
        .collect()
}

/// `node-b would, but is unreachable`, to stand behind the words that no node takes the pod; `None` without nodes.
pub(super) fn phrase(nodes: &[(&Node, &Taint)]) -> Option<String> {
    let (_, taint) = nodes.first()?;
    let names: Vec<&str> = nodes.iter().map(|(node, _)| node.meta.name.as_str()).collect();
    let (be, have) = if names.len() == 1 { ("is", "has") } else { ("are", "have") };
    let state = taint.key.rsplit('/').next().unwrap_or_default().replace('-', " ");
    let state = if state == "unschedulable" { "cordoned".to_owned() } else { state };
    let state = if state == "network unavailable" { "no network".to_owned() } else { state };
    let verb = if state.ends_with("pressure") || state == "no network" { have } else { be };
    Some(format!("{} would, but {verb} {state}", words::list(&names, 2)))
}

/// Since 1.35 the scheduler doesn't tell the taint.
fn refuses_unwell(reason: &Reason<'_>) -> bool {
    match reason {
        Reason::Taint { key, .. } => key.is_empty() || key.starts_with("node.kubernetes.io/"),
        Reason::NotReady | Reason::Pressure(_) | Reason::Cordoned => true,
        _ => false,
    }
}

/// Whether it can be told if a node without its taint would be refused for this too.
fn can_be_checked(reason: &Reason<'_>) -> bool {
    keeps_siblings_apart(reason)
        || matches!(
            reason,
            Reason::Insufficient(_)
                | Reason::TooManyPods
                | Reason::NodeAffinity
                | Reason::TopologySpread
                | Reason::VolumeAffinity
                | Reason::Taint { .. }
                | Reason::Cordoned
                | Reason::NotReady
                | Reason::Pressure(_)
        )
}

/// What, as a rule, allows one replica per node.
fn keeps_siblings_apart(reason: &Reason<'_>) -> bool {
    matches!(reason, Reason::PodAntiAffinity | Reason::HostPorts)
}

/// The taint of a node that has no others that the pod doesn't tolerate, and has the labels that it asks for.
fn only_unwell<'c>(pod: &Pod, node: &'c Node) -> Option<&'c Taint> {
    let mut taints =
        node.spec.taints.iter().filter(|taint| placement::keeps_off(&pod.spec, taint)).peekable();
    let first = *taints.peek()?;
    let fits = placement::has_labels(&pod.spec, node) && taints.all(is_health);
    fits.then_some(first)
}

/// The pods that stay on a node: those that are deleted go when it is well again.
fn staying<'c>(context: &Context<'c>, node: &Node) -> Option<Vec<&'c Pod>> {
    let mut pods = context.pods_on(&node.meta.name).ok()?;
    pods.retain(|pod| !pod.is_finished() && pod.meta.deleted.is_none());
    Some(pods)
}

fn has_room(context: &Context<'_>, pod: &Pod, node: &Node) -> bool {
    let Some(staying) = staying(context, node) else { return false };
    let allocatable = &node.status.allocatable;
    let enough = |resource: &str| {
        let used = staying.iter().map(|pod| placement::request(pod, resource)).fold(0, i64::saturating_add);
        let all = allocatable.get(resource).map_or(0, Quantity::milli);
        placement::request(pod, resource) <= all.saturating_sub(used)
    };
    let containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
    let mut resources = containers.flat_map(|container| container.resources.requests.iter());
    let pods = allocatable.get("pods").map_or(i64::MAX, Quantity::milli);
    let one_more = i64::try_from(staying.len()).unwrap_or(i64::MAX).saturating_add(1).saturating_mul(1000);
    one_more <= pods && resources.all(|(resource, _)| enough(resource))
}

/// Whether all of the pod's volumes that are bound can be used on the node.
fn is_in_reach_of_volumes(context: &Context<'_>, pod: &Pod, node: &Node) -> bool {
    let mut claims = pod.spec.volumes.iter().filter_map(|volume| pod.claim_name(volume)).peekable();
    if claims.peek().is_none() {
        return true;
    }
    let Ok(volumes) = context.volumes() else { return false };
    claims.all(|name| {
        let Some(claim) = context.claim(&pod.meta.namespace, &name).ok().flatten() else { return false };
        let volume = volumes.iter().find(|volume| volume.meta.name == claim.spec.volume_name);
        volume.is_some_and(|volume| placement::meets_any(&volume.spec.node_terms, node))
    })
}

/// Whether a pod of the same owner stays on the node.
fn has_sibling(context: &Context<'_>, pod: &Pod, node: &Node) -> bool {
    let owner = context.top_owner(pod);
    staying(context, node).unwrap_or_default().into_iter().any(|other| context.top_owner(other) == owner)
}

/// Whether the pod may go to the node by its constraints on topology.
fn spreads(context: &Context<'_>, pod: &Pod, node: &Node) -> bool {
    let hard = |constraint: &&SpreadConstraint| constraint.when_unsatisfiable != "ScheduleAnyway";
    let constraints: Vec<_> = pod.spec.topology_spread_constraints.iter().filter(hard).collect();
    // Those that the scheduler was given for all pods are not in the pod.
    !constraints.is_empty() && constraints.iter().all(|constraint| holds(context, pod, node, constraint))
}

fn holds(context: &Context<'_>, pod: &Pod, node: &Node, constraint: &SpreadConstraint) -> bool {
    let Some(domain) = node.meta.labels.get(&constraint.topology_key) else { return false };
    let counts = counts(context, pod, constraint);
    let Some(least) = counts.values().min() else { return false };
    counts.get(domain).is_some_and(|here| here + 1 - least <= constraint.max_skew)
}

/// How many pods that the constraint counts are in each domain of nodes with the labels that the pod asks for; nothing where
/// they weren't seen. The same for all pods of an owner.
fn counts(context: &Context<'_>, pod: &Pod, constraint: &SpreadConstraint) -> Arc<BTreeMap<Str, i64>> {
    let mut about = pod.meta.controller().map_or_else(
        || pod.object_ref(),
        |owner| ObjectRef { kind: owner.kind.clone(), name: owner.name.clone(), ..pod.object_ref() },
    );
    about.uid = constraint.topology_key.clone();
    context.once("pods per domain of a spread constraint", &about, || {
        let mut counts = BTreeMap::<Str, i64>::new();
        let domain = |node: &Node| node.meta.labels.get(&constraint.topology_key).cloned();
        let nodes = context.nodes().unwrap_or_default().iter();
        counts.extend(
            nodes
                .filter(|node| placement::has_labels(&pod.spec, node))
                .filter_map(domain)
                .map(|name| (name, 0)),
        );
        let pods = context.pods_in(&pod.meta.namespace).ok().filter(|pods| pods.len() <= MOST_PODS);
        let Some(pods) = pods else { return BTreeMap::new() };
        for other in pods.iter().filter(|other| is_counted(constraint, pod, other)) {
            let node = context.node(&other.spec.node_name).ok().flatten();
            if let Some(count) = node.and_then(domain).and_then(|name| counts.get_mut(&name)) {
                *count += 1;
            }
        }
        counts
    })
}

fn is_counted(constraint: &SpreadConstraint, pod: &Pod, other: &Pod) -> bool {
    let selected = constraint.label_selector.as_ref().is_some_and(|all| all.matches(&other.meta.labels));
    let alike =
        |key: &Str| pod.meta.labels.get(key).is_none_or(|value| other.meta.labels.get(key) == Some(value));
    selected
        && other.meta.deleted.is_none()
        && !other.is_finished()
        && constraint.match_label_keys.iter().all(alike)
}
