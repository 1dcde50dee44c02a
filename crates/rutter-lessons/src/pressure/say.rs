//! The sentences.

use rutter_cluster::{
    Time,
    objects::{Node, Taint},
};

use super::{Facts, Pressure, Shortage};
use crate::{Context, hosting, texts::eviction, words};

/// How long the kubelet keeps the condition, in seconds.
const KEPT: i64 = 300;

pub(super) fn pressure(
    node: &Node,
    facts: &Facts<'_>,
    shortage: &Shortage,
    (evicted, refused): (usize, usize),
) -> String {
    let details = match shortage.details.as_slice() {
        [] => String::new(),
        details => format!(" ({})", details.join("; ")),
    };
    let often = facts.flaps().map_or_else(String::new, |(times, from, to)| {
        format!(", {} in {}", times_word(times), words::duration(to.since(from).max(1)))
    });
    let mut parts = vec![format!("{} is short of {}{details}{often}", node.meta.name, shortage.what)];
    match (evicted, refused) {
        (0, 0) => {}
        (0, refused) => parts.push(format!("{} refused for it", were(refused))),
        (evicted, 0) => parts.push(format!("{} evicted for it", were(evicted))),
        (evicted, refused) => parts.push(format!("{} evicted for it and {refused} refused", were(evicted))),
    }
    parts.extend_from_slice(&shortage.parts);
    parts.join("; ")
}

fn times_word(times: i64) -> String {
    if times == 2 { "twice".to_owned() } else { format!("{times} times") }
}

fn were(number: usize) -> String {
    format!("{} {}", words::count(number, "pod"), if number == 1 { "was" } else { "were" })
}

pub(super) fn tail(pressure: &Pressure, context: &Context<'_>, node: &Node, facts: &Facts<'_>) -> String {
    let (name, condition) = (&node.meta.name, pressure.condition);
    let Some(last) = facts.last_act() else {
        return format!("{name} still says {condition}, but reclaims nothing");
    };
    format!(
        "{name} still says {condition}, but has reclaimed nothing since {}: the condition outlasts a shortage by 5 minutes, and \
         should clear at about {}",
        hosting::clock(context, last),
        hosting::clock(context, last.plus(KEPT)),
    )
}

pub(super) fn taint_only(pressure: &Pressure, node: &Node, taint: &Taint) -> String {
    let who = if taint.effect == "NoSchedule" {
        "the controller-manager, which takes it off, seems not to work"
    } else {
        "Kubernetes sets it with NoSchedule only, so somebody else did"
    };
    format!(
        "{} is not under {} pressure, yet bears the taint {}:{}: {who}",
        node.meta.name, pressure.name, taint.key, taint.effect
    )
}

pub(super) fn flapping(
    pressure: &Pressure,
    context: &Context<'_>,
    node: &Node,
    shortage: &Shortage,
    (times, from, over): (i64, Time, Time),
) -> String {
    let lasting = shortage.lasting.as_ref().map_or_else(String::new, |lasting| format!("; {lasting}"));
    format!(
        "{} came under {} pressure {} in {} and is out of it at the moment (since {}): it gets short of {} again and \
         again{lasting}",
        node.meta.name,
        pressure.name,
        times_word(times),
        words::duration(over.since(from)),
        hosting::clock(context, over),
        shortage.what,
    )
}

pub(super) fn recovered(
    pressure: &Pressure,
    context: &Context<'_>,
    node: &Node,
    facts: &Facts<'_>,
    (from, over): (Time, Time),
) -> String {
    let evicted = facts.evicted_since(Some(from)).len();
    let lost = if evicted == 0 { String::new() } else { format!("; {} evicted meanwhile", were(evicted)) };
    let reclaimed = facts.reclaims.and_then(|event| eviction::reclaiming(&event.message));
    let what = reclaimed.map(|resource| resource.to_string()).filter(|what| what != pressure.name);
    let what = what.map_or_else(String::new, |what| format!(" ({what})"));
    format!(
        "{} was under {} pressure{what} from {} to {}{lost}",
        node.meta.name,
        pressure.name,
        hosting::clock(context, from),
        hosting::clock(context, over),
    )
}
