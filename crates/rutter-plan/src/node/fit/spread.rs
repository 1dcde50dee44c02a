//! How evenly pods must be spread (`topologySpreadConstraints` with `DoNotSchedule`).

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::{
    Cluster, Str,
    objects::{Node, Pod, SpreadConstraint},
    placement,
};

use super::key;

/// Where the pods are that constraints count.
pub(super) struct Spread<'c> {
    cluster: &'c Cluster,
    leaving: BTreeSet<(&'c Str, &'c Str)>,
}

/// How many pods a constraint finds in each place, and how many it allows.
pub(super) struct Limit<'c> {
    constraint: &'c SpreadConstraint,
    counts: BTreeMap<Str, i64>,
    /// Whether the pod itself is counted.
    counts_itself: bool,
}

impl Limit<'_> {
    pub(super) fn refuses(&self, node: &Node) -> bool {
        let Some(place) = node.meta.labels.get(&self.constraint.topology_key) else { return true };
        let least = self.counts.values().min().copied().unwrap_or(0);
        let here = self.counts.get(place).copied().unwrap_or(0) + i64::from(self.counts_itself);
        here - least > self.constraint.max_skew.max(1)
    }
}

impl<'c> Spread<'c> {
    pub(super) fn new(cluster: &'c Cluster, leaving: BTreeSet<(&'c Str, &'c Str)>) -> Self {
        Self { cluster, leaving }
    }

    /// What the pod's constraints allow, with those that have been placed before it.
    pub(super) fn limits(&self, pod: &'c Pod, placed: &[(&'c Pod, &'c Node)]) -> Vec<Limit<'c>> {
        let hard = |constraint: &&SpreadConstraint| constraint.when_unsatisfiable != "ScheduleAnyway";
        let constraints = pod.spec.topology_spread_constraints.iter().filter(hard);
        constraints.map(|constraint| self.limit(pod, constraint, placed)).collect()
    }

    /// Nodes that are drained count as places, too, with none: the scheduler counts cordoned ones (`nodeTaintsPolicy: Ignore`).
    fn limit(
        &self,
        pod: &'c Pod,
        constraint: &'c SpreadConstraint,
        placed: &[(&'c Pod, &'c Node)],
    ) -> Limit<'c> {
        let place = |node: &Node| node.meta.labels.get(&constraint.topology_key).cloned();
        let nodes = self.cluster.nodes.iter().filter(|node| placement::has_labels(&pod.spec, node));
        let mut counts: BTreeMap<Str, i64> = nodes.filter_map(place).map(|name| (name, 0)).collect();
        let pods = self.cluster.pods.in_namespace(&pod.meta.namespace);
        let staying = pods.iter().filter(|other| !self.leaving.contains(&key(other)));
        let staying =
            staying.filter_map(|other| Some((other, self.cluster.nodes.get("", &other.spec.node_name)?)));
        for (_, node) in
            staying.chain(placed.iter().copied()).filter(|(other, _)| is_counted(constraint, pod, other))
        {
            if let Some(count) = place(node).and_then(|name| counts.get_mut(&name)) {
                *count += 1;
            }
        }
        Limit { constraint, counts, counts_itself: is_counted(constraint, pod, pod) }
    }
}

fn is_counted(constraint: &SpreadConstraint, pod: &Pod, other: &Pod) -> bool {
    let selects = constraint.label_selector.as_ref().is_some_and(|all| all.matches(&other.meta.labels));
    let alike =
        |key: &Str| pod.meta.labels.get(key).is_none_or(|value| other.meta.labels.get(key) == Some(value));
    selects
        && pod.meta.namespace == other.meta.namespace
        && other.meta.deleted.is_none()
        && !other.is_finished()
        && constraint.match_label_keys.iter().all(alike)
}
