//! Finding nodes that are cordoned for longer than work on them takes.

use rutter_cluster::{
    Resource, Time,
    objects::{Event, Node},
};

use super::{ID, marks};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity,
    hosting::{self, Guests},
    words,
};

/// The taint that the control plane puts on a cordoned node (1.12+).
pub(super) const CORDON: &str = "node.kubernetes.io/unschedulable";

const DAY: i64 = 86_400;

/// Within this time, in seconds, somebody is probably at work.
const WORK: i64 = DAY;

/// A tool's mark this old, in seconds, was left behind.
const STALE_MARK: i64 = 7 * DAY;

/// A node that is cordoned so soon after it was made, in seconds, was never in service.
const REGISTERED: i64 = 600;

/// So many nodes are told by name.
const NAMED: usize = 3;

/// How a node came to be out of service.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Forgotten,
    MarkLeft,
}

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let Some((kind, _)) = cordoned(context, node) else { return Ok(()) };
    let nodes = context.nodes()?;
    let mut all: Vec<(&Node, Time)> = nodes
        .iter()
        .filter_map(|other| {
            cordoned(context, other).filter(|(own, _)| *own == kind).map(|(_, at)| (other, at))
        })
        .collect();
    // They were left by the same omission, as a rule: the first speaks for all.
    all.sort_by(|(a, at), (b, bt)| at.cmp(bt).then_with(|| a.meta.name.cmp(&b.meta.name)));
    if all.first().is_some_and(|(first, _)| first.meta.name == node.meta.name) {
        findings.push(finding(context, kind, &all));
    }
    Ok(())
}

/// Whether a node that could work is out of service for no reason that can be seen, and since when. One that is unwell has other
/// lessons, and is rightly cordoned.
fn cordoned(context: &Context<'_>, node: &Node) -> Option<(Kind, Time)> {
    if !node.spec.unschedulable
        || !node.is_ready()
        || node.meta.deleted.is_some()
        || hosting::is_virtual(node)
    {
        return None;
    }
    let since = since(context, node)?;
    let never_served = node.meta.created.is_some_and(|created| since.since(created) < REGISTERED);
    if never_served || context.is_younger(since, WORK) || is_meant(context, node) {
        return None;
    }
    match marks::mark(context, node) {
        None => Some((Kind::Forgotten, since)),
        Some(mark) if !mark.is_given_up && context.is_younger(since, STALE_MARK) => None,
        Some(_) => Some((Kind::MarkLeft, since)),
    }
}

/// Since when: by its taint, or by the kubelet's event.
fn since(context: &Context<'_>, node: &Node) -> Option<Time> {
    let taint = node.taint(CORDON).and_then(|taint| taint.time_added);
    taint.or_else(|| event(context, node)?.last_seen())
}

fn event<'c>(context: &Context<'c>, node: &Node) -> Option<&'c Event> {
    let events = context.events(node).ok()?;
    events.into_iter().rev().find(|event| event.reason == "NodeNotSchedulable")
}

/// Some clusters keep their control plane free of pods by a cordon instead of a taint: then all of its nodes have one.
fn is_meant(context: &Context<'_>, node: &Node) -> bool {
    let nodes = context.nodes().unwrap_or_default();
    is_control_plane(node)
        && nodes.iter().filter(|other| is_control_plane(other)).all(|other| other.spec.unschedulable)
}

fn is_control_plane(node: &Node) -> bool {
    ["control-plane", "master", "controlplane"]
        .iter()
        .any(|role| node.meta.labels.contains_key(format!("node-role.kubernetes.io/{role}").as_str()))
}

fn finding(context: &Context<'_>, kind: Kind, all: &[(&Node, Time)]) -> Finding {
    let (first, since) = match all.first() {
        Some((node, since)) => (*node, Some(*since)),
        None => return Finding::about(ID, &Node::default()),
    };
    let mut finding = Finding::about(ID, first);
    finding.instances = all.iter().map(|(node, _)| node.object_ref()).collect();
    finding.instances.sort();
    finding.variant = if kind == Kind::Forgotten { "forgotten" } else { "mark-left" };
    finding.severity = Severity::Low;
    finding.confidence = Confidence::Likely;
    finding.since = since;
    finding.message = message(context, kind, all);
    for (node, since) in all.iter().take(NAMED) {
        finding.evidence.extend(evidence(context, node, *since).into_iter().flatten());
        finding.evidence.extend(marks::mark(context, node).map(|mark| mark.evidence));
    }
    finding
}

fn evidence(context: &Context<'_>, node: &Node, since: Time) -> [Option<Evidence>; 2] {
    let cordon = Evidence::field(node, "spec.unschedulable", "true", Some(since));
    let by_event = node.taint(CORDON).is_none_or(|taint| taint.time_added.is_none());
    [Some(cordon), event(context, node).filter(|_| by_event).map(Evidence::event)]
}

fn message(context: &Context<'_>, kind: Kind, all: &[(&Node, Time)]) -> String {
    let names: Vec<&str> = all.iter().map(|(node, _)| node.meta.name.as_str()).collect();
    let ages = all.iter().map(|(_, since)| context.age(*since));
    let (youngest, oldest) = (ages.clone().min().unwrap_or(0), ages.max().unwrap_or(0));
    let how_long = match (words::duration(youngest), words::duration(oldest)) {
        (one, other) if one == other => one,
        (from, to) => format!("{from} to {to}"),
    };
    let (who, it, its) = match names.as_slice() {
        [one] => (format!("{one} has"), "it", "it"),
        several => (
            format!("{} ({}) have", words::count(several.len(), "node"), words::list(several, NAMED)),
            "they",
            "them",
        ),
    };
    let why = match kind {
        Kind::Forgotten => format!("nothing on {its} says that somebody works there"),
        Kind::MarkLeft => {
            let whose = all
                .first()
                .and_then(|(node, _)| marks::mark(context, node))
                .map_or("a tool", |mark| mark.who);
            format!("the mark of {whose} is on {its}, for longer than work takes")
        }
    };
    let verb = if names.len() == 1 { "takes" } else { "take" };
    let mut text = format!("{who} been cordoned for {how_long}: {it} {verb} no new pods, and {why}");
    let guests = all.iter().filter_map(|(node, _)| Guests::of(context, node)).map(|guests| guests.count());
    let guests: usize = guests.sum();
    if guests > 0 {
        let runs = if guests == 1 { "runs" } else { "run" };
        text = format!("{text}; {} still {runs} there", words::count(guests, "pod"));
    }
    text
}
