//! What the node's events and pods tell of its memory.

use rutter_cluster::{
    Time,
    objects::{Condition, Event, Node, Pod},
};

use crate::{
    Context,
    memory::Demand,
    texts::eviction::{self, Eviction, Resource},
};

/// Pressure that comes back within this time, in seconds, on average, flaps.
const APART: i64 = 1800;

/// The kubelet reports the condition up to so many seconds after it began to evict.
const REPORTED: i64 = 60;

pub(super) struct Facts<'c> {
    /// `NodeHasInsufficientMemory`, the newest.
    pub(super) began: Option<&'c Event>,
    /// `EvictionThresholdMet` about memory, the newest: the kubelet was short at that time.
    pub(super) reclaims: Option<&'c Event>,
    /// The pods that were evicted from the node, or refused by it, for its memory, the newest last.
    victims: Vec<(Time, &'c Pod)>,
    /// What the pods there ask for, as far as they were seen.
    pub(super) demand: Option<Demand<'c>>,
}

impl<'c> Facts<'c> {
    pub(super) fn of(context: &Context<'c>, node: &Node) -> Self {
        let events = context.events(node).unwrap_or_default();
        let newest = |wanted: fn(&Event) -> bool| events.iter().rev().copied().find(|event| wanted(event));
        let pods = context.pods_on(&node.meta.name).unwrap_or_default();
        let lost = pods.into_iter().filter(|pod| is_victim(pod));
        let mut victims: Vec<(Time, &Pod)> = lost.filter_map(|pod| Some((ended(pod)?, pod))).collect();
        victims.sort_by_key(|(time, _)| *time);
        Self {
            began: newest(|event| eviction::pressure(&event.reason) == Some("MemoryPressure")),
            reclaims: newest(is_reclaim),
            victims,
            demand: Demand::of(context, node),
        }
    }

    /// The last time that the kubelet acted on a shortage.
    pub(super) fn last_act(&self) -> Option<Time> {
        let evicted = self.victims.iter().rev().find(|(_, pod)| is_evicted(pod)).map(|(time, _)| *time);
        self.reclaims.and_then(Event::last_seen).max(evicted)
    }

    /// How often, from when to when, if it comes and goes.
    pub(super) fn flaps(&self) -> Option<(i64, Time, Time)> {
        let event = self.began?;
        let (times, from, to) = (event.occurrences(), event.first_seen()?, event.last_seen()?);
        (times > 1 && to.since(from) / (times - 1) <= APART).then_some((times, from, to))
    }

    /// The pods that were evicted for memory at that time or later, the newest last.
    pub(super) fn evicted_since(&self, from: Option<Time>) -> Vec<&'c Pod> {
        self.victims_since(from).filter(|pod| is_evicted(pod)).collect()
    }

    /// How many pods were refused for memory at that time or later.
    pub(super) fn refused_since(&self, from: Option<Time>) -> usize {
        self.victims_since(from).filter(|pod| !is_evicted(pod)).count()
    }

    fn victims_since(&self, from: Option<Time>) -> impl Iterator<Item = &'c Pod> {
        let late = move |time: Time| from.is_none_or(|from| time.since(from) >= -REPORTED);
        self.victims.iter().filter(move |(time, _)| late(*time)).map(|(_, pod)| *pod)
    }
}

fn is_reclaim(event: &Event) -> bool {
    event.reason == "EvictionThresholdMet" && eviction::reclaiming(&event.message) == Some(Resource::Memory)
}

/// Whether the kubelet ended or refused a pod because its node's memory was short.
pub(super) fn is_victim(pod: &Pod) -> bool {
    if pod.status.reason != "Evicted" && pod.status.phase != "Failed" {
        return false;
    }
    match eviction::parse(&pod.status.message) {
        Some(Eviction::NodeLow { resource, .. }) => resource == Resource::Memory,
        Some(Eviction::Refused { conditions }) => conditions.contains(&"MemoryPressure"),
        _ => false,
    }
}

fn is_evicted(pod: &Pod) -> bool {
    matches!(eviction::parse(&pod.status.message), Some(Eviction::NodeLow { .. }))
}

/// When it ended, or was refused.
fn ended(pod: &Pod) -> Option<Time> {
    let target = pod.condition("DisruptionTarget").filter(|target| Condition::is_true(target));
    let finished = || {
        pod.container_statuses().filter_map(|(status, _)| status.state.terminated.as_ref()?.finished_at).max()
    };
    target
        .and_then(|target| target.last_transition_time)
        .or_else(finished)
        .or(pod.status.start_time)
        .or(pod.meta.created)
}
