//! Autoscalers that quarrel: two over the same pods, one with whoever sets its target's size, one with itself.

use rutter_cluster::objects::{Event, HorizontalPodAutoscaler, condition};

use super::{
    detect::{is_same_target, shown, size},
    target,
};
use crate::{
    Confidence, Context, Evidence, Seen, Severity,
    texts::autoscaling::{self, Rescale, Why},
    verdict::Verdict,
    words,
};

/// So many changes of one kind are no accident.
const OFTEN: i64 = 4;

/// The last of them must be this young, in seconds.
const RECENT: i64 = 1200;

/// Whether another one of the same target, the first by name, speaks for all of them.
pub(super) fn is_spoken_for(context: &Context<'_>, scaler: &HorizontalPodAutoscaler) -> Seen<bool> {
    let all = context.autoscalers(&scaler.meta.namespace)?;
    Ok(all.iter().any(|other| is_same_target(scaler, other) && other.meta.name < scaler.meta.name))
}

/// Two for the same target. From 1.27 on neither scales; before, each undoes what the other did.
pub(super) fn ambiguous(context: &Context<'_>, scaler: &HorizontalPodAutoscaler) -> Seen<Option<Verdict>> {
    let told = condition(&scaler.status.conditions, "ScalingActive")
        .filter(|told| told.is_false() && told.reason == "AmbiguousSelector");
    let all = context.autoscalers(&scaler.meta.namespace)?;
    let others: Vec<_> = all.iter().filter(|other| is_same_target(scaler, other)).collect();
    if others.is_empty() && told.is_none() {
        return Ok(None);
    }
    let mut names: Vec<&str> = others.iter().map(|other| other.meta.name.as_str()).collect();
    names.push(&scaler.meta.name);
    names.sort_unstable();
    let who = match names.len() {
        1 => format!("the pods of {} have another autoscaler, too", target::name(scaler)),
        2 => format!("{} both scale {}", words::list(&names, 3), target::name(scaler)),
        _ => format!("{} all scale {}", words::list(&names, 3), target::name(scaler)),
    };
    let result = match (told.is_some(), names.len()) {
        (true, 2) => "so neither does it any more",
        (true, _) => "so none does it any more",
        (false, _) => "so each undoes what the other does",
    };
    let mut evidence: Vec<Evidence> = told.map(|told| shown(scaler, told)).into_iter().collect();
    let named = |other: &&HorizontalPodAutoscaler| {
        let target = &other.spec.scale_target_ref;
        Evidence::field(*other, "spec.scaleTargetRef", format!("{} {}", target.kind, target.name), None)
    };
    evidence.push(named(&scaler));
    evidence.extend(others.iter().take(2).map(named));
    Ok(Some(Verdict {
        variant: "ambiguous",
        severity: Severity::Medium,
        confidence: Confidence::Certain,
        message: format!("{who}, {result}"),
        since: told.and_then(|told| told.last_transition_time),
        evidence,
    }))
}

/// What the events of its own changes show, as far as they are remembered: an hour.
pub(super) fn quarrel(
    context: &Context<'_>,
    scaler: &HorizontalPodAutoscaler,
    events: &[&Event],
) -> Option<Verdict> {
    let all: Vec<(&Event, Rescale)> = events
        .iter()
        .filter(|event| event.reason == "SuccessfulRescale")
        .filter_map(|event| Some((*event, autoscaling::rescale(event.text())?)))
        .collect();
    let last = all.iter().filter_map(|(event, _)| event.last_seen()).max()?;
    if !context.is_younger(last, RECENT) {
        return None;
    }
    let count =
        |why: Why| all.iter().filter(move |(_, one)| one.why == why).map(|(event, _)| event.occurrences());
    let number = |why: Why| count(why).fold(0, i64::saturating_add);
    let (up, down, bounds) = (number(Why::Above), number(Why::Below), number(Why::Bounds));
    let since = all.iter().filter_map(|(event, _)| event.first_seen()).min();
    let evidence = || {
        let mut evidence: Vec<Evidence> =
            all.iter().rev().take(3).map(|(event, _)| Evidence::event(event)).collect();
        evidence.extend(target::evidence(context, scaler));
        evidence.push(size(scaler));
        evidence
    };
    let name = target::name(scaler);
    let most = most_repeated(&all);
    let verdict = |variant, message| Verdict {
        variant,
        severity: Severity::Low,
        confidence: Confidence::Likely,
        message,
        since,
        evidence: evidence(),
    };
    if bounds >= OFTEN {
        let message = format!(
            "somebody else sets the size of {name} outside of its bounds: it was put back {bounds} times, most often to {most}"
        );
        return Some(verdict("set-back", message));
    }
    if up >= OFTEN && down == 0 && is_repeated(&all) {
        let message = format!(
            "somebody else sets the size of {name} back: it was scaled up {up} times, most often to {most}, and never down by its \
             autoscaler"
        );
        return Some(verdict("set-back", message));
    }
    (up >= OFTEN && down >= OFTEN).then(|| {
        verdict("flapping", format!("{name} goes up and down: it was scaled up {up} times and down {down} times, as far as events remember"))
    })
}

/// The size that it was set to most often.
fn most_repeated(all: &[(&Event, Rescale)]) -> i64 {
    all.iter().max_by_key(|(event, one)| (event.occurrences(), one.size)).map_or(0, |(_, one)| one.size)
}

/// Whether it was set to one size again and again: who goes up step by step has many sizes.
fn is_repeated(all: &[(&Event, Rescale)]) -> bool {
    all.iter().any(|(event, _)| event.occurrences() >= OFTEN)
}
