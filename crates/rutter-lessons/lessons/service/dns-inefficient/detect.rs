//! Finding unrelated workloads that end at the same time because nobody answers for names.

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::{ObjectRef, Resource, objects::Pod};

use super::{
    say,
    server::Server,
    sufferer::{self, Sufferer},
};
use crate::{Context, Finding, Findings, Outcome, dns};

/// So many unrelated workloads, in as many namespaces and on as many nodes, have little else in common: a rule of the network
/// shuts off a namespace, and a broken network a node.
const APART: usize = 2;

/// How long, in seconds, the DNS must have been there when they asked: what ended before is about another trouble.
const SETTLED: i64 = 30;

/// Who ended longer ago than this, in seconds, may be answered now: the longest back-off is 5 minutes.
const RECENT: i64 = 900;

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if !pod.waits() {
        return Ok(());
    }
    // Found again: the subject lives as long as the call, the table's pod as long as the cluster.
    let Some(pod) = context.pod(&pod.object_ref()) else { return Ok(()) };
    if sufferer::suffers(context, pod).is_none() {
        return Ok(());
    }
    let Some(service) = dns::of_cluster(context)? else { return Ok(()) };
    let known =
        context.kept("names without an answer", &service.object_ref(), |context, _| of_cluster(context));
    // Many pods show it, and the first of them speaks.
    if let Some((first, finding)) = known.as_ref()
        && *first == pod.object_ref()
    {
        findings.push(finding.clone());
    }
    Ok(())
}

fn of_cluster(context: &Context<'_>) -> Option<(ObjectRef, Finding)> {
    let server = Server::of(context, dns::of_cluster(context).ok()??)?;
    let all = sufferers(context, &server)?;
    let first = all.first()?.pod.object_ref();
    Some((first, say::finding(context, &server, &all)))
}

/// One pod of each workload that suffers now, if they are far enough apart.
fn sufferers<'c>(context: &Context<'c>, server: &Server<'c>) -> Option<Vec<Sufferer<'c>>> {
    let there = server.since()?.plus(SETTLED);
    let mut owners: BTreeMap<ObjectRef, Sufferer<'c>> = BTreeMap::new();
    for pod in context.pods_waiting() {
        let Some(one) = sufferer::suffers(context, pod) else { continue };
        let node = context.node(&pod.spec.node_name).ok().flatten();
        let lost = node.is_some_and(|node| !node.is_ready());
        if !lost && one.ended >= there && context.is_younger(one.ended, RECENT) {
            owners.entry(one.owner.clone()).or_insert(one);
        }
    }
    let all: Vec<Sufferer<'c>> = owners.into_values().collect();
    let namespaces: BTreeSet<_> = all.iter().map(|one| &one.pod.meta.namespace).collect();
    let nodes: BTreeSet<_> = all.iter().map(|one| &one.pod.spec.node_name).collect();
    (namespaces.len() >= APART && nodes.len() >= APART).then_some(all)
}

/// Who suffers, and by which server, for what is said later.
pub(super) fn again<'c>(context: &Context<'c>) -> Option<(Server<'c>, Vec<Sufferer<'c>>)> {
    let server = Server::of(context, dns::of_cluster(context).ok()??)?;
    let all = sufferers(context, &server)?;
    Some((server, all))
}
