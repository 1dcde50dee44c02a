//! The one node of a pool that differs from all others.

use std::collections::BTreeMap;

use rutter_cluster::{
    ObjectRef, Str,
    objects::{Node, NodeInfo},
};

use crate::{Context, Evidence, hosting};

/// Labels by which providers name pools.
const POOLS: [&str; 6] = [
    "cloud.google.com/gke-nodepool",
    "eks.amazonaws.com/nodegroup",
    "kubernetes.azure.com/agentpool",
    "alibabacloud.com/nodepool-id",
    "karpenter.sh/nodepool",
    "node.kubernetes.io/instance-type",
];

/// From so many nodes on, one stands out.
const ENOUGH: usize = 4;

/// For so long, in seconds, no node of the pool may have come, gone or come back: two weeks.
const SETTLED: i64 = 14 * 86_400;

/// In what it differs: the name, its value and that of all others.
pub(super) struct Odd {
    pub(super) others: usize,
    what: Vec<(&'static str, &'static str, Str, Str)>,
}

/// What the nodes of a pool run.
#[derive(PartialEq)]
struct Pool {
    nodes: usize,
    is_settled: bool,
    /// For each field, how many nodes have which value.
    values: [BTreeMap<Str, usize>; 3],
}

impl Pool {
    /// `about` holds what its nodes have in common: the label's key and value, the operating system, the architecture.
    fn of(context: &Context<'_>, about: &ObjectRef) -> Self {
        let mut pool = Self { nodes: 0, is_settled: true, values: Default::default() };
        let nodes = context.nodes().into_iter().flat_map(rutter_cluster::Objects::iter);
        let alike = |other: &&Node| {
            other.meta.labels.get(&about.kind) == Some(&about.name)
                && other.status.node_info.operating_system == about.namespace
                && other.status.node_info.architecture == about.uid
        };
        for other in nodes.filter(alike) {
            pool.nodes += 1;
            pool.is_settled &= is_settled(context, other);
            for ((.., of), values) in FIELDS.iter().zip(&mut pool.values) {
                *values.entry(of(&other.status.node_info).clone()).or_default() += 1;
            }
        }
        pool
    }
}

pub(super) fn odd(context: &Context<'_>, node: &Node) -> Option<Odd> {
    let (key, name) = POOLS.iter().find_map(|key| Some((*key, node.meta.labels.get(key)?)))?;
    let info = &node.status.node_info;
    let about = ObjectRef {
        kind: key.into(),
        name: name.clone(),
        namespace: info.operating_system.clone(),
        uid: info.architecture.clone(),
        ..ObjectRef::default()
    };
    let pool = context.kept("what a pool runs", &about, Pool::of);
    if pool.nodes < ENOUGH || !pool.is_settled {
        return None;
    }
    let fields = FIELDS.iter().zip(&pool.values);
    let what: Vec<_> = fields
        .filter_map(|((name, path, of), values)| {
            let mine = of(info);
            let (usual, others) = values.iter().find(|(value, _)| *value != mine)?;
            let known = !mine.is_empty() && !usual.is_empty();
            (known && *others + 1 == pool.nodes).then(|| (*name, *path, mine.clone(), usual.clone()))
        })
        .collect();
    (!what.is_empty()).then_some(Odd { others: pool.nodes - 1, what })
}

type Field = (&'static str, &'static str, fn(&NodeInfo) -> &Str);

const FIELDS: [Field; 3] = [
    ("kubelet", "kubeletVersion", |info| &info.kubelet_version),
    ("kernel", "kernelVersion", |info| &info.kernel_version),
    ("runtime", "containerRuntimeVersion", |info| &info.container_runtime_version),
];

/// Whether a node is there and as it is for long: an upgrade makes nodes anew, or NotReady for a moment.
fn is_settled(context: &Context<'_>, node: &Node) -> bool {
    let ready = node.condition("Ready").filter(|ready| ready.is_true());
    let times = [node.meta.created, ready.and_then(|ready| ready.last_transition_time)];
    !node.spec.unschedulable
        && !hosting::is_leaving(node)
        && context.tells_time()
        && times.iter().all(|time| time.is_some_and(|time| !context.is_younger(time, SETTLED)))
}

impl Odd {
    /// `its kernel (3.10.0 instead of 5.14.0) and its runtime (…)`.
    pub(super) fn phrase(&self) -> String {
        let all =
            self.what.iter().map(|(name, _, mine, usual)| format!("its {name} ({mine} instead of {usual})"));
        crate::words::list(&all.collect::<Vec<_>>(), 3)
    }

    pub(super) fn evidence(&self, node: &Node) -> Vec<Evidence> {
        let one = |(_, path, mine, _): &(&str, &'static str, Str, Str)| {
            Evidence::field(node, format!("status.nodeInfo.{path}"), mine.as_str(), None)
        };
        self.what.iter().map(one).collect()
    }
}
