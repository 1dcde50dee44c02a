//! Finding nodes that reserve nothing, and were hurt by it lately.

use rutter_cluster::{
    Quantity, Time,
    objects::{Event, Node},
};

use super::ID;
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, hosting,
    memory::{self, Demand},
    texts::{
        node_disk,
        oom::{self, Kill, Scope},
    },
    words,
};

const MEMORY: &str = "memory";

/// What the kubelet keeps free by default, by evicting pods (`memory.available<100Mi`), in bytes: all that allocatable lacks where
/// nothing is reserved.
const THRESHOLD: i64 = 100 << 20;

/// Events live for an hour; in seconds.
const REMEMBERED: i64 = 3600;

/// So long ago, in seconds, a kill is still the matter of now.
const FRESH: i64 = 600;

/// A node that lost its kubelet, or crawls, is found to be silent or not Ready within this time, in seconds.
const CRAWLS: i64 = 600;

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    // Windows has no such killer, and other defaults.
    let windows = node.status.node_info.operating_system == "windows";
    let Some(kept) = kept(context, node).filter(|_| !windows && !hosting::is_virtual(node)) else {
        return Ok(());
    };
    let events = context.events(node)?;
    findings.extend(harm(context, node, &events).map(|harm| finding(context, node, &kept, &harm)));
    Ok(())
}

/// What a node has, and what it keeps from its pods although it reserves nothing.
struct Kept {
    capacity: i64,
    allocatable: i64,
    /// Whether the kubelet's own configuration says how much of that is its threshold.
    is_told: bool,
}

/// `None` where something is reserved, or nothing is known.
fn kept(context: &Context<'_>, node: &Node) -> Option<Kept> {
    let of = |all: &rutter_cluster::objects::Quantities| {
        all.get(MEMORY).map(Quantity::units).filter(|bytes| *bytes > 0)
    };
    let capacity = of(&node.status.capacity)?;
    let allocatable = of(&node.status.allocatable)?;
    let told = context.kubelet(&node.meta.name).and_then(|kubelet| kubelet.config.as_ref());
    let told = told.and_then(|config| threshold(config.eviction_hard.get("memory.available")?, capacity));
    let less = capacity.saturating_sub(allocatable);
    (0..=told.unwrap_or(THRESHOLD)).contains(&less).then_some(Kept {
        capacity,
        allocatable,
        is_told: told.is_some(),
    })
}

/// A threshold in bytes: a quantity, or a part of the capacity.
fn threshold(text: &str, capacity: i64) -> Option<i64> {
    match text.strip_suffix('%') {
        Some(percent) => {
            let thousandths = Quantity::parse(percent)?.milli();
            i64::try_from(i128::from(capacity) * i128::from(thousandths) / 100_000).ok()
        }
        None => Quantity::parse(text).map(Quantity::units),
    }
}

/// What went wrong because nothing is reserved.
struct Harm<'c> {
    event: &'c Event,
    time: Time,
    /// The process without which the node doesn't work, if it was killed.
    agent: Option<&'c str>,
}

/// The newest kill in all of the node's memory that hit the node itself. One that hit only pods would have come with reservations,
/// too: to other pods.
fn harm<'c>(context: &Context<'_>, node: &Node, events: &[&'c Event]) -> Option<Harm<'c>> {
    let of_pods: Vec<u64> = events.iter().filter_map(|event| pod_process(event)).collect();
    let young = events.iter().rev().filter_map(|event| {
        let time = event.last_seen().filter(|time| context.is_younger(*time, REMEMBERED))?;
        let kill = node_wide(event, &of_pods).filter(|_| !memory::is_retold(event, events))?;
        Some(Harm { event, time, agent: kill.process.filter(|name| oom::runs_the_node(name)) })
    });
    let kills: Vec<Harm<'c>> = young.collect();
    let ready = node.condition("Ready");
    let lost = ready.filter(|ready| !ready.is_true()).and_then(|ready| ready.last_transition_time);
    let then = |harm: &Harm<'_>| lost.is_some_and(|lost| (-60..=CRAWLS).contains(&lost.since(harm.time)));
    let hit = kills.iter().position(|harm| harm.agent.is_some()).or_else(|| kills.iter().position(then))?;
    kills.into_iter().nth(hit)
}

/// A kill because the node had no memory left, not at a limit. One in a pod bears no name here: Docker in a pod is not the node's.
struct NodeWide<'c> {
    process: Option<&'c str>,
}

/// `of_pods` are the processes of pods that the kernel's own words tell of: the kubelet's name only a process.
fn node_wide<'c>(event: &'c Event, of_pods: &[u64]) -> Option<NodeWide<'c>> {
    match event.reason.as_str() {
        "SystemOOM" => node_disk::system_oom(&event.message).map(|said| {
            let of_pod = said.pid.is_some_and(|pid| of_pods.contains(&pid));
            NodeWide { process: said.process.filter(|_| !of_pod) }
        }),
        "OOMKilling" => {
            let kill = oom::kill(&event.message).filter(|kill| kill.scope == Scope::Node)?;
            Some(NodeWide { process: kill.process.filter(|_| !is_of_pod(&kill)) })
        }
        _ => None,
    }
}

fn is_of_pod(kill: &Kill<'_>) -> bool {
    // Up to 1.12 and longer, pods whose limits are their requests had -998 (k/k#71269).
    kill.pod_uid.is_some() || matches!(kill.adj, Some(-998 | -997 | 2..))
}

/// The process of a pod that was killed.
fn pod_process(event: &Event) -> Option<u64> {
    let kill = oom::kill(&event.message).filter(|_| event.reason == "OOMKilling")?;
    kill.pid.filter(|_| is_of_pod(&kill))
}

fn finding(context: &Context<'_>, node: &Node, kept: &Kept, harm: &Harm<'_>) -> Finding {
    let mut finding = Finding::about(ID, node);
    finding.variant = if harm.agent.is_some() { "killed" } else { "not-ready" };
    let now = !node.is_ready() || context.is_younger(harm.time, FRESH);
    finding.severity = if now { Severity::Medium } else { Severity::Low };
    // Whether it was the node's memory: the kernel's own words, or the kubelet's guess.
    let by_kernel = harm.event.reason == "OOMKilling";
    finding.confidence =
        if by_kernel && harm.agent.is_some() { Confidence::Likely } else { Confidence::Possible };
    finding.since = Some(harm.time);
    finding.message = message(context, node, kept, harm);
    let less = kept.capacity.saturating_sub(kept.allocatable);
    let by =
        if kept.is_told { "evictionHard, as its kubelet says" } else { "evictionHard by default, at most" };
    let all = format!("{} of {}", bytes(kept.allocatable), bytes(kept.capacity));
    let value = if less == 0 { all } else { format!("{all} (less {}: {by})", bytes(less)) };
    finding.evidence =
        vec![Evidence::field(node, "status.allocatable.memory", value, None), Evidence::event(harm.event)];
    finding
}

fn message(context: &Context<'_>, node: &Node, kept: &Kept, harm: &Harm<'_>) -> String {
    let name = &node.meta.name;
    let at = hosting::clock(context, harm.time);
    let came = match harm.agent {
        Some(agent) => format!(
            "the kernel killed {agent} at {at}, without which the node does not work, instead of a pod"
        ),
        None => {
            format!("the node stopped being Ready after the kernel had killed at {at} for want of memory")
        }
    };
    let demand = Demand::of(context, node).and_then(|demand| demand.phrase());
    let demand = demand.map_or_else(String::new, |demand| format!("; {demand}"));
    format!(
        "{name} reserves none of its {} of memory for kubelet, runtime and system, so its pods could take all of it: {came}{demand}",
        bytes(kept.capacity)
    )
}

fn bytes(number: i64) -> String {
    words::bytes(u64::try_from(number).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds() {
        assert_eq!(threshold("100Mi", 1 << 30), Some(100 << 20));
        assert_eq!(threshold("5%", 1000), Some(50));
        assert_eq!(threshold("2.5%", 1000), Some(25));
        assert_eq!(threshold("%", 1000), None);
        assert_eq!(threshold("é%", i64::MAX), None);
        assert_eq!(threshold("", 1000), None);
    }
}
