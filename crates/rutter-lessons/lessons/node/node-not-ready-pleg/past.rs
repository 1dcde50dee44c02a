//! Nodes that are Ready now and weren't a while ago, because of their runtime.

use rutter_cluster::{
    Time,
    objects::{Condition, Event, Node},
};

use super::{ID, detect};
use crate::{Confidence, Context, Evidence, Finding, Severity, hosting, words};

/// A node that failed this often, and at least once in each of these many seconds, flaps.
const OFTEN: i64 = 3;
const APART: i64 = 1800;

/// A node that hasn't failed for this long, in seconds, is over it.
const QUIET: i64 = 3600;

/// Each start of a kubelet may bring one report that isn't Ready, within this time in seconds.
const START: i64 = 180;

pub(super) fn past(context: &Context<'_>, node: &Node, ready: &Condition) -> Option<Finding> {
    let events = context.events(node).ok()?;
    let last = events.iter().rev().copied().find(|event| is_failure(event))?;
    let (from, to) = (last.first_seen()?, last.last_seen()?);
    let proof = detect::last_time_out(&events).filter(|event| overlaps(event, from, to));
    if flaps(context, last, from, to, proof.is_some()) && !restarts(&events, last) {
        return Some(flapping(context, node, last, (from, to), proof));
    }
    let back = ready.last_transition_time.filter(|back| *back >= to)?;
    (!restarts(&events, last)).then(|| recovered(context, node, (to, back), last, proof?)).flatten()
}

/// The kubelet's own word: it lives, so what failed is its runtime, its network or its own set-up.
fn is_failure(event: &Event) -> bool {
    event.reason == "NodeNotReady" && event.component() == "kubelet"
}

fn overlaps(event: &Event, from: Time, to: Time) -> bool {
    let began = event.first_seen().is_none_or(|first| first.since(to) <= START);
    began && event.last_seen().is_none_or(|last| last.since(from) >= -START)
}

fn flaps(context: &Context<'_>, last: &Event, from: Time, to: Time, proven: bool) -> bool {
    let times = last.occurrences();
    let often = if proven { 2 } else { OFTEN };
    times >= often && to.since(from) / (times - 1).max(1) <= APART && context.age(to) <= QUIET
}

/// Whether the kubelet was started as often: then that is the story.
fn restarts(events: &[&Event], last: &Event) -> bool {
    let starts = events.iter().filter(|event| event.reason == "Starting" && event.component() == "kubelet");
    let near = |event: &&&Event| {
        last.last_seen()
            .zip(event.last_seen())
            .is_some_and(|(failed, began)| failed.since(began).abs() <= START)
    };
    let started = starts.filter(near).map(|event| event.occurrences()).fold(0, i64::saturating_add);
    started >= last.occurrences()
}

fn flapping(
    context: &Context<'_>,
    node: &Node,
    last: &Event,
    (from, to): (Time, Time),
    proof: Option<&Event>,
) -> Finding {
    let mut finding = Finding::about(ID, node);
    finding.variant = "flapping";
    finding.since = Some(from);
    (finding.severity, finding.confidence) = match proof {
        Some(_) => (Severity::High, Confidence::Likely),
        None => (Severity::Medium, Confidence::Possible),
    };
    let why = match proof {
        Some(_) => format!("{} did not answer the kubelet meanwhile", hosting::runtime(node)),
        None => "no event says why, and the usual cause is a runtime that hangs now and then".to_owned(),
    };
    finding.message = format!(
        "{} was NotReady {} times in {}, last at {}, and is Ready at the moment: {why}",
        node.meta.name,
        last.occurrences(),
        words::duration(to.since(from)),
        hosting::clock(context, to),
    );
    finding.evidence = std::iter::once(last).chain(proof).map(Evidence::event).collect();
    finding
}

fn recovered(
    context: &Context<'_>,
    node: &Node,
    (from, back): (Time, Time),
    last: &Event,
    proof: &Event,
) -> Option<Finding> {
    let mut finding = Finding::about(ID, node);
    finding.variant = "recovered";
    finding.severity = Severity::Info;
    finding.confidence = Confidence::Likely;
    finding.since = Some(from);
    finding.until = Some(back);
    finding.message = format!(
        "{} was NotReady from {} to {} ({}), while {} did not answer the kubelet",
        node.meta.name,
        hosting::clock(context, from),
        hosting::clock(context, back),
        words::duration(back.since(from)),
        hosting::runtime(node),
    );
    finding.evidence = vec![Evidence::event(last), Evidence::event(proof)];
    Some(finding)
}
