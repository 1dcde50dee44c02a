//! Finding nodes that are, or lately were, under pressure.

use rutter_cluster::{
    Time,
    objects::{Condition, Node},
};

use super::{Facts, Pressure, say};
use crate::{Confidence, Context, Evidence, Finding, Severity, hosting};

/// The kubelet keeps the condition for 5 minutes after the shortage (`evictionPressureTransitionPeriod`), in seconds, and
/// reports it within half a minute.
const TRANSITION: i64 = 330;

/// It looks every 10 s: a longer silence, in seconds, means that it is short no more.
const SILENT: i64 = 60;

/// Its client sends 25 events about a node in quick succession, then one in 5 minutes: after as many, silence means nothing.
const THROTTLED: i64 = 20;

/// The control plane puts a taint on, and takes it off, within seconds.
const TAINT: i64 = 120;

/// The first minor version in which conditions are made into taints by default.
const TAINTS: u32 = 12;

/// Events live for an hour; in seconds.
const REMEMBERED: i64 = 3600;

/// As often is more than once too many.
const OFTEN: i64 = 3;

/// What a node's condition means, as of now.
pub(crate) fn evaluate(
    pressure: &Pressure,
    context: &Context<'_>,
    node: &Node,
    condition: &Condition,
) -> Option<Finding> {
    if condition.is_true() {
        return Some(present(pressure, context, node, condition));
    }
    let of_false = || {
        taint_only(pressure, context, node, condition).or_else(|| past(pressure, context, node, condition))
    };
    condition.is_false().then(of_false).flatten()
}

fn present(pressure: &Pressure, context: &Context<'_>, node: &Node, condition: &Condition) -> Finding {
    let facts = Facts::of(pressure, context, node);
    let mut finding = Finding::about(pressure.lesson, node);
    finding.since = condition.last_transition_time;
    let path = format!("status.conditions[{}]", condition.kind);
    let said = format!("{}: {}", condition.reason, condition.message);
    finding.evidence.push(Evidence::field(node, path, said, condition.last_transition_time));
    finding.evidence.extend(facts.reclaims.map(Evidence::event));
    if is_tail(context, condition, &facts) {
        finding.variant = "tail";
        finding.severity = Severity::Low;
        finding.confidence = Confidence::Likely;
        finding.message = say::tail(pressure, context, node, &facts);
        return finding;
    }
    finding.variant = "pressure";
    finding.severity = Severity::High;
    if let Some((_, from, _)) = facts.flaps() {
        finding.since = Some(from).min(finding.since).or(Some(from));
    }
    let evicted = facts.evicted_since(finding.since);
    let refused = facts.refused_since(finding.since);
    let shortage = (pressure.shortage)(context, node, &facts, &evicted);
    finding.message = say::pressure(node, &facts, &shortage, (evicted.len(), refused));
    if lacks_taint(pressure, context, node, condition) {
        let more =
            format!("; its taint is missing, so pods are still sent there, only to be {}", pressure.sent);
        finding.message.push_str(&more);
    }
    let last = evicted.last();
    finding
        .evidence
        .extend(last.map(|pod| Evidence::field(*pod, "status.message", pod.status.message.as_str(), None)));
    finding.evidence.extend(facts.began.filter(|event| event.occurrences() > 1).map(Evidence::event));
    finding.evidence.extend(shortage.evidence);
    finding
}

/// Whether the shortage is over and only the condition is left: nothing was reclaimed for a while, though the kubelet could
/// have said so.
fn is_tail(context: &Context<'_>, condition: &Condition, facts: &Facts<'_>) -> bool {
    // An act from before the condition belongs to an earlier shortage, and those of this one were not told.
    let told =
        |time: Time| condition.last_transition_time.is_none_or(|began| time.since(began) >= -SILENT / 2);
    let quiet = |time: &Time| (SILENT..=TRANSITION).contains(&context.age(*time));
    let quiet = facts.last_act().filter(quiet).is_some_and(told);
    quiet && facts.reclaims.is_some_and(|event| event.occurrences() < THROTTLED)
}

/// Whether the taint should be there, and isn't: older clusters ask the condition itself when they schedule.
fn lacks_taint(pressure: &Pressure, context: &Context<'_>, node: &Node, condition: &Condition) -> bool {
    condition.kind == pressure.condition
        && node.taint(pressure.taint).is_none()
        && hosting::minor(&node.status.node_info.kubelet_version).is_some_and(|minor| minor >= TAINTS)
        && condition.last_transition_time.is_some_and(|time| context.age(time) > TAINT)
}

fn taint_only(
    pressure: &Pressure,
    context: &Context<'_>,
    node: &Node,
    condition: &Condition,
) -> Option<Finding> {
    let taint = node.taint(pressure.taint)?;
    if condition.last_transition_time.is_some_and(|time| context.is_younger(time, TAINT))
        || taint.time_added.is_some_and(|time| context.is_younger(time, TAINT))
    {
        return None;
    }
    let mut finding = Finding::about(pressure.lesson, node);
    finding.variant = "taint-only";
    finding.severity = Severity::Medium;
    // The control plane's own taint should have gone with the condition; anybody else's came when it came.
    finding.since = match taint.effect.as_str() {
        "NoSchedule" => taint.time_added.max(condition.last_transition_time),
        _ => taint.time_added,
    };
    finding.message = say::taint_only(pressure, node, taint);
    let path = format!("spec.taints[{}].effect", taint.key);
    let condition_path = format!("status.conditions[{}].status", pressure.condition);
    finding.evidence = vec![
        Evidence::field(node, path, taint.effect.as_str(), taint.time_added),
        Evidence::field(node, condition_path, "False", condition.last_transition_time),
    ];
    Some(finding)
}

/// A shortage that is over: still in the events, and perhaps not the last.
fn past(pressure: &Pressure, context: &Context<'_>, node: &Node, condition: &Condition) -> Option<Finding> {
    let over = condition.last_transition_time.filter(|time| context.is_younger(*time, REMEMBERED))?;
    let facts = Facts::of(pressure, context, node);
    let began = facts.began?;
    let from = began.last_seen().filter(|time| *time <= over)?;
    let mut finding = Finding::about(pressure.lesson, node);
    finding.evidence = [Some(began), facts.reclaims].into_iter().flatten().map(Evidence::event).collect();
    let path = format!("status.conditions[{}].lastTransitionTime", pressure.condition);
    finding.evidence.push(Evidence::field(node, path, over.to_string(), Some(over)));
    if let Some((times, first, _)) = facts.flaps().filter(|(times, ..)| *times >= OFTEN) {
        let shortage = (pressure.shortage)(context, node, &facts, &[]);
        finding.variant = "flapping";
        finding.severity = Severity::Medium;
        finding.since = Some(first);
        finding.message = say::flapping(pressure, context, node, &shortage, (times, first, over));
        finding.evidence.extend(shortage.evidence);
        return Some(finding);
    }
    finding.variant = "recovered";
    finding.severity = Severity::Info;
    finding.since = Some(from);
    finding.until = Some(over);
    finding.message = say::recovered(pressure, context, node, &facts, (from, over));
    Some(finding)
}
