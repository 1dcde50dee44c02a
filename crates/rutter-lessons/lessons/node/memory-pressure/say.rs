//! The sentences.

use rutter_cluster::{
    Time,
    objects::{Node, Pod, Taint},
};

use super::{facts::Facts, rank};
use crate::{
    Context, hosting, memory,
    texts::{
        Amount,
        eviction::{self, ContainerUse, Eviction},
    },
    words,
};

/// How long the kubelet keeps the condition, in seconds.
const KEPT: i64 = 300;

pub(super) fn pressure(
    context: &Context<'_>,
    node: &Node,
    facts: &Facts<'_>,
    (evicted, refused): (&[&Pod], usize),
) -> String {
    let left = evicted.iter().rev().find_map(|pod| left(pod)).or_else(|| free(context, node));
    let left = left.map_or_else(String::new, |left| format!(" ({left})"));
    let often = facts.flaps().map_or_else(String::new, |(times, from, to)| {
        format!(", {} in {}", times_word(times), words::duration(to.since(from).max(1)))
    });
    let mut parts = vec![format!("{} is short of memory{left}{often}", node.meta.name)];
    match (evicted.len(), refused) {
        (0, 0) => {}
        (0, refused) => parts.push(format!("{} refused for it", were(refused))),
        (evicted, 0) => parts.push(format!("{} evicted for it", were(evicted))),
        (evicted, refused) => parts.push(format!("{} evicted for it and {refused} refused", were(evicted))),
    }
    parts.extend(grown(evicted));
    parts.extend(facts.demand.as_ref().and_then(crate::memory::Demand::phrase));
    parts.extend(alone(facts));
    parts.extend(next(context, node, facts));
    parts.join("; ")
}

/// What was left when the last pod was evicted.
fn left(pod: &Pod) -> Option<String> {
    let Some(Eviction::NodeLow { threshold, available, .. }) = eviction::parse(&pod.status.message) else {
        return None;
    };
    Some(format!("{} left, threshold {}", amount(available?), amount(threshold?)))
}

fn amount(amount: Amount<'_>) -> String {
    amount.number.map_or_else(|| amount.text.to_owned(), words::bytes)
}

/// The pod that used most when it was evicted: it may be what grew, while others only stood by.
fn grown(evicted: &[&Pod]) -> Option<String> {
    let (pod, worst) = evicted.iter().filter_map(|pod| Some((pod, worst(pod)?))).max_by_key(above)?;
    // What is not much was not what filled the node.
    (worst.usage.number? >= 100 << 20).then(|| {
        format!(
            "{}/{} used {} when it was evicted, and had requested {}",
            pod.meta.namespace,
            pod.meta.name,
            amount(worst.usage),
            worst.request.text
        )
    })
}

fn above((_, used): &(&&Pod, ContainerUse<'_>)) -> u64 {
    used.usage.number.unwrap_or(0).saturating_sub(used.request.number.unwrap_or(0))
}

fn worst(pod: &Pod) -> Option<ContainerUse<'_>> {
    let Some(Eviction::NodeLow { containers, .. }) = eviction::parse(&pod.status.message) else {
        return None;
    };
    containers.into_iter().max_by_key(|used| used.usage.number)
}

/// A pod that takes most of the node for itself.
fn alone(facts: &Facts<'_>) -> Option<String> {
    let (pod, request) = facts.demand.as_ref()?.largest()?;
    let name = format!("{}/{}", pod.meta.namespace, pod.meta.name);
    Some(format!("{name} alone requests {}", words::bytes(request)))
}

/// Who goes next. What the kubelet says that pods use decides; without it requests and priorities must do.
fn next(context: &Context<'_>, node: &Node, facts: &Facts<'_>) -> Option<String> {
    let pods = &facts.demand.as_ref()?.pods;
    if let Some(ranked) = rank::by_use(context, node, pods) {
        let one = |(pod, used): &(&Pod, u64)| {
            let requested = u64::try_from(memory::requested(pod)).unwrap_or(0);
            let name = format!("{}/{}", pod.meta.namespace, pod.meta.name);
            format!("{name} (uses {}, requests {})", words::bytes(*used), words::bytes(requested))
        };
        let ranked: Vec<String> = ranked.iter().map(one).collect();
        return Some(format!("next to go: {}", words::list(&ranked, 2)));
    }
    let pods = rank::next(pods);
    (!pods.is_empty())
        .then(|| format!("next to go, as far as requests and priorities tell: {}", hosting::names(&pods, 2)))
}

/// What is free by the kubelet's own word.
fn free(context: &Context<'_>, node: &Node) -> Option<String> {
    let free = context.kubelet(&node.meta.name)?.stats.as_ref()?.node.memory.available_bytes?;
    Some(format!("{} free", words::bytes(free)))
}

fn times_word(times: i64) -> String {
    if times == 2 { "twice".to_owned() } else { format!("{times} times") }
}

fn were(number: usize) -> String {
    format!("{} {}", words::count(number, "pod"), if number == 1 { "was" } else { "were" })
}

pub(super) fn tail(context: &Context<'_>, node: &Node, facts: &Facts<'_>) -> String {
    let name = &node.meta.name;
    let Some(last) = facts.last_act() else {
        return format!("{name} still says MemoryPressure, but reclaims nothing");
    };
    format!(
        "{name} still says MemoryPressure, but has reclaimed nothing since {}: the condition outlasts a shortage by 5 minutes, \
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
    format!("{name} is not under memory pressure, yet bears the taint {}:{}: {who}", taint.key, taint.effect)
}

pub(super) fn flapping(
    context: &Context<'_>,
    node: &Node,
    facts: &Facts<'_>,
    times: i64,
    (from, over): (Time, Time),
) -> String {
    let demand = facts.demand.as_ref().and_then(crate::memory::Demand::phrase);
    let demand = demand.map_or_else(String::new, |demand| format!("; {demand}"));
    format!(
        "{} came under memory pressure {} in {} and is out of it at the moment (since {}): it gets short again and again{demand}",
        node.meta.name,
        times_word(times),
        words::duration(over.since(from)),
        hosting::clock(context, over),
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
    format!(
        "{} was under memory pressure from {} to {}{lost}",
        node.meta.name,
        hosting::clock(context, from),
        hosting::clock(context, over),
    )
}
