//! Nodes that fell silent a while ago and are back: history, worth knowing because their pods were deleted meanwhile.

use rutter_cluster::{
    Resource, Time,
    objects::{Condition, Event, Node},
};

use super::ID;
use crate::{Confidence, Context, Evidence, Finding, Severity, hosting, words};

/// Events live for an hour by default; who came back longer ago than this, in seconds, left none.
const REMEMBERED: i64 = 7200;

/// A node that has just joined wasn't away, in seconds.
const JOINED: i64 = 300;

/// A kubelet that starts reports within this time, in seconds.
const START: i64 = 120;

/// Pods that are looked at for traces.
const MOST: usize = 200;

pub(super) fn past(context: &Context<'_>, node: &Node, ready: &Condition) -> Option<Finding> {
    let back = ready.last_transition_time.filter(|back| context.is_younger(*back, REMEMBERED))?;
    if node.meta.created.is_some_and(|created| back.since(created) < JOINED) {
        return None;
    }
    let events = context.events(node).unwrap_or_default();
    let silent = newest(&events, back, is_silence);
    let of_pods = pod_events(context, node);
    let (gone, confidence) = match silent {
        Some(event) => (event, Confidence::Certain),
        None => (newest(&of_pods, back, is_silence)?, Confidence::Likely),
    };
    let from = gone.last_seen()?;
    let marked = newest(&of_pods, back, |event| event.reason == "TaintManagerEviction" && is_marking(event));
    let marked = marked.filter(|event| event.last_seen().is_some_and(|time| time >= from));
    let started = began(&events, back);
    let mut finding = Finding::about(ID, node);
    finding.variant = "recovered";
    finding.severity = Severity::Info;
    finding.confidence = confidence;
    finding.since = Some(from);
    finding.until = Some(back);
    finding.message = message(context, node, (from, back), marked, started);
    finding.evidence = [Some(gone), marked, started].into_iter().flatten().map(Evidence::event).collect();
    let path = "status.conditions[Ready].lastTransitionTime";
    finding.evidence.push(Evidence::field(node, path, back.to_string(), Some(back)));
    Some(finding)
}

/// The control plane's word, on the node and on each of its pods. The kubelet's own says that it lives.
fn is_silence(event: &Event) -> bool {
    event.reason == "NodeNotReady" && event.component() == "node-controller"
}

fn is_marking(event: &Event) -> bool {
    event.text().starts_with("Marking for deletion")
}

fn newest<'e>(events: &[&'e Event], before: Time, wanted: impl Fn(&Event) -> bool) -> Option<&'e Event> {
    let old = |event: &&Event| event.last_seen().is_some_and(|time| time < before);
    events.iter().copied().filter(old).filter(|event| wanted(event)).max_by_key(|event| event.last_seen())
}

/// Events about the pods of the node, and about those whose names and places they took.
fn pod_events<'c>(context: &Context<'c>, node: &Node) -> Vec<&'c Event> {
    let pods = context.pods_on(&node.meta.name).unwrap_or_default();
    let of = |pod: &&'c rutter_cluster::objects::Pod| {
        let mut all = context.events_of(&pod.object_ref()).unwrap_or_default();
        all.extend(context.events_of_predecessors(*pod).unwrap_or_default());
        all
    };
    pods.iter().take(MOST).flat_map(of).collect()
}

/// What began when the node came back: the machine, or its kubelet.
fn began<'e>(events: &[&'e Event], back: Time) -> Option<&'e Event> {
    let near = |event: &&&Event| event.last_seen().is_some_and(|time| time.since(back).abs() <= START);
    let of = |reason: &str| events.iter().filter(near).find(|event| event.reason == reason).copied();
    of("Rebooted").or_else(|| of("Starting").filter(|event| event.component() == "kubelet"))
}

fn message(
    context: &Context<'_>,
    node: &Node,
    (from, back): (Time, Time),
    marked: Option<&Event>,
    started: Option<&Event>,
) -> String {
    let how = match started.map(|event| event.reason.as_str()) {
        Some("Rebooted") => ", after a reboot",
        Some(_) => ", after its kubelet was started anew",
        None => "",
    };
    let deleted = marked.and_then(Event::last_seen).map_or_else(String::new, |time| {
        format!("; pods on it were marked for deletion at {}", hosting::clock(context, time))
    });
    format!(
        "{} was silent from {} to {} ({}) and is back{how}{deleted}",
        node.meta.name,
        hosting::clock(context, from),
        hosting::clock(context, back),
        words::duration(back.since(from)),
    )
}
