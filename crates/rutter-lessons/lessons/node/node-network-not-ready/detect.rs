//! Finding nodes whose only fault is their network.

use rutter_cluster::{
    Objects, Resource,
    objects::{Condition, Event, Node},
};

use super::{ID, agent};
use crate::{
    Context, Evidence, Finding, Findings, Outcome,
    hosting::{self, Guests},
    texts::node_ready::{self, NotReady},
    words,
};

/// A new node gets its network from an agent whose image must be pulled first; in seconds.
const NEW_NODE: i64 = 300;

/// After a reboot or a restart of the agent the network may be away for as long, in seconds.
const RESTART: i64 = 120;

/// So many characters of the plugin's words are told.
const SHORT: usize = 90;

/// So many nodes are told by name.
const NAMED: usize = 3;

/// How many other nodes are compared.
const MOST: usize = 1000;

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let Some(ready) = node.condition("Ready").filter(|ready| ready.is_false()) else { return Ok(()) };
    let said = node_ready::parse(&ready.message);
    let Some(why) = only_network(&said) else { return Ok(()) };
    if !counts(context, node) {
        let too_soon = hosting::is_leaving(node) || is_restarting(context, node);
        // Whether a young node was Ready before only events tell.
        return if !too_soon && is_new(context, node) { context.events(node).map(drop) } else { Ok(()) };
    }
    if !everywhere(context) {
        findings.push(finding(context, node, ready, why, &[]));
    } else if is_first(context, node) {
        // The first speaks for all.
        let nodes = context.nodes().unwrap_or_default();
        let all: Vec<&Node> = nodes.iter().filter(|node| counts(context, node)).collect();
        findings.push(finding(context, node, ready, why, &all));
    }
    Ok(())
}

/// Whether the node has lacked only its network for long enough.
fn counts(context: &Context<'_>, node: &Node) -> bool {
    let Some(ready) = node.condition("Ready").filter(|ready| ready.is_false()) else { return false };
    let young = is_new(context, node) || is_restarting(context, node);
    !young && !hosting::is_leaving(node) && only_network(&node_ready::parse(&ready.message)).is_some()
}

/// Whether the network is away for so short a time that it may be a restart of its agent.
fn is_restarting(context: &Context<'_>, node: &Node) -> bool {
    let since = node.condition("Ready").and_then(|ready| ready.last_transition_time);
    since.is_some_and(|time| context.is_younger(time, RESTART))
}

/// Whether the node may never have had a network so far: it is young, and nothing tells that it was Ready before.
fn is_new(context: &Context<'_>, node: &Node) -> bool {
    let Some(created) = node.meta.created else { return false };
    // An event from before is about an earlier node of that name.
    let became_ready =
        |event: &&Event| event.reason == "NodeReady" && event.last_seen().is_some_and(|time| time >= created);
    context.is_younger(created, NEW_NODE)
        && !context.events(node).is_ok_and(|events| events.iter().any(became_ready))
}

/// Whether no other node that counts has lacked its network for longer.
fn is_first(context: &Context<'_>, node: &Node) -> bool {
    let order = |node: &Node| {
        let since = node.condition("Ready").and_then(|ready| ready.last_transition_time);
        (since, node.meta.name.clone())
    };
    let own = order(node);
    let nodes = context.nodes().unwrap_or_default();
    !nodes.iter().any(|other| order(other) < own && counts(context, other))
}

/// What the runtime says of its network, unless something else is wrong too: a runtime that doesn't work has no network
/// either, and a node that is shut down needs none.
fn only_network<'n>(said: &[NotReady<'n>]) -> Option<&'n str> {
    let other =
        |cause: &NotReady<'_>| !matches!(cause, NotReady::NetworkNotReady { .. } | NotReady::CsiNodeNotReady);
    if said.iter().any(other) {
        return None;
    }
    said.iter().find_map(|cause| match cause {
        NotReady::NetworkNotReady { message, .. } => Some(*message),
        _ => None,
    })
}

/// A finding about one node; about all of them, where there are any in `all`.
fn finding(context: &Context<'_>, node: &Node, ready: &Condition, why: &str, all: &[&Node]) -> Finding {
    let guests = Guests::of(context, node);
    let forecast = guests.as_ref().and_then(|guests| hosting::forecast(node, guests));
    let mut finding = Finding::about(ID, node);
    finding.variant = if all.is_empty() { "one-node" } else { "all-nodes" };
    finding.severity = hosting::severity(context, node, guests.as_ref());
    if !all.is_empty() {
        finding.instances = all.iter().map(|node| node.object_ref()).collect();
        finding.instances.sort();
        let severity = |node: &&Node| hosting::severity(context, node, Guests::of(context, node).as_ref());
        finding.severity = all.iter().map(severity).fold(finding.severity, Ord::max);
    }
    finding.since = ready.last_transition_time;
    let said =
        Evidence::field(node, "status.conditions[Ready].message", ready.message.as_str(), finding.since);
    finding.evidence.push(said);
    let since =
        finding.since.map_or_else(String::new, |time| format!(" since {}", hosting::clock(context, time)));
    let why = words::short(plain(why), SHORT);
    let why = if why.is_empty() { why } else { format!(": {why}") };
    let mut parts = vec![format!("{} pod network{since}{why}", who(context, node, all))];
    if let Some(agent) = agent::agent(context, node) {
        // What stands there is a sample of all nodes.
        let sample = !all.is_empty() && agent.evidence.is_some();
        let on = if sample { format!("on {} ", node.meta.name) } else { String::new() };
        parts.push(format!("{on}{}", agent.phrase));
        finding.evidence.extend(agent.evidence);
    }
    parts.extend(forecast.as_ref().and_then(|forecast| forecast.phrase(context, "the node recovers")));
    finding.message = parts.join("; ");
    finding.evidence.extend(forecast.and_then(|forecast| {
        let added = forecast.taint.time_added?;
        Some(Evidence::field(node, forecast.path(), added.to_string(), Some(added)))
    }));
    finding
}

/// `node-a has had no`, or `none of 3 nodes (node-a, node-b and node-c) has had a`.
fn who(context: &Context<'_>, node: &Node, all: &[&Node]) -> String {
    if all.is_empty() {
        return format!("{} has had no", node.meta.name);
    }
    let names: Vec<String> = all.iter().map(|node| node.meta.name.to_string()).collect();
    let number = context.nodes().map_or(all.len(), Objects::len);
    format!("none of {} ({}) has had a", words::count(number, "node"), words::list(&names, NAMED))
}

/// The plugin's own words, without those of the layers above: `docker: network plugin is not ready: …`, `Network plugin
/// returns error: …`.
fn plain(message: &str) -> &str {
    let message = message.strip_prefix("docker: ").unwrap_or(message);
    let message = message.strip_prefix("network plugin is not ready: ").unwrap_or(message);
    let message = message.strip_prefix("Network plugin returns error: ").unwrap_or(message);
    message.trim_end_matches('.')
}

/// Whether no node has a network: then it was never set up, or was taken away everywhere.
fn everywhere(context: &Context<'_>) -> bool {
    let nodes = context.nodes().unwrap_or_default();
    let lacks = |node: &Node| {
        let ready = node.condition("Ready").filter(|ready| !ready.is_true());
        ready.is_some_and(|ready| only_network(&node_ready::parse(&ready.message)).is_some())
    };
    nodes.len() > 1 && nodes.iter().take(MOST).all(lacks)
}
