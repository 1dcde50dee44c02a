//! Which nodes have failed lately, and when.

use std::sync::Arc;

use rutter_cluster::{
    ObjectRef, Str, Time,
    objects::{Condition, Event, Node},
};

use crate::{
    Context, Evidence, hosting,
    texts::node_ready::{self, NotReady},
};

/// Failures that lie further back than this, in seconds, leave no events, and their pods are long elsewhere.
const REMEMBERED: i64 = 7200;

/// A node that has just joined is not Ready for a while, in seconds.
const JOINED: i64 = 300;

/// A node that failed without anybody's intention.
#[derive(Clone, PartialEq)]
pub(super) struct Failure {
    pub(super) node: Str,
    pub(super) at: Time,
    pub(super) evidence: Evidence,
}

/// When the node failed last, if it did lately.
pub(super) fn failure(context: &Context<'_>, node: &Node) -> Option<Failure> {
    let ready = node.condition("Ready")?;
    let (at, evidence) = if ready.is_true() { past(context, node)? } else { present(node, ready)? };
    let joined = node.meta.created.is_some_and(|created| at.since(created) < JOINED);
    if joined || !context.may_be_younger(at, REMEMBERED) || is_meant(context, node) {
        return None;
    }
    Some(Failure { node: node.meta.name.clone(), at, evidence })
}

fn present(node: &Node, ready: &Condition) -> Option<(Time, Evidence)> {
    let at = ready.last_transition_time?;
    let said = node_ready::parse(&ready.message);
    // Neither a node that never worked, nor one that is shut down or lacks only its network, was taken down by a pod.
    let others = |cause: &NotReady<'_>| {
        matches!(cause, NotReady::NeverUpdated | NotReady::NetworkNotReady { .. } | NotReady::CsiNodeNotReady)
    };
    if said.contains(&NotReady::NodeShuttingDown) || (!said.is_empty() && said.iter().all(others)) {
        return None;
    }
    let value = format!("{}: {}", ready.reason, ready.message);
    Some((at, Evidence::field(node, "status.conditions[Ready]", value, Some(at))))
}

/// Of a node that is Ready again, events tell.
fn past(context: &Context<'_>, node: &Node) -> Option<(Time, Evidence)> {
    let tells = |event: &&&Event| matches!(event.reason.as_str(), "NodeNotReady" | "Rebooted");
    let events = context.events(node).unwrap_or_default();
    let first = events.iter().filter(tells).min_by_key(|event| event.first_seen())?;
    Some((first.first_seen()?, Evidence::event(first)))
}

/// Whether somebody has taken it out of service, or is about to.
fn is_meant(context: &Context<'_>, node: &Node) -> bool {
    let cordoned = |event: &&Event| event.reason == "NodeNotSchedulable";
    node.spec.unschedulable
        || hosting::is_virtual(node)
        || hosting::is_leaving(node)
        || node.taint(hosting::SHUT_DOWN).is_some()
        || context.events(node).unwrap_or_default().iter().any(cordoned)
}

/// All failures, the first first.
pub(super) fn all(context: &Context<'_>) -> Arc<Vec<Failure>> {
    context.kept("nodes that failed lately", &ObjectRef::default(), |context, _| {
        let nodes = context.nodes().unwrap_or_default();
        let mut all: Vec<Failure> = nodes.iter().filter_map(|node| failure(context, node)).collect();
        all.sort_by(|a, b| (a.at, &a.node).cmp(&(b.at, &b.node)));
        all
    })
}
