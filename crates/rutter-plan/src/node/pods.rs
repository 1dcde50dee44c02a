//! What becomes of the pods of a node: which stay, which go, and in which order.

use rutter_cluster::{
    Cluster, Kind, ObjectRef, Owner, Resource as _, Unseen,
    objects::{Node, Pod, PodDisruptionBudget},
};

use super::DrainOptions;
use crate::{Object, budgets, condition};

/// From this priority on, pods are critical to their node or their cluster.
const CRITICAL: i64 = 2_000_000_000;

/// A node that is to be drained, with its pods.
pub(super) struct Departure<'c> {
    pub(super) node: &'c Node,
    pub(super) object: Object,
    /// Pods that are evicted, by namespace and name.
    pub(super) going: Vec<Going<'c>>,
    /// Pods that are ending already.
    pub(super) ending: Vec<&'c Pod>,
    pub(super) staying: Staying<'c>,
}

/// Pods that a drain leaves alone, by the reason.
#[derive(Default)]
pub(super) struct Staying<'c> {
    /// Their DaemonSets would start them again.
    pub(super) of_daemon_sets: Vec<&'c Pod>,
    /// The kubelet runs them from files.
    pub(super) r#static: Vec<&'c Pod>,
    /// They have finished.
    pub(super) finished: Vec<&'c Pod>,
    /// The person did not select them.
    pub(super) unselected: Vec<&'c Pod>,
}

/// A pod that is evicted.
pub(super) struct Going<'c> {
    pub(super) pod: &'c Pod,
    pub(super) keeper: Keeper<'c>,
    /// The topmost object that controls it; itself for a bare pod.
    pub(super) top: ObjectRef,
    pub(super) turn: Turn,
    /// The budgets that cover it.
    pub(super) budgets: Vec<&'c PodDisruptionBudget>,
    /// Whether a person said that one of its budgets is not to be heeded.
    pub(super) bypasses: bool,
}

/// Who makes a pod again when it is gone.
#[derive(Clone)]
pub(super) enum Keeper<'c> {
    /// Nobody.
    Nobody,
    /// Who did is gone.
    Gone(&'c Owner),
    /// Something that the source doesn't show.
    Unseen(&'c Owner, Unseen),
    /// Something that Kubernetes' own controllers don't know.
    Foreign(&'c Owner),
    /// A workload.
    Known(&'c Owner),
}

impl Keeper<'_> {
    /// Whether nothing makes the pod again.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Nobody | Self::Gone(_))
    }
}

/// Which pods go first: those that others need go last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    Ordinary,
    /// It has claims, or is of a `StatefulSet`.
    Stateful,
    /// The cluster needs it.
    Critical,
}

impl Turn {
    pub(super) const ALL: [Self; 3] = [Self::Ordinary, Self::Stateful, Self::Critical];

    fn of(pod: &Pod) -> Self {
        let of_stateful_set = pod.meta.controller().is_some_and(|owner| owner.kind == "StatefulSet");
        if is_critical(pod) {
            Self::Critical
        } else if of_stateful_set || pod.spec.volumes.iter().any(|volume| pod.claim_name(volume).is_some()) {
            Self::Stateful
        } else {
            Self::Ordinary
        }
    }
}

/// Whether the cluster or the node needs the pod, by its priority.
fn is_critical(pod: &Pod) -> bool {
    let by_class =
        || matches!(&*pod.spec.priority_class_name, "system-cluster-critical" | "system-node-critical");
    pod.spec.priority.map_or_else(by_class, |priority| priority >= CRITICAL)
}

impl<'c> Departure<'c> {
    pub(super) fn of(cluster: &'c Cluster, node: &'c Node, options: &DrainOptions) -> Self {
        let mut departure = Self {
            node,
            object: Object::node(&node.meta.name, &node.meta.uid),
            going: Vec::new(),
            ending: Vec::new(),
            staying: Staying::default(),
        };
        let mut pods: Vec<&Pod> = cluster.pods_on(&node.meta.name).collect();
        pods.sort_by_key(|pod| (&pod.meta.namespace, &pod.meta.name));
        for pod in pods {
            departure.sort_in(cluster, pod, options);
        }
        departure
    }

    fn sort_in(&mut self, cluster: &'c Cluster, pod: &'c Pod, options: &DrainOptions) {
        let keeper = keeper(cluster, pod);
        let staying = &mut self.staying;
        if condition::node::is_static(pod) {
            staying.r#static.push(pod);
        } else if pod.is_finished() {
            staying.finished.push(pod);
        } else if is_of_daemon_set(&keeper) {
            staying.of_daemon_sets.push(pod);
        } else if options.pod_selector.as_ref().is_some_and(|wanted| !wanted.matches(&pod.meta.labels)) {
            staying.unselected.push(pod);
        } else if pod.meta.deleted.is_some() {
            self.ending.push(pod);
        } else {
            self.going.push(going(cluster, pod, keeper, options));
        }
    }

    /// Pods of one turn.
    pub(super) fn going_in(&self, turn: Turn) -> impl Iterator<Item = &Going<'c>> {
        self.going.iter().filter(move |going| going.turn == turn)
    }
}

/// Whether there is a `DaemonSet` that would start the pod again on the same node; one that can't be seen is taken to be there.
fn is_of_daemon_set(keeper: &Keeper<'_>) -> bool {
    matches!(keeper, Keeper::Known(owner) | Keeper::Unseen(owner, _) if owner.kind == "DaemonSet")
}

fn going<'c>(cluster: &'c Cluster, pod: &'c Pod, keeper: Keeper<'c>, options: &DrainOptions) -> Going<'c> {
    let budgets: Vec<_> = cluster
        .budgets
        .in_namespace(&pod.meta.namespace)
        .iter()
        .filter(|budget| budgets::covers(budget, pod))
        .collect();
    let bypasses = budgets.iter().any(|budget| options.bypass_budgets.contains(&budgets::name(budget)));
    let top = if keeper.is_missing() { pod.object_ref() } else { cluster.top_owner(pod) };
    Going { pod, keeper, top, turn: Turn::of(pod), budgets, bypasses }
}

fn keeper<'c>(cluster: &'c Cluster, pod: &'c Pod) -> Keeper<'c> {
    let Some(owner) = pod.meta.controller() else { return Keeper::Nobody };
    let Some(kind) = Kind::of(&owner.api_version, &owner.kind).filter(|kind| keeps_pods(*kind)) else {
        return Keeper::Foreign(owner);
    };
    let namespace = &pod.meta.namespace;
    if let Some(found) = cluster.find(kind, namespace, &owner.name) {
        let is_another = !owner.uid.is_empty() && !found.uid.is_empty() && found.uid != owner.uid;
        return if is_another { Keeper::Gone(owner) } else { Keeper::Known(owner) };
    }
    match cluster.coverage().check(kind, namespace) {
        Ok(()) => Keeper::Gone(owner),
        Err(unseen) => Keeper::Unseen(owner, unseen),
    }
}

fn keeps_pods(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ReplicaSet | Kind::ReplicationController | Kind::StatefulSet | Kind::DaemonSet | Kind::Job
    )
}
