//! What nodes offer to pods, beside what they offered before or what others of their size offer.

use std::collections::BTreeMap;

use rutter_cluster::{
    Cluster, ObjectRef, Quantity, Str,
    objects::{Node, Quantities},
};

use crate::{Context, hosting};

const MEMORY: &str = "memory";

/// What a kernel finds of its memory differs a little from boot to boot: less than this much, in bytes, is nothing.
const JITTER: i64 = 100 << 20;

/// Capacities within this much of each other, in bytes, are of one size.
const SIZE: i64 = 64 << 20;

/// Labels by which clouds tell the size of a machine, the present one first.
const TYPES: [&str; 2] = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];

/// A node that offers less than before, or than its peers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shrunk {
    pub(super) node: Str,
    pub(super) capacity: i64,
    /// In bytes, as all.
    pub(super) before: i64,
    pub(super) after: i64,
    /// The kubelet's version before, or of the peers.
    pub(super) kubelet_before: Str,
    pub(super) kubelet_after: Str,
}

impl Shrunk {
    pub(super) fn lost(&self) -> i64 {
        self.before.saturating_sub(self.after)
    }
}

/// What a node has and offers.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Offer {
    capacity: i64,
    allocatable: i64,
    huge_pages: i64,
    kubelet: Str,
}

impl Offer {
    fn of(node: &Node) -> Option<Self> {
        let memory = |all: &Quantities| all.get(MEMORY).map(Quantity::units).filter(|bytes| *bytes > 0);
        let capacity = &node.status.capacity;
        let pages = capacity.iter().filter(|(name, _)| name.starts_with("hugepages-"));
        (!hosting::is_virtual(node)).then_some(())?;
        Some(Self {
            capacity: memory(capacity)?,
            allocatable: memory(&node.status.allocatable)?,
            huge_pages: pages.map(|(_, quantity)| quantity.units()).fold(0, i64::saturating_add),
            kubelet: node.status.node_info.kubelet_version.clone(),
        })
    }

    fn is_of_one_size(&self, other: &Self) -> bool {
        self.capacity.abs_diff(other.capacity) <= SIZE.unsigned_abs() && self.huge_pages == other.huge_pages
    }

    /// The node as one that offers less than it did, if it does. More memory for the system than that is taken from one of
    /// another size.
    fn shrunk(self, node: &Str, before: &Self) -> Option<Shrunk> {
        let is_less = before.allocatable.saturating_sub(self.allocatable) >= JITTER;
        (is_less && self.is_of_one_size(before)).then(|| Shrunk {
            node: node.clone(),
            capacity: self.capacity,
            before: before.allocatable,
            after: self.allocatable,
            kubelet_before: before.kubelet.clone(),
            kubelet_after: self.kubelet,
        })
    }
}

fn machine(node: &Node) -> Option<&Str> {
    TYPES.iter().find_map(|key| node.meta.labels.get(key))
}

/// All nodes that offer less than in the earlier state; upgrades often replace nodes, so one that is new is held
/// against those of its type.
pub(super) fn since_earlier(context: &Context<'_>, _: &ObjectRef) -> Vec<Shrunk> {
    // Without an earlier state no node is asked for: what is asked for is what an answer is worked out anew for.
    let Some(earlier) = context.earlier() else { return Vec::new() };
    let Ok(nodes) = context.nodes() else { return Vec::new() };
    let of_type = best_of_types(earlier);
    let shrunk = |node: &Node| {
        let offer = Offer::of(node)?;
        let known = earlier.nodes.get("", &node.meta.name).and_then(Offer::of);
        let before = match &known {
            Some(known) if known.is_of_one_size(&offer) => known,
            Some(_) => return None,
            None => of_type.get(machine(node)?)?,
        };
        offer.shrunk(&node.meta.name, before)
    };
    nodes.iter().filter_map(shrunk).collect()
}

/// For each type of machine the most that one of them offered.
fn best_of_types(cluster: &Cluster) -> BTreeMap<Str, Offer> {
    let mut best = BTreeMap::<Str, Offer>::new();
    for (machine, offer) in cluster.nodes.iter().filter_map(|node| machine(node).zip(Offer::of(node))) {
        let known = best.entry(machine.clone()).or_insert_with(|| offer.clone());
        if offer.allocatable > known.allocatable {
            *known = offer;
        }
    }
    best
}

/// All nodes of a type of machine that run a newer kubelet than others of it and offer less than any of these.
pub(super) fn of_type(context: &Context<'_>, about: &ObjectRef) -> Vec<Shrunk> {
    let Ok(nodes) = context.nodes() else { return Vec::new() };
    let of_type = nodes.iter().filter(|node| machine(node) == Some(&about.name));
    let all: Vec<(&Str, Offer)> =
        of_type.filter_map(|node| Some((&node.meta.name, Offer::of(node)?))).collect();
    let oldest = all.iter().filter_map(|(_, offer)| minor(offer)).min();
    let old = all.iter().filter(|(_, offer)| minor(offer) == oldest);
    // What the least of them offers: one of them that was given more is not what an upgrade takes.
    let Some((_, before)) = old.min_by_key(|(_, offer)| offer.allocatable) else { return Vec::new() };
    let newer = all.iter().filter(|(_, offer)| minor(offer) > oldest && offer.is_of_one_size(before));
    newer.filter_map(|(name, offer)| offer.clone().shrunk(name, before)).collect()
}

fn minor(offer: &Offer) -> Option<u32> {
    hosting::minor(&offer.kubelet)
}

/// What [`of_type`] is asked about for a node.
pub(super) fn type_of(node: &Node) -> Option<ObjectRef> {
    machine(node).map(|name| ObjectRef { name: name.clone(), ..ObjectRef::default() })
}
