//! Nodes whose drain waits for a budget.

use rutter_cluster::{
    ObjectRef,
    objects::{Node, Pod, PodDisruptionBudget},
};

use super::covered::Workload;
use crate::{Context, Evidence};

/// The taint of the cluster autoscaler on a node that it empties.
const LEAVING: &str = "ToBeDeletedByClusterAutoscaler";

/// A node on which only pods are left that budgets keep.
pub(super) struct Waiting {
    pub(super) node: String,
    pub(super) evidence: Evidence,
}

/// The cordoned nodes with pods of this budget on which nothing is left but what budgets keep, and what no drain evicts.
pub(super) fn waiting(context: &Context<'_>, pods: &[&Pod]) -> Vec<Waiting> {
    let cordoned = context.kept("cordoned nodes", &ObjectRef::default(), |context, _| cordoned(context));
    let has = |node: &&String| pods.iter().any(|pod| pod.spec.node_name == node.as_str());
    cordoned.iter().filter(has).filter_map(|node| waits(context, node)).collect()
}

fn cordoned(context: &Context<'_>) -> Vec<String> {
    let nodes = context.nodes().unwrap_or_default();
    let is_cordoned = |node: &&Node| node.spec.unschedulable || node.taint(LEAVING).is_some();
    nodes.iter().filter(is_cordoned).map(|node| node.meta.name.to_string()).collect()
}

fn waits(context: &Context<'_>, name: &str) -> Option<Waiting> {
    let node = context.node(name).ok().flatten()?;
    let left = context.pods_on(name).ok()?;
    let left: Vec<&Pod> = left.into_iter().filter(|pod| is_evicted(pod)).collect();
    if left.is_empty() || !left.iter().all(|pod| is_kept(context, pod)) {
        return None;
    }
    let value = format!(
        "true; of what a drain would evict {} left",
        match left.len() {
            1 => "1 pod is".to_owned(),
            number => format!("{number} pods are"),
        }
    );
    let since = node.taint("node.kubernetes.io/unschedulable").and_then(|taint| taint.time_added);
    Some(Waiting {
        node: name.to_owned(),
        evidence: Evidence::field(node, "spec.unschedulable", value, since),
    })
}

/// Whether a drain evicts it: not DaemonSets' pods, not static ones, not what has ended or is about to go.
fn is_evicted(pod: &Pod) -> bool {
    let of = pod.meta.controller().map(|owner| owner.kind.as_str()).unwrap_or_default();
    !pod.is_finished()
        && pod.meta.deleted.is_none()
        && !matches!(of, "DaemonSet" | "Node")
        && !crate::hosting::is_mirror(pod)
}

/// Whether a budget that allows nothing covers it.
fn is_kept(context: &Context<'_>, pod: &Pod) -> bool {
    let budgets = context.budgets_in(&pod.meta.namespace).unwrap_or_default();
    let covers = |budget: &&PodDisruptionBudget| {
        budget.spec.selector.as_ref().is_some_and(|selector| selector.matches(&pod.meta.labels))
    };
    let mut covering = budgets.iter().filter(covers);
    let first = covering.next();
    // With two, the API server refuses in any case.
    covering.next().is_some() || first.is_some_and(|budget| budget.status.disruptions_allowed <= 0)
}

/// Another budget that selects the pods of one of these workloads, the first by name.
pub(super) fn other<'c>(
    context: &Context<'c>,
    budget: &PodDisruptionBudget,
    owners: &[Workload],
) -> Option<&'c PodDisruptionBudget> {
    let all = context.budgets_in(&budget.meta.namespace).ok()?;
    all.iter().find(|other| {
        // Empty selectors select all pods in policy/v1 and none in v1beta1.
        let selector = other.spec.selector.as_ref().filter(|selector| !selector.is_empty());
        let shares = selector.is_some_and(|selector| owners.iter().any(|one| selector.matches(&one.labels)));
        shares && other.meta.name != budget.meta.name && other.meta.deleted.is_none()
    })
}
