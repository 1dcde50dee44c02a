//! What a node's events and pods tell of its shortage.

use rutter_cluster::{
    Time,
    objects::{Condition, Event, Node, Pod},
};

use super::Pressure;
use crate::{
    Context,
    texts::eviction::{self, Eviction, Resource},
};

/// Pressure that comes back within this time, in seconds, on average, flaps.
const APART: i64 = 1800;

/// The kubelet reports the condition up to so many seconds after it began to evict.
const REPORTED: i64 = 60;

pub(crate) struct Facts<'c> {
    /// `NodeHasDiskPressure`, `NodeHasInsufficientMemory`: the newest.
    pub(crate) began: Option<&'c Event>,
    /// `EvictionThresholdMet`, the newest: the kubelet was short at that time.
    pub(crate) reclaims: Option<&'c Event>,
    /// The pods that were evicted from the node, or refused by it, for the shortage, the newest last.
    victims: Vec<(Time, &'c Pod)>,
    /// The pods that are on it, as far as they were seen.
    pub(crate) pods: Vec<&'c Pod>,
}

impl<'c> Facts<'c> {
    pub(crate) fn of(pressure: &Pressure, context: &Context<'c>, node: &Node) -> Self {
        let events = context.events(node).unwrap_or_default();
        let newest =
            |wanted: &dyn Fn(&Event) -> bool| events.iter().rev().copied().find(|event| wanted(event));
        let pods = context.pods_on(&node.meta.name).unwrap_or_default();
        let lost = pods.iter().copied().filter(|pod| pressure.is_victim(pod));
        let mut victims: Vec<(Time, &Pod)> = lost.filter_map(|pod| Some((ended(pod)?, pod))).collect();
        victims.sort_by_key(|(time, _)| *time);
        Self {
            began: newest(&|event| eviction::pressure(&event.reason) == Some(pressure.condition)),
            reclaims: newest(&|event| pressure.is_reclaim(event)),
            victims,
            pods,
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

    /// The pods that were evicted for it at that time or later, the newest last.
    pub(super) fn evicted_since(&self, from: Option<Time>) -> Vec<&'c Pod> {
        self.victims_since(from).filter(|pod| is_evicted(pod)).collect()
    }

    /// How many pods were refused for it at that time or later.
    pub(super) fn refused_since(&self, from: Option<Time>) -> usize {
        self.victims_since(from).filter(|pod| !is_evicted(pod)).count()
    }

    fn victims_since(&self, from: Option<Time>) -> impl Iterator<Item = &'c Pod> {
        let late = move |time: Time| from.is_none_or(|from| time.since(from) >= -REPORTED);
        self.victims.iter().filter(move |(time, _)| late(*time)).map(|(_, pod)| *pod)
    }

    /// What it is short of: by the newest eviction, else by what it reclaims.
    pub(crate) fn resource(&self) -> Option<Resource<'c>> {
        let said =
            self.victims.iter().rev().find_map(|(_, pod)| match eviction::parse(&pod.status.message)? {
                Eviction::NodeLow { resource, .. } => Some(resource),
                _ => None,
            });
        said.or_else(|| eviction::reclaiming(&self.reclaims?.message))
    }
}

impl Pressure {
    fn is_reclaim(&self, event: &Event) -> bool {
        event.reason == "EvictionThresholdMet" && eviction::reclaiming(&event.message).is_some_and(self.is_it)
    }

    /// Whether the kubelet ended or refused a pod for this shortage of its node.
    pub(super) fn is_victim(&self, pod: &Pod) -> bool {
        if pod.status.reason != "Evicted" && pod.status.phase != "Failed" {
            return false;
        }
        match eviction::parse(&pod.status.message) {
            Some(Eviction::NodeLow { resource, .. }) => (self.is_it)(resource),
            Some(Eviction::Refused { conditions }) => conditions.contains(&self.condition),
            _ => false,
        }
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
