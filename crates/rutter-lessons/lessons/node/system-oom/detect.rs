//! Finding nodes whose kernel killed for want of memory, lately.

use rutter_cluster::objects::Node;

use super::{ID, kills::Kills, say};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, texts::oom::Scope};

/// So long ago, in seconds, a single kill is still the matter of now.
const FRESH: i64 = 600;

/// Events live for an hour; in seconds.
const REMEMBERED: i64 = 3600;

/// From so many on it is no surge that passed.
const OFTEN: i64 = 3;

/// How many events are shown.
const SHOWN: usize = 3;

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let events = context.events(node)?;
    findings.extend(find(context, node, &events));
    Ok(())
}

fn find(context: &Context<'_>, node: &Node, events: &[&rutter_cluster::objects::Event]) -> Option<Finding> {
    // Old events are of old kills, also in a dump that was made of a store without an end.
    let young: Vec<_> = events
        .iter()
        .copied()
        .filter(|event| event.last_seen().is_some_and(|last| context.is_younger(last, REMEMBERED)))
        .collect();
    let kills = Kills::of(context, node, &young)?;
    let (first, last) = kills.times()?;
    let mut finding = Finding::about(ID, node);
    let is_past = kills.retold || (kills.count() < OFTEN && !context.is_younger(last, FRESH));
    finding.variant = match kills.scope() {
        _ if is_past => "past",
        Scope::AllPods => "pods",
        Scope::System => "system",
        _ => "node",
    };
    finding.since = (!kills.retold).then_some(first);
    finding.until = is_past.then_some(last);
    finding.severity = match () {
        () if is_past => Severity::Info,
        () if kills.agent().is_some() || !node.is_ready() => Severity::High,
        () if kills.count() >= OFTEN && context.is_younger(last, FRESH) => Severity::High,
        () => Severity::Medium,
    };
    let by_kernel = kills.told.iter().any(|told| told.kill.scope != Scope::Untold);
    finding.confidence = match () {
        () if by_kernel => Confidence::Certain,
        () if kills.only_limited => Confidence::Possible,
        () => Confidence::Likely,
    };
    finding.message = say::message(context, node, &kills, (first, last));
    let shown = kills.told.iter().rev().take(SHOWN).map(|told| Evidence::event(told.event));
    finding.evidence.extend(shown);
    let pressure = node.condition("MemoryPressure");
    finding.evidence.extend(pressure.map(|condition| {
        let path = "status.conditions[MemoryPressure].status";
        Evidence::field(node, path, condition.status.as_str(), None)
    }));
    Some(finding)
}
