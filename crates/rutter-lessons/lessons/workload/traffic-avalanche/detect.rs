//! Finding workloads whose replicas fall in a row, each for the load of those before.

use std::collections::BTreeSet;

use rutter_cluster::{
    Resource,
    objects::{Deployment, Pod, Service, StatefulSet},
};

use super::{
    fall::{self, Fall},
    say,
};
use crate::{Context, Findings, Outcome, Seen};

/// So many falls are a row; two are chance.
const ROW: usize = 3;

/// An avalanche takes minutes; in seconds.
const LONGEST: i64 = 1800;

/// Nothing fell for so long, in seconds: it is over, or another trouble.
const RECENT: i64 = 900;

/// Between one fall and the next lies the time in which requests move and pile up, in seconds: what falls closer together fell for
/// one reason at once. Probes must fail several times first.
const APART: i64 = 5;
const PROBES_APART: i64 = 20;

/// Who ran well for so long, in seconds, has no fault of a new start.
const WELL: i64 = 1800;

/// How many pods of a workload are looked at.
const MOST: usize = 200;

pub(super) fn deployment(context: &Context<'_>, subject: &Deployment, findings: &mut Findings) -> Outcome {
    look(context, subject, (subject.wanted(), subject.status.ready_replicas), findings)
}

pub(super) fn stateful_set(context: &Context<'_>, subject: &StatefulSet, findings: &mut Findings) -> Outcome {
    look(context, subject, (subject.wanted(), subject.status.ready_replicas), findings)
}

fn look(
    context: &Context<'_>,
    subject: &impl Resource,
    (wanted, ready): (i64, i64),
    findings: &mut Findings,
) -> Outcome {
    if ready >= wanted || wanted < ROW as i64 {
        return Ok(());
    }
    if let Some(row) = row(context, subject)? {
        findings.push(say::finding(context, subject, &row));
    }
    Ok(())
}

/// Falls in a row, the first first.
pub(super) struct Row<'c> {
    pub(super) falls: Vec<Fall<'c>>,
    /// How many replicas there are.
    pub(super) all: usize,
    /// The Service that brings the requests.
    pub(super) service: &'c Service,
}

fn row<'c>(context: &Context<'c>, subject: &impl Resource) -> Seen<Option<Row<'c>>> {
    let pods = context.pods_under(&subject.object_ref())?;
    let there =
        |pod: &&Pod| !pod.is_finished() && pod.meta.deleted.is_none() && !pod.spec.node_name.is_empty();
    let pods: Vec<&Pod> = pods.into_iter().filter(there).take(MOST).collect();
    let mut falls: Vec<Fall<'c>> = pods.iter().filter_map(|pod| fall::of(context, pod)).collect();
    let Some(newest) = falls.iter().map(|fall| fall.ended).max() else { return Ok(None) };
    // What fell long before has nothing to do with it.
    falls.retain(|fall| newest.since(fall.ended) <= LONGEST);
    falls.sort_by_key(|fall| fall.ended);
    if falls.len() < ROW || falls.len() * 2 < pods.len() || !context.is_younger(newest, RECENT) {
        return Ok(None);
    }
    if !moves_on(&falls) || !were_well(&falls) || explains_age(&falls) || shares_node(&falls) {
        return Ok(None);
    }
    let Some(first) = falls.first() else { return Ok(None) };
    let services = context.services_selecting(first.pod)?;
    let Some(service) = services.first().copied() else {
        return Ok(None);
    };
    Ok(Some(Row { falls, all: pods.len(), service }))
}

/// Whether each fell while one before it was out, and not all at once.
fn moves_on(falls: &[Fall<'_>]) -> bool {
    let apart = if falls.iter().all(|fall| fall.by_memory) { APART } else { PROBES_APART };
    let pairs = || falls.iter().zip(falls.iter().skip(1));
    let steps = pairs().filter(|(one, next)| next.ended.since(one.ended) >= apart).count();
    let after = |(at, fall): (usize, &Fall<'_>)| {
        at == 0 || falls.iter().take(at).any(|before| before.is_out(fall.ended))
    };
    // More than half of them one by one: the last may go together.
    steps + 1 >= ROW && steps * 2 > falls.len() - 1 && falls.iter().enumerate().all(after)
}

/// Whether several had run well for long: not so the replicas of a new revision that is at fault itself.
fn were_well(falls: &[Fall<'_>]) -> bool {
    falls.iter().filter(|fall| fall.ran() >= WELL).count() >= 2
}

/// Whether they fell in the order in which they started, and as far apart: then each came to the same age, as with a leak.
fn explains_age(falls: &[Fall<'_>]) -> bool {
    let pairs = || falls.iter().zip(falls.iter().skip(1));
    let in_order = pairs().all(|(one, next)| one.started <= next.started);
    let (Some(first), Some(last)) = (falls.first(), falls.last()) else { return false };
    let (least, most) =
        falls.iter().map(Fall::ran).fold((i64::MAX, i64::MIN), |(a, b), ran| (a.min(ran), b.max(ran)));
    in_order && most.saturating_sub(least).saturating_mul(2) <= last.ended.since(first.ended)
}

/// Whether all that were stopped for a probe run on one node: it may be the node that is slow.
fn shares_node(falls: &[Fall<'_>]) -> bool {
    let nodes: BTreeSet<_> = falls.iter().map(|fall| &fall.pod.spec.node_name).collect();
    nodes.len() < 2 && falls.iter().any(|fall| !fall.by_memory)
}
