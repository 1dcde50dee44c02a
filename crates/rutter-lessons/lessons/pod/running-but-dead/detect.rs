//! Finding pods that count as ready while their runtime says that there is no such container.

use rutter_cluster::{
    Time,
    objects::{Container, ContainerStatus, Event, Pod, Probe},
};

use super::say;
use crate::{
    Context, Findings, Outcome,
    texts::probe::{self, Outcome as Came},
};

/// Said for so long, in seconds, and no less often than that, it is no container that just ends.
const LASTING: i64 = 180;
const OFTEN: i64 = 3;

/// The kubelet's events about a pod are thinned to one in five minutes: said this long ago, in seconds, it may still hold.
const RECENT: i64 = 600;

/// What is said again and again of a container that should run.
pub(super) struct Lost<'a> {
    pub(super) variant: &'static str,
    /// The container, where the words are about one.
    pub(super) status: Option<&'a ContainerStatus>,
    /// The events that say it, the newest last.
    pub(super) events: Vec<&'a Event>,
    pub(super) first: Time,
    pub(super) times: i64,
}

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if !counts_as_ready(pod) {
        return Ok(());
    }
    let events = context.events(pod)?;
    let Some(lost) = lost(context, pod, &events) else { return Ok(()) };
    // What a node that isn't Ready says of its pods is out of date, or its runtime is the trouble.
    let node = context.node(&pod.spec.node_name).ok().flatten();
    if node.is_none_or(rutter_cluster::objects::Node::is_ready) {
        findings.push(say::finding(context, pod, node, &lost));
    }
    Ok(())
}

/// Whether such a pod is lost, too.
pub(super) fn is_lost(context: &Context<'_>, pod: &Pod) -> bool {
    counts_as_ready(pod) && context.events(pod).is_ok_and(|events| lost(context, pod, &events).is_some())
}

fn counts_as_ready(pod: &Pod) -> bool {
    pod.status.phase == "Running" && pod.meta.deleted.is_none() && pod.is_ready()
}

fn lost<'a>(context: &Context<'_>, pod: &'a Pod, events: &[&'a Event]) -> Option<Lost<'a>> {
    let said: Vec<&Event> = events.iter().copied().filter(|event| finds_no_container(event)).collect();
    if said.is_empty() {
        return None;
    }
    let running = pod.container_statuses().map(|(status, _)| status).filter(|status| status.ready);
    let running: Vec<&ContainerStatus> = running.filter(|status| status.state.running.is_some()).collect();
    let only = pod.spec.containers.len() + pod.spec.init_containers.len() == 1;
    let of_container = running.iter().find_map(|status| {
        let mine = |event: &&&Event| event.container().map_or(only, |name| status.name == *name);
        let mine = said.iter().filter(|event| event.reason == "Unhealthy").filter(mine).copied().collect();
        let lost = lasting(context, pod, mine, started(&[status]))?;
        Some(Lost { variant: variant(pod, status), status: Some(status), ..lost })
    });
    of_container.or_else(|| {
        let synced = said.into_iter().filter(|event| event.reason == "FailedSync").collect();
        lasting(context, pod, synced, started(&running))
    })
}

fn started(running: &[&ContainerStatus]) -> Option<Time> {
    running.iter().filter_map(|status| status.state.running?.started_at).max()
}

/// What is said for long, up to now, of a container that started before.
fn lasting<'a>(
    context: &Context<'_>,
    pod: &Pod,
    mut events: Vec<&'a Event>,
    started: Option<Time>,
) -> Option<Lost<'a>> {
    events.sort_by_key(|event| event.last_seen());
    let first = events.iter().filter_map(|event| event.first_seen()).min()?;
    let last = events.iter().filter_map(|event| event.last_seen()).max()?;
    let times = events.iter().map(|event| event.occurrences()).fold(0, i64::saturating_add);
    let ready = pod.condition("Ready").and_then(|ready| ready.last_transition_time);
    let before = |time: Option<Time>| time.is_none_or(|time| time <= first);
    let lasts = times >= OFTEN && last.since(first) >= LASTING && before(started) && before(ready);
    (lasts && context.is_younger(last, RECENT)).then_some(Lost {
        variant: "status-lost",
        status: None,
        events,
        first,
        times,
    })
}

/// Whether an event says that there is no such container: a probe that runs a command in it, or the kubelet, which asks how
/// it is (`error determining status: rpc error: … No such container: 3a1e`).
fn finds_no_container(event: &Event) -> bool {
    let text = event.message.as_str();
    match event.reason.as_str() {
        // A probe that fails has a result, which will be acted upon. A runtime whose containers are virtual machines may not know
        // the process of one that is well (cri-o#4224).
        "Unhealthy" => {
            let gone = |failure: probe::ProbeFailure<'_>| {
                failure.errored && failure.outcome == Came::ContainerNotFound
            };
            probe::parse(text).is_some_and(gone) && !text.contains("PID not initialized")
        }
        "FailedSync" => {
            text.contains("error determining status")
                && ["No such container", "not found", "does not exist"].iter().any(|gone| text.contains(gone))
        }
        _ => false,
    }
}

/// Whether something that needs no record of the container still reaches it.
fn variant(pod: &Pod, status: &ContainerStatus) -> &'static str {
    let asked = pod.container(&status.name).and_then(passing);
    if asked.is_some() { "still-answers" } else { "record-lost" }
}

/// The probe by the network without which the container would not count as ready.
pub(super) fn passing(container: &Container) -> Option<&Probe> {
    container.readiness_probe.as_deref().filter(|probe| probe.exec.is_none())
}
