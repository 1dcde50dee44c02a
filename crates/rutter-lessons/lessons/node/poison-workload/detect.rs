//! Finding the workload that a row of failed nodes has in common.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rutter_cluster::{
    ObjectRef, Str, Time,
    objects::{Node, Pod},
};

use super::{
    SOON,
    failures::{self, Failure},
    landings::{self, Landing},
    say,
};
use crate::{Context, Findings, Outcome, hosting};

/// Nodes that fail closer together than this, in seconds, do so for something that they share.
const APART: i64 = 120;

/// More failures than these are no row, and would cost too much to compare.
const MOST_FAILURES: usize = 20;

/// How much longer than twice the time of the slowest node to fail, in seconds, another must live with the workload to speak
/// for it.
const GRACE: i64 = 120;

/// A node that failed soon after a pod of the workload landed there.
#[derive(Clone, PartialEq)]
pub(super) struct Hit {
    pub(super) failure: Failure,
    pub(super) landing: Landing,
}

impl Hit {
    /// How long the node lived with the pod, in seconds.
    pub(super) fn delay(&self) -> i64 {
        self.failure.at.since(self.landing.at)
    }
}

/// A node that lives with the workload.
#[derive(Clone, PartialEq)]
pub(super) struct Living {
    pub(super) node: Str,
    pub(super) since: Time,
}

/// A workload, and the nodes that it may have taken down, the first first.
#[derive(Clone, PartialEq)]
pub(super) struct Row {
    pub(super) workload: ObjectRef,
    pub(super) hits: Vec<Hit>,
    /// How many nodes without it live.
    pub(super) spared: usize,
    /// Where it runs now, on a node that lives: for the longest time.
    pub(super) next: Option<Living>,
    /// Whether a pod of it waits for a node.
    pub(super) waits: bool,
}

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    if failures::failure(context, node).is_none() {
        return Ok(());
    }
    let rows = rows(context);
    // The first of the row speaks for all.
    let own =
        rows.iter().filter(|row| row.hits.first().is_some_and(|hit| hit.failure.node == node.meta.name));
    findings.extend(own.map(|row| say::finding(context, row)));
    Ok(())
}

/// All rows of the cluster; none where two workloads have a node in common, for then it can't be told which it is.
fn rows(context: &Context<'_>) -> Arc<Vec<Row>> {
    context.kept("rows of failed nodes", &ObjectRef::default(), |context, _| {
        let failures = failures::all(context);
        if !(2..=MOST_FAILURES).contains(&failures.len()) {
            return Vec::new();
        }
        let suspects: BTreeSet<ObjectRef> =
            failures.iter().flat_map(|failure| (*controllers_on(context, &failure.node)).clone()).collect();
        let all: Vec<Row> =
            suspects.iter().filter_map(|controller| (*row_of(context, controller)).clone()).collect();
        let mut known = BTreeMap::<Str, usize>::new();
        for hit in all.iter().flat_map(|row| &row.hits) {
            *known.entry(hit.failure.node.clone()).or_default() += 1;
        }
        let is_alone = |row: &Row| row.hits.iter().all(|hit| known.get(&hit.failure.node) == Some(&1));
        all.into_iter().filter(is_alone).collect()
    })
}

/// The controllers of the pods on a node. What runs on every node moves nowhere.
fn controllers_on(context: &Context<'_>, node: &Str) -> Arc<BTreeSet<ObjectRef>> {
    let node = ObjectRef { kind: "Node".into(), name: node.clone(), ..ObjectRef::default() };
    context.kept("controllers of a node's pods", &node, |context, node| {
        let pods = context.pods_on(&node.name).unwrap_or_default();
        let moving = pods.into_iter().filter(|pod| !hosting::belongs_to_node(pod));
        moving.filter_map(landings::controller).collect()
    })
}

/// The row of a controller's workload. Each is kept by itself, so that a change of a pod costs a look at its own.
fn row_of(context: &Context<'_>, controller: &ObjectRef) -> Arc<Option<Row>> {
    context.kept("row of failed nodes", controller, |context, controller| {
        row(context, &failures::all(context), controller)
    })
}

fn row(context: &Context<'_>, failures: &[Failure], controller: &ObjectRef) -> Option<Row> {
    let landings = landings::landings(context, controller);
    let hits: Vec<Hit> = failures.iter().filter_map(|failure| hit(failure, &landings)).collect();
    let (first, last) = (hits.first()?, hits.last()?);
    if !is_row(&hits) || has_others(failures, &hits, first.failure.at, last.failure.at) {
        return None;
    }
    let fresh =
        |node: &&Node| node.is_ready() && !failures.iter().any(|failure| failure.node == node.meta.name);
    let nodes = context.nodes().unwrap_or_default();
    let had = |node: &&Node| landings.iter().any(|landing| landing.node == node.meta.name);
    let spared = nodes.iter().filter(fresh).filter(|node| !had(node)).count();
    let pods = context.pods_under(controller).unwrap_or_default();
    let workload = context.top_owner(*pods.first()?);
    let running: Vec<&Pod> = pods.into_iter().filter(|pod| !pod.is_finished()).collect();
    let living: Vec<Living> = running.iter().filter_map(|pod| living(context, pod)).collect();
    if spared == 0 || is_harmless(context, &hits, &living) {
        return None;
    }
    Some(Row {
        workload,
        hits,
        spared,
        next: living.into_iter().min_by_key(|living| living.since),
        waits: running.iter().any(|pod| pod.spec.node_name.is_empty()),
    })
}

/// The node that a pod is on, if that lives; since it came there, or since the node came back with it.
fn living(context: &Context<'_>, pod: &Pod) -> Option<Living> {
    let node = context.node(&pod.spec.node_name).ok().flatten()?;
    let ready = node.condition("Ready").filter(|ready| ready.is_true())?;
    let since = landings::landed(pod)?.max(ready.last_transition_time?);
    Some(Living { node: node.meta.name.clone(), since })
}

/// Whether nodes live with the workload for longer than others took to fail: one for much longer, or as many.
fn is_harmless(context: &Context<'_>, hits: &[Hit], living: &[Living]) -> bool {
    let longest = hits.iter().map(Hit::delay).max().unwrap_or_default();
    let lived = || living.iter().map(|living| context.age(living.since));
    lived().any(|age| age > 2 * longest + GRACE) || lived().filter(|age| *age > longest).count() >= hits.len()
}

/// The last landing before a node failed, if that was soon before.
fn hit(failure: &Failure, landings: &[Landing]) -> Option<Hit> {
    let before = |landing: &&Landing| {
        landing.node == failure.node && (0..=SOON).contains(&failure.at.since(landing.at))
    };
    let landing = landings.iter().filter(before).max_by_key(|landing| landing.at)?;
    Some(Hit { failure: failure.clone(), landing: landing.clone() })
}

/// Whether nodes failed one after another, and the workload came to one of them after the first had failed.
fn is_row(hits: &[Hit]) -> bool {
    let apart = |pair: &[Hit]| match pair {
        [one, other] => other.failure.at.since(one.failure.at) >= APART,
        _ => false,
    };
    let moved = |first: &Hit| hits.iter().any(|hit| hit.landing.at >= first.failure.at);
    hits.len() > 1 && hits.windows(2).all(apart) && hits.first().is_some_and(moved)
}

/// Whether nodes without it failed in the same time: then there is another reason.
fn has_others(failures: &[Failure], hits: &[Hit], from: Time, to: Time) -> bool {
    let within = |failure: &&Failure| failure.at.since(from) >= -SOON && failure.at.since(to) <= SOON;
    let is_hit = |failure: &Failure| hits.iter().any(|hit| hit.failure.node == failure.node);
    failures.iter().filter(within).any(|failure| !is_hit(failure))
}
