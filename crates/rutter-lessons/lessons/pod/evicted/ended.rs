//! When it happened, and whether it is over.

use rutter_cluster::{
    Time,
    objects::{Condition, Node, Pod},
};

use super::owner::Owner;
use crate::{
    Context, Evidence,
    texts::{
        eviction::{Eviction, Resource},
        pod_end::PodEnd,
    },
};

/// After this, in seconds, an eviction that nothing repeats is history.
const DAY: i64 = 86_400;

/// After this, in seconds, a pod that was not let in and has been replaced is history.
const HOUR: i64 = 3600;

/// When the pod ended: as the event says, else as its conditions and containers do; for one that never began, its start.
pub(super) fn when(context: &Context<'_>, pod: &Pod) -> Option<Time> {
    let told = context.events(pod).ok().and_then(|events| {
        events
            .iter()
            .rev()
            .find(|event| event.reason == pod.status.reason)
            .and_then(|event| event.last_seen())
    });
    let condition = |kind, is: fn(&Condition) -> bool| {
        pod.condition(kind)
            .filter(|condition| is(condition))
            .and_then(|condition| condition.last_transition_time)
    };
    let finished = || {
        let ended =
            pod.container_statuses().filter_map(|(status, _)| status.state.terminated.as_ref()?.finished_at);
        ended.max()
    };
    told.or_else(|| condition("DisruptionTarget", Condition::is_true))
        .or_else(|| condition("Ready", Condition::is_false))
        .or_else(finished)
        .or(pod.status.start_time)
        .or(pod.meta.created)
}

/// When it was over: the node recovered or is gone, and the pod was replaced or is long forgotten.
pub(super) fn over(
    context: &Context<'_>,
    pod: &Pod,
    end: Option<&PodEnd<'_>>,
    at: Option<Time>,
    owner: &Owner,
) -> Option<Time> {
    let at = at?;
    let old = context.age(at) > DAY;
    let settled = old || owner.replaced;
    match end {
        Some(end @ PodEnd::Evicted(Eviction::NodeLow { .. } | Eviction::Refused { .. })) => {
            let recovered = match context.node(&pod.spec.node_name) {
                Ok(None) => Some(at),
                Ok(Some(node)) => cleared(node, end, at),
                Err(_) => (context.age(at) > HOUR).then_some(at),
            };
            recovered.filter(|_| settled)
        }
        Some(PodEnd::NodeShutdown | PodEnd::RefusedByShutdown) => {
            let back = match context.node(&pod.spec.node_name) {
                Ok(None) => Some(at),
                Ok(Some(node)) => ready_since(node).map(|back| back.max(at)),
                Err(_) => (context.age(at) > HOUR).then_some(at),
            };
            back.filter(|_| settled)
        }
        // It will happen again to the pods that came after it, until it hasn't for a day.
        Some(PodEnd::Evicted(_)) | None => old.then_some(at),
        Some(_) => (old || (owner.replaced && context.age(at) > HOUR)).then_some(at),
    }
}

/// The conditions of a node that go with an eviction.
fn conditions<'a>(end: &'a PodEnd<'a>) -> Vec<&'a str> {
    match end {
        PodEnd::Evicted(Eviction::NodeLow { resource, .. }) => match resource {
            Resource::Memory => vec!["MemoryPressure"],
            Resource::Pids => vec!["PIDPressure"],
            resource if resource.is_disk() => vec!["DiskPressure"],
            _ => Vec::new(),
        },
        PodEnd::Evicted(Eviction::Refused { conditions }) => conditions.clone(),
        _ => Vec::new(),
    }
}

/// When the pressure was over; `None` while it lasts or the node doesn't report.
fn cleared(node: &Node, end: &PodEnd<'_>, at: Time) -> Option<Time> {
    let now: Vec<&Condition> = conditions(end).into_iter().filter_map(|kind| node.condition(kind)).collect();
    if now.iter().any(|condition| !condition.is_false()) {
        return None;
    }
    now.iter().filter_map(|condition| condition.last_transition_time).chain([at]).max()
}

fn ready_since(node: &Node) -> Option<Time> {
    node.condition("Ready").filter(|ready| ready.is_true()).and_then(|ready| ready.last_transition_time)
}

/// The node's condition that goes with an eviction, as evidence of what is now.
pub(super) fn pressure(context: &Context<'_>, pod: &Pod, end: &PodEnd<'_>) -> Option<Evidence> {
    let node = context.node(&pod.spec.node_name).ok().flatten()?;
    let condition = conditions(end).into_iter().find_map(|kind| node.condition(kind))?;
    let path = format!("status.conditions[{}].status", condition.kind);
    Some(Evidence::field(node, path, condition.status.as_str(), condition.last_transition_time))
}
