//! One fall: a container that ended for too much load, and how long its pod was out.

use rutter_cluster::{
    Time,
    objects::{Condition, ContainerStatus, Pod},
};

use crate::{
    Context, Evidence, containers,
    texts::probe::{self, KillReason, ProbeKind},
};

/// The kubelet stops a container for its probe within this time, in seconds, of the end: its grace period comes on top.
const STOPS: i64 = 60;

/// A replica that fell.
pub(super) struct Fall<'c> {
    pub(super) pod: &'c Pod,
    pub(super) status: &'c ContainerStatus,
    pub(super) started: Time,
    pub(super) ended: Time,
    /// When it was ready again, if it is.
    back: Option<Time>,
    /// Whether it was its memory; else it was stopped for its liveness probe, which got no answer in time.
    pub(super) by_memory: bool,
}

impl Fall<'_> {
    /// How long it had run, in seconds.
    pub(super) fn ran(&self) -> i64 {
        self.ended.since(self.started)
    }

    /// Whether its pod was out of its Services at that time.
    pub(super) fn is_out(&self, time: Time) -> bool {
        self.ended < time && self.back.is_none_or(|back| back > time)
    }

    pub(super) fn evidence(&self) -> Option<Evidence> {
        containers::last_end(self.status).map(|end| end.evidence(self.pod, self.status))
    }
}

/// The newest fall of a pod that the status knows.
pub(super) fn of<'c>(context: &Context<'c>, pod: &'c Pod) -> Option<Fall<'c>> {
    let ready = pod.condition("Ready");
    let back = ready.filter(|ready| Condition::is_true(ready)).and_then(|ready| ready.last_transition_time);
    let mut falls: Vec<Fall<'c>> = pod
        .status
        .container_statuses
        .iter()
        .filter_map(|status| {
            let end = containers::last_end(status)?.ended;
            let (started, ended) = (end.started_at?, end.finished_at?);
            let by_memory = end.reason == "OOMKilled";
            let fell =
                if by_memory { is_limited(pod, status) } else { is_stopped(context, pod, status, ended) };
            let back = back.filter(|back| *back > ended);
            fell.then_some(Fall { pod, status, started, ended, back, by_memory })
        })
        .collect();
    falls.sort_by_key(|fall| fall.ended);
    falls.pop()
}

/// Whether a container has a memory limit of its own: without, it was the node's memory.
fn is_limited(pod: &Pod, status: &ContainerStatus) -> bool {
    pod.container(&status.name).is_some_and(|container| container.resources.limits.get("memory").is_some())
}

/// Whether a container was stopped at that time because its liveness probe got no answer.
fn is_stopped(context: &Context<'_>, pod: &Pod, status: &ContainerStatus, ended: Time) -> bool {
    let events = containers::events_about(context, pod, &status.name);
    let grace = pod.spec.termination_grace_period_seconds.unwrap_or(30).clamp(0, 3600);
    let killed = events.iter().any(|event| {
        let liveness = probe::killing(&event.message).is_some_and(|killing| {
            status.name == killing.container && killing.reason == KillReason::ProbeFailed(ProbeKind::Liveness)
        });
        let then = event.last_seen().is_some_and(|time| (-5..=STOPS + grace).contains(&ended.since(time)));
        event.reason == "Killing" && liveness && then
    });
    let slow = |message: &str| {
        probe::parse(message)
            .is_some_and(|failure| failure.probe == ProbeKind::Liveness && failure.outcome.is_slow())
    };
    killed && events.iter().any(|event| event.reason == "Unhealthy" && slow(&event.message))
}
