//! What all plans of nodes are made from.

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::{
    Cluster, Kind, Str, near,
    objects::{Node, Pod},
};

use super::{DrainOptions, Share, pods::Departure, steps};
use crate::{ClusterIdentity, Condition, Object, Plan, Sight, budgets};

/// The label that says in which zone a node is.
const ZONE: &str = "topology.kubernetes.io/zone";

/// What all plans of nodes are made from.
pub(super) struct Work<'c> {
    pub(super) cluster: &'c Cluster,
    pub(super) options: &'c DrainOptions,
    pub(super) operation: &'c str,
    /// In the order in which they were named, each once.
    pub(super) nodes: Vec<&'c Node>,
    pub(super) sight: Sight,
    /// So many nodes there are in each zone; only where there are several zones.
    zones: BTreeMap<&'c str, usize>,
}

impl<'c> Work<'c> {
    pub(super) fn new(
        cluster: &'c Cluster,
        names: &[String],
        options: &'c DrainOptions,
        operation: &'c str,
    ) -> Result<Self, String> {
        let nodes = find(cluster, names)?;
        known_budgets(cluster, options)?;
        let mut zones = BTreeMap::new();
        for zone in cluster.nodes.iter().filter_map(zone_of) {
            *zones.entry(zone).or_default() += 1;
        }
        if zones.len() < 2 {
            zones.clear();
        }
        let all: Vec<&str> = nodes.iter().map(|node| node.meta.name.as_str()).collect();
        let sight = Sight::of(cluster, &all);
        Ok(Self { cluster, options, operation, nodes, sight, zones })
    }

    /// A plan without steps.
    pub(super) fn plan(&self, verb: &str, identity: ClusterIdentity) -> Plan {
        let mut plan = empty(self.cluster, &self.nodes, self.operation, verb, identity);
        plan.parallel = self.options.parallel.max(1);
        plan
    }

    /// The nodes with their pods, in groups that are drained side by side: one by one, unless a person said how many may be away.
    pub(super) fn batches(&self) -> Vec<Vec<Departure<'c>>> {
        let away = self.others_away("", &self.nodes).len() as u64;
        let size = match self.options.max_unavailable {
            Some(share) => share.of(self.cluster.nodes.len()).saturating_sub(away).max(1),
            None => 1,
        };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let of = |node: &&'c Node| Departure::of(self.cluster, node, self.options);
        self.nodes.chunks(size).map(|some| some.iter().map(of).collect()).collect()
    }

    /// So many nodes may be away: by default a tenth, and one at least.
    fn share(&self) -> Share {
        self.options.max_unavailable.unwrap_or(Share::Percent(10))
    }

    /// The places in which not too many nodes may be away (a zone, or the cluster, which has no name), and how many that are.
    pub(super) fn places(&self, node: &Node) -> Vec<(&'c str, u64)> {
        let zone = zone_of(node).and_then(|zone| self.zones.get_key_value(zone));
        let zone = zone.map(|(zone, nodes)| (*zone, self.share().of(*nodes)));
        [("", self.share().of(self.cluster.nodes.len()))].into_iter().chain(zone).collect()
    }

    /// The nodes of a place that others have cordoned, or that aren't ready.
    pub(super) fn others_away(&self, zone: &str, besides: &[&Node]) -> Vec<&'c Node> {
        let own: BTreeSet<&Str> = besides.iter().map(|node| &node.meta.name).collect();
        let nodes = self.cluster.nodes.iter().filter(|node| zone.is_empty() || zone_of(node) == Some(zone));
        nodes
            .filter(|node| node.spec.unschedulable || !node.is_ready())
            .filter(|node| !own.contains(&node.meta.name))
            .collect()
    }

    /// What is looked at before a node is taken out, at that moment.
    pub(super) fn guards(&self, departure: &Departure<'_>, batch: &[Departure<'_>]) -> Vec<Condition> {
        let node = &departure.object;
        let few = self.places(departure.node).into_iter().map(|(zone, most)| Condition::FewAway {
            node: node.clone(),
            zone: zone.into(),
            most,
            besides: Vec::new(),
        });
        let calm = Condition::Calm { besides: steps::names(batch) };
        let quorum = (!self.is_alone(departure)).then(|| Condition::Quorum { node: node.clone() });
        few.chain([calm]).chain(quorum).collect()
    }

    /// Whether a person has said that the only node of the control plane may go: no guard could let it.
    pub(super) fn is_alone(&self, departure: &Departure<'_>) -> bool {
        self.options.force && is_only_control_plane(self.cluster, departure.node)
    }

    /// The volumes that stay attached to the node, because their pods stay; nothing if no other volume is attached.
    pub(super) fn attached_for_good(&self, departure: &Departure<'_>) -> Option<Vec<String>> {
        let name = &departure.node.meta.name;
        let staying = departure.staying.of_daemon_sets.iter().chain(&departure.staying.unselected);
        let stay: BTreeSet<&Str> = staying.flat_map(|pod| volumes_of(self.cluster, pod)).collect();
        let attached = self.cluster.volume_attachments.iter().filter(|one| one.spec.node_name == *name);
        let goes = attached.into_iter().any(|one| !stay.contains(&one.spec.source.persistent_volume_name));
        let is_unseen = self.cluster.coverage().check(Kind::VolumeAttachment, "").is_err();
        (goes || is_unseen).then(|| stay.into_iter().map(ToString::to_string).collect())
    }
}

/// The names of the volumes that are bound to a pod's claims.
pub(super) fn volumes_of<'c>(cluster: &'c Cluster, pod: &'c Pod) -> impl Iterator<Item = &'c Str> {
    let names = pod.spec.volumes.iter().filter_map(|volume| pod.claim_name(volume));
    let claims = names.filter_map(|name| cluster.claims.get(&pod.meta.namespace, &name));
    claims.map(|claim| &claim.spec.volume_name).filter(|name| !name.is_empty())
}

/// Whether the node is of the control plane, by the label that kubeadm and most others set.
pub(super) fn is_control_plane(node: &Node) -> bool {
    let labels = &node.meta.labels;
    labels.contains_key("node-role.kubernetes.io/control-plane")
        || labels.contains_key("node-role.kubernetes.io/master")
}

fn is_only_control_plane(cluster: &Cluster, node: &Node) -> bool {
    is_control_plane(node) && cluster.nodes.iter().filter(|node| is_control_plane(node)).count() == 1
}

fn zone_of(node: &Node) -> Option<&str> {
    node.meta.labels.get(ZONE).map(Str::as_str)
}

/// A plan without steps, about these nodes.
pub(super) fn empty(
    cluster: &Cluster,
    nodes: &[&Node],
    operation: &str,
    verb: &str,
    identity: ClusterIdentity,
) -> Plan {
    let title = match nodes {
        [one] => format!("{verb} {}", one.meta.name),
        [one, other] => format!("{verb} {} and {}", one.meta.name, other.meta.name),
        many => format!("{verb} {} nodes", many.len()),
    };
    let mut plan = Plan::new(operation, title, identity, cluster.time().to_string());
    plan.about = nodes.iter().map(|node| Object::node(&node.meta.name, &node.meta.uid)).collect();
    plan
}

/// The nodes of these names, each once.
pub(super) fn find<'c>(cluster: &'c Cluster, names: &[String]) -> Result<Vec<&'c Node>, String> {
    if names.is_empty() {
        return Err("no node is named or selected, and a plan for none would do nothing".into());
    }
    if !cluster.coverage().has_any(Kind::Node) {
        return Err(cluster
            .coverage()
            .check(Kind::Node, "")
            .map_or_else(|unseen| unseen.to_string(), |()| "there are no nodes".into()));
    }
    let mut seen = BTreeSet::new();
    names.iter().filter(|name| seen.insert(*name)).map(|name| one(cluster, name)).collect()
}

fn one<'c>(cluster: &'c Cluster, name: &str) -> Result<&'c Node, String> {
    cluster.nodes.get("", name).ok_or_else(|| {
        let near = near::nearest(name, cluster.nodes.iter().map(|node| &node.meta.name));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        format!("there is no node {name:?}{hint}")
    })
}

/// A budget that is to be bypassed must be there: a slip of the pen must not pass for consent to something else.
fn known_budgets(cluster: &Cluster, options: &DrainOptions) -> Result<(), String> {
    for named in &options.bypass_budgets {
        let Some((namespace, name)) = named.split_once('/') else {
            return Err(format!("{named:?} is not the NAMESPACE/NAME of a PodDisruptionBudget"));
        };
        let is_seen = cluster.coverage().check(Kind::PodDisruptionBudget, namespace).is_ok();
        if is_seen && cluster.budgets.get(namespace, name).is_none() {
            let all: Vec<Str> = cluster.budgets.iter().map(|budget| budgets::name(budget).into()).collect();
            let near = near::nearest(named, all.iter());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            return Err(format!("there is no PodDisruptionBudget {named:?}{hint}"));
        }
    }
    Ok(())
}
