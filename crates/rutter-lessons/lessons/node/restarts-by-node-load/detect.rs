//! Finding nodes on which unrelated workloads get no answer in time.

use std::collections::BTreeMap;

use rutter_cluster::{
    ObjectRef, Resource,
    objects::{Node, Pod},
};

use super::{
    say,
    slow::{self, Slow},
};
use crate::{Context, Finding, Findings, Outcome, hosting};

/// So many unrelated workloads at once are no coincidence.
const OWNERS: usize = 3;

/// How many replicas elsewhere are looked at, for each workload.
const MOST: usize = 50;

/// A node that slows down its pods.
pub(super) struct Slowed<'c> {
    pub(super) node: &'c Node,
    /// One pod of each workload.
    pub(super) pods: Vec<Slow<'c>>,
    /// How many of the workloads have replicas on other nodes, which all answer.
    pub(super) compared: usize,
    /// Whether one of the workloads has no ready replica.
    pub(super) is_down: bool,
}

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if pod.spec.node_name.is_empty() || slow::slow(context, pod).is_none() {
        return Ok(());
    }
    let Some(node) = context.node(&pod.spec.node_name)? else { return Ok(()) };
    // Many pods show it, and the first of them speaks.
    let known = context.kept("slow node", &node.object_ref(), of_node);
    if let Some((first, finding)) = known.as_ref()
        && *first == pod.object_ref()
    {
        findings.push(finding.clone());
    }
    Ok(())
}

fn of_node(context: &Context<'_>, node: &ObjectRef) -> Option<(ObjectRef, Finding)> {
    let node = context.node(&node.name).ok()??;
    let slowed = slowed(context, node)?;
    let first = slowed.pods.first()?.pod.object_ref();
    Some((first, say::finding(context, &slowed)))
}

/// What a node does to its pods. One that isn't Ready speaks for itself, and one that leaves is nobody's concern.
pub(super) fn slowed<'c>(context: &Context<'c>, node: &'c Node) -> Option<Slowed<'c>> {
    if !node.is_ready() || hosting::is_leaving(node) {
        return None;
    }
    let mut owners: BTreeMap<ObjectRef, Slow<'c>> = BTreeMap::new();
    for pod in context.pods_on(&node.meta.name).ok()? {
        let Some(slow) = slow::slow(context, pod) else { continue };
        match owners.get(&slow.owner) {
            Some(known) if known.last >= slow.last => {}
            _ => drop(owners.insert(slow.owner.clone(), slow)),
        }
    }
    let newest = owners.values().map(|slow| slow.last).max()?;
    let pods: Vec<Slow<'c>> = owners.into_values().filter(|slow| slow.is_around(newest)).collect();
    if pods.len() < OWNERS {
        return None;
    }
    compare(context, node, pods)
}

/// Sets the workloads against their replicas on other nodes. One that is slow there too says that it isn't the node: a
/// dependency that all share, or the workload itself.
fn compare<'c>(context: &Context<'c>, node: &'c Node, pods: Vec<Slow<'c>>) -> Option<Slowed<'c>> {
    let (mut kept, mut compared, mut is_down) = (Vec::new(), 0, false);
    let mut slow_elsewhere = 0;
    for slow in pods {
        let all = context.pods_under(&slow.owner).unwrap_or_default();
        let is_other = |pod: &&Pod| pod.spec.node_name != node.meta.name && !pod.spec.node_name.is_empty();
        let others = all.into_iter().filter(|pod| !pod.is_finished() && pod.meta.deleted.is_none());
        let others: Vec<&Pod> = others.filter(is_other).take(MOST).collect();
        if others.iter().any(|pod| slow::was_slow(context, pod, slow.last)) {
            slow_elsewhere += 1;
            continue;
        }
        let well = others.iter().filter(|pod| pod.is_ready()).count();
        compared += usize::from(well > 0 && well == others.len());
        is_down |= well == 0 && !slow.pod.is_ready();
        kept.push(slow);
    }
    let is_the_node = kept.len() >= OWNERS && compared > 0 && slow_elsewhere < compared;
    is_the_node.then_some(Slowed { node, pods: kept, compared, is_down })
}
