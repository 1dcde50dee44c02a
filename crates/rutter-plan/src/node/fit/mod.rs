//! Where the pods of drained nodes would go: the scheduler's filters over the model.
//!
//! Pods are placed one after the other, the largest first, each on the first node that would take it. That is not what the
//! scheduler does, which scores nodes; but what finds no place here hardly finds one there. What the model doesn't hold is not
//! looked at: what pods prefer, near which pods they must be, limits of volumes per node, the overhead of runtime classes.

mod apart;
mod refusal;
mod room;
mod spread;

use std::collections::BTreeSet;

use rutter_cluster::{
    Cluster, Str,
    objects::{Node, NodeTerm, Pod},
    placement,
};

use super::{
    pods::{Departure, Going},
    preflight::{Remarks, left, object, pinned},
    surge,
    work::Work,
};
use crate::Object;
use apart::Apart;
use refusal::{Refusal, Refusals};
use room::{Room, wants};
use spread::Spread;

/// Says of the pods that leave these nodes which find no place on others.
pub(super) fn look(work: &Work<'_>, drained: &[&Departure<'_>], all: &mut Remarks) {
    let mut pods: Vec<(&Going<'_>, &Departure<'_>)> = drained
        .iter()
        .flat_map(|departure| departure.going.iter().map(move |going| (going, *departure)))
        // Nothing makes these again, or they are known to have no other place.
        .filter(|(going, departure)| {
            !going.keeper.is_missing() && pinned(work.cluster, going.pod, departure.node).is_none()
        })
        .collect();
    if pods.is_empty() {
        return;
    }
    pods.sort_by_cached_key(|(going, _)| {
        let size = |resource: &str| std::cmp::Reverse(placement::request(going.pod, resource));
        (size("cpu"), size("memory"), going.pod.meta.namespace.clone(), going.pod.meta.name.clone())
    });
    let mut fit = Fit::new(work.cluster, drained);
    let outcomes: Vec<(&Going<'_>, Result<(), Refusals>)> =
        pods.into_iter().map(|(going, _)| (going, fit.place(going.pod))).collect();
    for (going, outcome) in &outcomes {
        let Err(refusals) = outcome else { continue };
        let siblings: Vec<_> = outcomes.iter().filter(|(other, _)| other.top == going.top).collect();
        let some_fit = siblings.iter().any(|(_, outcome)| outcome.is_ok());
        let going_too: Vec<&Going<'_>> = siblings.iter().map(|(going, _)| *going).collect();
        let text = format!("{}: its next pod would be Pending", refusals.words(fit.nodes.len()));
        if some_fit || left(work, &going.top, &going_too) > 0 {
            all.risk(object(going.pod), text, "");
        } else {
            let text = format!("{text}, and no other of its workload is ready");
            all.unless(work.options.force, "make room on other nodes, or --force", object(going.pod), text);
        }
    }
}

/// Says of the Deployments of these nodes for which a second pod finds no place while the first one is still there.
pub(super) fn surged(work: &Work<'_>, batch: &[Departure<'_>], all: &mut Remarks) {
    let drained: Vec<&Departure<'_>> = batch.iter().collect();
    let mut seen = BTreeSet::new();
    let mut fit = Fit::beside(work.cluster, &drained);
    for going in batch.iter().flat_map(|departure| &departure.going) {
        let Some(deployment) = surge::candidate(work.cluster, going) else { continue };
        if !seen.insert((&deployment.meta.namespace, &deployment.meta.name)) {
            continue;
        }
        if let Err(refusals) = fit.place(going.pod) {
            let text = format!(
                "the second pod that --surge starts has no place while the first one is there: {}",
                refusals.words(fit.nodes.len())
            );
            all.blocker(Object::from(&going.top), text, "make room on other nodes, or leave --surge away");
        }
    }
}

/// The other nodes, and what is on them.
struct Fit<'c> {
    cluster: &'c Cluster,
    nodes: Vec<&'c Node>,
    /// Summed up when a node is looked at for the first time.
    rooms: Vec<Option<Room<'c>>>,
    apart: Apart<'c>,
    spread: Spread<'c>,
    placed: Vec<(&'c Pod, &'c Node)>,
}

impl<'c> Fit<'c> {
    /// Once the pods of these nodes are gone.
    fn new(cluster: &'c Cluster, drained: &[&Departure<'c>]) -> Self {
        let going = drained.iter().flat_map(|departure| departure.going.iter().map(|going| going.pod));
        let ending = drained.iter().flat_map(|departure| departure.ending.iter().copied());
        Self::without(cluster, drained, going.chain(ending).map(key).collect())
    }

    /// While the pods of these nodes are still there.
    fn beside(cluster: &'c Cluster, drained: &[&Departure<'c>]) -> Self {
        let ending = drained.iter().flat_map(|departure| departure.ending.iter().copied());
        Self::without(cluster, drained, ending.map(key).collect())
    }

    fn without(
        cluster: &'c Cluster,
        drained: &[&Departure<'c>],
        leaving: BTreeSet<(&'c Str, &'c Str)>,
    ) -> Self {
        let names: BTreeSet<&Str> = drained.iter().map(|departure| &departure.node.meta.name).collect();
        let nodes: Vec<&Node> =
            cluster.nodes.iter().filter(|node| !names.contains(&node.meta.name)).collect();
        Self {
            cluster,
            rooms: nodes.iter().map(|_| None).collect(),
            nodes,
            apart: Apart::new(cluster, leaving.clone()),
            spread: Spread::new(cluster, leaving),
            placed: Vec::new(),
        }
    }

    /// Puts a pod on the first node that would take it; or says why none does.
    fn place(&mut self, pod: &'c Pod) -> Result<(), Refusals> {
        let wants = wants(pod);
        let volumes = volume_terms(self.cluster, pod);
        let forbidden = self.apart.forbidden(pod, &self.placed);
        let limits = self.spread.limits(pod, &self.placed);
        let mut refusals = Refusals::new(wants.clone());
        for (node, room) in self.nodes.iter().zip(&mut self.rooms) {
            let refusal = by_state(pod, node)
                .or_else(|| by_volumes(&volumes, node))
                .or_else(|| room.get_or_insert_with(|| Room::of(self.cluster, node)).refuses(pod, &wants))
                .or_else(|| forbidden.iter().any(|one| one.is_met_by(node)).then_some(Refusal::Apart))
                .or_else(|| limits.iter().any(|limit| limit.refuses(node)).then_some(Refusal::Spread));
            if let Some(refusal) = refusal {
                refusals.add(refusal);
                continue;
            }
            if let Some(room) = room {
                room.take(pod, &wants);
            }
            self.placed.push((pod, node));
            return Ok(());
        }
        Err(refusals)
    }
}

/// What tells pods apart.
fn key(pod: &Pod) -> (&Str, &Str) {
    (&pod.meta.namespace, &pod.meta.name)
}

/// Cordons, readiness, labels and taints.
fn by_state(pod: &Pod, node: &Node) -> Option<Refusal> {
    if node.spec.unschedulable {
        return Some(Refusal::Cordoned);
    }
    if !node.is_ready() {
        return Some(Refusal::NotReady);
    }
    if !placement::has_labels(&pod.spec, node) {
        return Some(Refusal::Labels);
    }
    placement::untolerated(&pod.spec, node).next().map(|taint| Refusal::Taint(taint.key.clone()))
}

/// The places of the volumes that are bound to a pod's claims; those that can be used anywhere are left out.
fn volume_terms<'c>(cluster: &'c Cluster, pod: &'c Pod) -> Vec<(&'c Str, &'c [NodeTerm])> {
    let volumes = super::work::volumes_of(cluster, pod).filter_map(|name| cluster.volumes.get("", name));
    let placed = volumes.filter(|volume| !volume.spec.node_terms.is_empty());
    placed.map(|volume| (&volume.meta.name, &*volume.spec.node_terms)).collect()
}

fn by_volumes(volumes: &[(&Str, &[NodeTerm])], node: &Node) -> Option<Refusal> {
    let far = volumes.iter().find(|(_, terms)| !placement::meets_any(terms, node));
    far.map(|(name, _)| Refusal::Volume((*name).clone()))
}
