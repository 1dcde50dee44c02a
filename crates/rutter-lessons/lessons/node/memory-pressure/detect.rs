//! Finding nodes that are, or lately were, short of memory, and who takes it.

use rutter_cluster::objects::{Node, Pod};

use super::{ID, rank};
use crate::{
    Context, Findings, Outcome, hosting,
    memory::{self, Demand},
    pressure::{self, Facts, Pressure, Shortage},
    texts::{
        Amount,
        eviction::{self, ContainerUse, Eviction, Resource},
    },
    words,
};

pub(super) const MEMORY: Pressure = Pressure {
    lesson: ID,
    condition: "MemoryPressure",
    name: "memory",
    taint: "node.kubernetes.io/memory-pressure",
    sent: "refused or evicted",
    is_it: |resource| resource == Resource::Memory,
    shortage,
};

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let condition = node.condition(MEMORY.condition);
    findings.extend(condition.and_then(|condition| pressure::evaluate(&MEMORY, context, node, condition)));
    Ok(())
}

fn shortage(context: &Context<'_>, node: &Node, _: &Facts<'_>, evicted: &[&Pod]) -> Shortage {
    let left = evicted.iter().rev().find_map(|pod| left(pod)).or_else(|| free(context, node));
    let demand = Demand::of(context, node);
    let asked = demand.as_ref().and_then(Demand::phrase);
    let mut parts: Vec<String> = grown(evicted).into_iter().chain(asked.clone()).collect();
    parts.extend(demand.as_ref().and_then(alone));
    parts.extend(demand.as_ref().and_then(|demand| next(context, node, demand)));
    Shortage {
        what: "memory".to_owned(),
        details: left.into_iter().collect(),
        parts,
        lasting: asked,
        evidence: Vec::new(),
    }
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
fn alone(demand: &Demand<'_>) -> Option<String> {
    let (pod, request) = demand.largest()?;
    let name = format!("{}/{}", pod.meta.namespace, pod.meta.name);
    Some(format!("{name} alone requests {}", words::bytes(request)))
}

/// Who goes next. What the kubelet says that pods use decides; without it requests and priorities must do.
fn next(context: &Context<'_>, node: &Node, demand: &Demand<'_>) -> Option<String> {
    let pods = &demand.pods;
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
