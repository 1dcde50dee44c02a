//! Finding the nodes without a network, those for one reason together.

use std::sync::Arc;

use rutter_cluster::{
    ObjectRef, Resource, Str, Time,
    objects::{Condition, Node},
};

use super::{
    ID,
    why::{self, Why},
};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity,
    hosting::{self, Guests},
    texts::cloud::Refusal,
    words,
};

/// The taint by which the control plane keeps pods off such a node (1.12 and later).
pub(super) const TAINT: &str = "node.kubernetes.io/network-unavailable";

/// So many nodes are named.
const NAMED: usize = 3;

/// So many characters of the cloud's words are told.
const SHORT: usize = 120;

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let Some(condition) = why::condition(context, node) else { return Ok(()) };
    let lacking = lacking(context);
    let Some(own) = lacking.iter().find(|lacking| lacking.node == node.meta.name) else { return Ok(()) };
    let alike: Vec<&Lacking> = lacking.iter().filter(|other| other.variant == own.variant).collect();
    // The first speaks for all.
    if alike.first().is_some_and(|first| first.node == own.node) {
        let nodes: Vec<&Node> =
            alike.iter().filter_map(|lacking| context.node(&lacking.node).ok().flatten()).collect();
        // Found again, as the subject lives only as long as the call.
        let Some(node) = context.node(&node.meta.name)? else { return Ok(()) };
        findings.push(finding(context, node, condition, &nodes));
    }
    Ok(())
}

/// A node without a network.
#[derive(PartialEq)]
struct Lacking {
    since: Option<Time>,
    node: Str,
    variant: &'static str,
}

/// All nodes without a network, those first that have had none for longest.
fn lacking(context: &Context<'_>) -> Arc<Vec<Lacking>> {
    context.kept("nodes without a network", &ObjectRef::default(), |context, _| {
        let nodes = context.nodes().into_iter().flat_map(rutter_cluster::Objects::iter);
        let mut all: Vec<Lacking> = nodes
            .filter_map(|node| {
                let condition = why::condition(context, node)?;
                let variant = why::why(context, node, condition).variant();
                Some(Lacking { since: condition.last_transition_time, node: node.meta.name.clone(), variant })
            })
            .collect();
        all.sort_by(|a, b| (a.since, &a.node).cmp(&(b.since, &b.node)));
        all
    })
}

fn finding<'c>(context: &Context<'c>, node: &'c Node, condition: &Condition, nodes: &[&Node]) -> Finding {
    let why = why::why(context, node, condition);
    let mut finding = Finding::about(ID, node);
    finding.variant = why.variant();
    finding.since = condition.last_transition_time;
    finding.instances = nodes.iter().map(|node| node.object_ref()).collect();
    finding.instances.sort();
    finding.severity = severity(context, &why, nodes);
    finding.confidence = match why {
        Why::LeftOver(_) => Confidence::Likely,
        _ => Confidence::Certain,
    };
    finding.message = message(context, &why, nodes, condition);
    let said = format!("{}: {}", condition.reason, condition.message);
    finding.evidence.push(Evidence::field(
        node,
        "status.conditions[NetworkUnavailable]",
        said,
        condition.last_transition_time,
    ));
    match why {
        Why::Refused { event, .. } | Why::NoCidr(Some(event)) => {
            finding.evidence.push(Evidence::event(event));
        }
        Why::NoRoute(Some(record)) => finding.evidence.push(record.evidence),
        Why::NoCidr(None) => finding.evidence.push(Evidence::field(node, "spec.podCIDR", "none", None)),
        _ => {}
    }
    let taint = node.taint(TAINT);
    finding.evidence.extend(taint.map(|taint| {
        Evidence::field(node, format!("spec.taints[{TAINT}]"), taint.effect.as_str(), taint.time_added)
    }));
    finding
}

/// By whom it hits: pods that are there and can't be reached, or only those that could come.
fn severity(context: &Context<'_>, why: &Why<'_>, nodes: &[&Node]) -> Severity {
    let all = context.nodes().map_or(0, rutter_cluster::Objects::len);
    // Without a fault in the network only new pods are kept off.
    if matches!(why, Why::LeftOver(_)) {
        return if all > nodes.len() { Severity::Low } else { Severity::High };
    }
    let hosts = |node: &&Node| {
        let guests = Guests::of(context, node);
        guests.is_some_and(|guests| guests.pods.iter().any(|pod| !pod.spec.host_network))
    };
    if all == nodes.len() || nodes.iter().any(hosts) { Severity::High } else { Severity::Medium }
}

fn message(context: &Context<'_>, why: &Why<'_>, nodes: &[&Node], condition: &Condition) -> String {
    let names: Vec<&str> = nodes.iter().map(|node| node.meta.name.as_str()).collect();
    let one = nodes.len() == 1;
    let who = match names.as_slice() {
        [name] => (*name).to_owned(),
        _ => format!("{} ({})", words::count(names.len(), "node"), words::list(&names, NAMED)),
    };
    let (has, their, gets, is) =
        if one { ("has", "its", "gets", "is") } else { ("have", "their", "get", "are") };
    let what = match why {
        Why::Refused { cidr, answer, .. } => {
            let range = if one { format!(" ({cidr})") } else { String::new() };
            let said = words::short(answer.words, SHORT);
            let why = match answer.refusal {
                Refusal::Other => format!("the cloud refuses: {said}"),
                refusal => format!("{}: {said}", refusal.phrase()),
            };
            format!("{who} {gets} no route for {their} pods{range}: {why}")
        }
        Why::NoCidr(_) => format!(
            "{who} {has} no range of addresses for pods: the cluster's range has none left, or nobody hands them out"
        ),
        Why::NoRoute(None) => format!("{who} {has} no route for {their} pods; why, the source does not tell"),
        Why::NoRoute(Some(record)) => format!(
            "{who} {has} no route for {their} pods, and nobody makes one: no replica of {} leads",
            record.object.name
        ),
        Why::LeftOver(seconds) => format!(
            "{who} {is} marked as without a route, but no event tells that anybody tried to make one in the last {}: the mark \
             is probably left over from a controller that no longer runs",
            words::duration(*seconds)
        ),
        Why::AgentDown => format!(
            "the network's agent says that it is down on {who} ({})",
            if condition.message.is_empty() { &condition.reason } else { &condition.message }
        ),
    };
    let since = condition.last_transition_time.map_or_else(String::new, |time| hosting::clock(context, time));
    let since = if since.is_empty() { since } else { format!(" since {since}") };
    let kept = nodes.iter().any(|node| node.taint(TAINT).is_some());
    let kept = if kept { format!("; no new pods come there{since}") } else { String::new() };
    format!("{what}{kept}")
}
