//! The sentences.

use rutter_cluster::{
    Time,
    objects::{Event, Node, Pod, Taint},
};

use super::{facts::Facts, host_paths::Writer};
use crate::{
    Context, hosting,
    texts::{
        Amount,
        eviction::{self, Eviction, Resource},
    },
    words,
};

/// How long the kubelet keeps the condition, in seconds.
const KEPT: i64 = 300;

pub(super) fn pressure(
    node: &Node,
    facts: &Facts<'_>,
    (evicted, refused): (&[&Pod], usize),
    writers: &[Writer<'_>],
) -> String {
    let mut details: Vec<String> = evicted.iter().rev().find_map(|pod| left(pod)).into_iter().collect();
    details.extend(facts.lacks_inodes().then(|| "bytes may be free".to_owned()));
    let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join("; ")) };
    let often = facts.flaps().map_or_else(String::new, |(times, from, to)| {
        format!(", {} in {}", times_word(times), words::duration(to.since(from).max(1)))
    });
    let mut parts = vec![format!("{} is short of {}{details}{often}", node.meta.name, what(facts))];
    match (evicted.len(), refused) {
        (0, 0) => {}
        (0, refused) => parts.push(format!("{} refused for it", were(refused))),
        (evicted, 0) => parts.push(format!("{} evicted for it", were(evicted))),
        (evicted, refused) => parts.push(format!("{} evicted for it and {refused} refused", were(evicted))),
    }
    parts.extend(unfreed(writers));
    parts.join("; ")
}

/// What it lacks; since 1.12 the kubelet doesn't say on which file system.
fn what(facts: &Facts<'_>) -> String {
    match facts.resource() {
        Some(Resource::EphemeralStorage) => "disk space".to_owned(),
        Some(other) => other.to_string(),
        None => "disk space or inodes".to_owned(),
    }
}

/// What was left when the last pod was evicted.
fn left(pod: &Pod) -> Option<String> {
    let Some(Eviction::NodeLow { resource, threshold, available, .. }) = eviction::parse(&pod.status.message)
    else {
        return None;
    };
    let amount = |amount: Amount<'_>| match amount.number {
        Some(bytes) if !resource.is_inodes() => words::bytes(bytes),
        Some(number) => number.to_string(),
        None => amount.text.to_owned(),
    };
    Some(format!("{} left, threshold {}", amount(available?), amount(threshold?)))
}

fn times_word(times: i64) -> String {
    if times == 2 { "twice".to_owned() } else { format!("{times} times") }
}

fn were(number: usize) -> String {
    format!("{} {}", words::count(number, "pod"), if number == 1 { "was" } else { "were" })
}

/// Who uses space that no eviction frees.
fn unfreed(writers: &[Writer<'_>]) -> Option<String> {
    let names: Vec<String> = writers.iter().map(Writer::name).collect();
    (!names.is_empty())
        .then(|| format!("no eviction frees what is written to hostPath, as by {}", words::list(&names, 2)))
}

pub(super) fn tail(context: &Context<'_>, node: &Node, facts: &Facts<'_>) -> String {
    let name = &node.meta.name;
    let Some(last) = facts.last_act() else {
        return format!("{name} still says DiskPressure, but reclaims nothing");
    };
    format!(
        "{name} still says DiskPressure, but has reclaimed nothing since {}: the condition outlasts a shortage by 5 minutes, \
         and should clear at about {}",
        hosting::clock(context, last),
        hosting::clock(context, last.plus(KEPT)),
    )
}

pub(super) fn taint_only(node: &Node, taint: &Taint) -> String {
    let name = &node.meta.name;
    let who = if taint.effect == "NoSchedule" {
        "the controller-manager, which takes it off, seems not to work"
    } else {
        "Kubernetes sets it with NoSchedule only, so somebody else did"
    };
    format!("{name} is not under disk pressure, yet bears the taint {}:{}: {who}", taint.key, taint.effect)
}

pub(super) fn flapping(
    context: &Context<'_>,
    node: &Node,
    facts: &Facts<'_>,
    times: i64,
    (from, over): (Time, Time),
) -> String {
    format!(
        "{} came under disk pressure {} in {} and is out of it at the moment (since {}): it gets short of {} again and again",
        node.meta.name,
        times_word(times),
        words::duration(over.since(from)),
        hosting::clock(context, over),
        what(facts),
    )
}

pub(super) fn recovered(
    context: &Context<'_>,
    node: &Node,
    facts: &Facts<'_>,
    (from, over): (Time, Time),
) -> String {
    let evicted = facts.evicted_since(Some(from)).len();
    let lost = if evicted == 0 { String::new() } else { format!("; {} evicted meanwhile", were(evicted)) };
    let what = match facts.reclaims.and_then(|event: &Event| eviction::reclaiming(&event.message)) {
        Some(resource) if resource.is_disk() => format!(" ({resource})"),
        _ => String::new(),
    };
    format!(
        "{} was under disk pressure{what} from {} to {}{lost}",
        node.meta.name,
        hosting::clock(context, from),
        hosting::clock(context, over),
    )
}
