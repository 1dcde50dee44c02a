//! Finding Ready nodes whose runtime does not finish calls, by pods of unrelated workloads and by garbage collection.

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::{
    ObjectRef, Resource, Time,
    objects::{Condition, Event, Node, Pod},
};

use super::{
    START,
    gc::{self, TimeOuts},
    say,
    signs::{self, Sign},
};
use crate::{Context, Finding, Findings, Outcome, hosting};

/// So many unrelated workloads, of which nothing but the runtime was asked, are no coincidence.
const OWNERS: usize = 2;

/// As many, where none of them has a replica elsewhere to compare with.
const ALONE: usize = 3;

/// Garbage collection alone must fail so often.
const OFTEN: i64 = 3;

/// How many replicas elsewhere are looked at, for each workload.
const MOST: usize = 50;

/// A node whose runtime does not finish calls.
pub(super) struct Stuck<'c> {
    pub(super) node: &'c Node,
    pub(super) gc: Option<TimeOuts<'c>>,
    /// One pod of each workload that does not start, and one that does not end, by workload.
    pub(super) signs: Vec<Sign<'c>>,
    /// How many of the workloads have replicas on other nodes, which all are well.
    pub(super) compared: usize,
}

/// Where garbage collection fails, the node speaks.
pub(super) fn of_node(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let events = context.events(node)?;
    if node.is_ready() && gc::time_outs(context, &events, settled(node, &events)).is_some() {
        speak(context, node, None, findings);
    }
    Ok(())
}

/// Else the first of the pods that show it: so that of nodes whose pods are well, nothing is looked at.
pub(super) fn of_pod(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if signs::sign(context, pod).is_none() {
        return Ok(());
    }
    if let Some(node) = context.node(&pod.spec.node_name)? {
        speak(context, node, Some(&pod.object_ref()), findings);
    }
    Ok(())
}

/// Whether the node of that name is one.
pub(super) fn is_stuck(context: &Context<'_>, name: &str) -> bool {
    let node = context.node(name).ok().flatten();
    node.is_some_and(|node| context.kept("stuck runtime", &node.object_ref(), of).is_some())
}

fn speak(context: &Context<'_>, node: &Node, who: Option<&ObjectRef>, findings: &mut Findings) {
    let known = context.kept("stuck runtime", &node.object_ref(), of);
    if let Some((speaker, finding)) = known.as_ref()
        && speaker.as_ref() == who
    {
        findings.push(finding.clone());
    }
}

fn of(context: &Context<'_>, node: &ObjectRef) -> Option<(Option<ObjectRef>, Finding)> {
    let node = context.node(&node.name).ok()??;
    let stuck = stuck(context, node)?;
    let first = stuck.signs.first().map(|sign| sign.pod.object_ref());
    let speaker = if stuck.gc.is_some() { None } else { Some(first?) };
    Some((speaker, say::finding(context, &stuck)))
}

/// What a node's runtime leaves undone. A node that isn't Ready has a lesson of its own, and so has a full disk.
pub(super) fn stuck<'c>(context: &Context<'c>, node: &'c Node) -> Option<Stuck<'c>> {
    let full = node.condition("DiskPressure").is_some_and(Condition::is_true);
    if !node.is_ready() || full || hosting::is_leaving(node) || hosting::is_virtual(node) {
        return None;
    }
    let events = context.events(node).unwrap_or_default();
    let from = settled(node, &events);
    let gc = gc::time_outs(context, &events, from);
    let mut owners: BTreeMap<(ObjectRef, bool), Sign<'c>> = BTreeMap::new();
    for pod in context.pods_on(&node.meta.name).unwrap_or_default() {
        let sign = signs::sign(context, pod);
        let sign = sign.filter(|sign| sign.is_since(context, from) && sign.lasts(context));
        let Some(sign) = sign else { continue };
        let key = (sign.owner.clone(), sign.is_about_end());
        match owners.get(&key) {
            Some(known) if known.is_certain() || !sign.is_certain() => {}
            _ => drop(owners.insert(key, sign)),
        }
    }
    let stuck = compare(context, node, gc, owners.into_values());
    stuck.is_proven().then_some(stuck)
}

/// Up to when what happens belongs to a start: of the node, its kubelet, or its recovery.
fn settled(node: &Node, events: &[&Event]) -> Option<Time> {
    let starts = events.iter().filter(|event| event.reason == "Starting" && event.component() == "kubelet");
    let ready = node.condition("Ready").and_then(|ready| ready.last_transition_time);
    let began = starts.filter_map(|event| event.last_seen()).chain(ready).chain(node.meta.created).max();
    began.map(|began| began.plus(START))
}

/// Sets the workloads against their replicas on other nodes: one that shows the same there is itself what takes so long. Where the
/// node says by itself that its runtime hangs, the others may hang as well.
fn compare<'c>(
    context: &Context<'c>,
    node: &'c Node,
    gc: Option<TimeOuts<'c>>,
    all: impl Iterator<Item = Sign<'c>>,
) -> Stuck<'c> {
    let (mut kept, mut compared) = (Vec::new(), 0);
    for sign in all {
        let pods = context.pods_under(&sign.owner).unwrap_or_default();
        let is_other = |pod: &&Pod| pod.spec.node_name != node.meta.name && !pod.spec.node_name.is_empty();
        let others: Vec<&Pod> =
            pods.into_iter().filter(|pod| !pod.is_finished()).filter(is_other).take(MOST).collect();
        let same = others.iter().filter(|pod| signs::sign(context, pod).is_some()).count();
        if gc.is_none() && same > 0 && same * 2 >= others.len() {
            continue;
        }
        compared += usize::from(same == 0 && others.iter().any(|pod| pod.is_ready()));
        kept.push(sign);
    }
    Stuck { node, gc, signs: kept, compared }
}

impl Stuck<'_> {
    /// How many workloads show calls to nothing but the runtime.
    pub(super) fn certain(&self) -> usize {
        let certain = self.signs.iter().filter(|sign| sign.is_certain());
        certain.map(|sign| &sign.owner).collect::<BTreeSet<_>>().len()
    }

    fn is_proven(&self) -> bool {
        let certain = self.certain();
        match &self.gc {
            Some(gc) => !self.signs.is_empty() || gc.of_containers >= OFTEN,
            None => certain >= ALONE || (certain >= OWNERS && self.compared > 0),
        }
    }
}
