//! Which probe of a pod gets no answer in time now.

use rutter_cluster::{
    ObjectRef, Time,
    objects::{Container, Event, Pod, Probe},
};

use crate::{
    Context,
    texts::probe::{self, KillReason, Outcome, ProbeKind},
};

/// Failures this far apart, in seconds, are of one time: the kubelet's events about a pod are thinned to one in five minutes.
const WINDOW: i64 = 600;

/// A failure this old, in seconds, says nothing about now where the pod counts as ready.
const RECENT: i64 = 300;

/// A container that was stopped for its probe and is ready again this long, in seconds, has outlived it.
const OUTLIVED: i64 = 120;

/// What starts may be slow for so long, in seconds; the probe's own delay comes on top.
const START: i64 = 180;

/// A pod whose probe gets no answer in time.
pub(super) struct Slow<'c> {
    pub(super) pod: &'c Pod,
    pub(super) owner: ObjectRef,
    pub(super) event: &'c Event,
    /// When it was seen last.
    pub(super) last: Time,
    pub(super) container: Option<&'c Container>,
    /// Whether the probe runs a command in the container.
    pub(super) is_exec: bool,
    /// How long the probe waits, in seconds.
    pub(super) timeout: Option<i64>,
    /// That the container was stopped for it.
    pub(super) killed: Option<&'c Event>,
}

/// The newest time-out of a pod's probes, if it says something about now. Events that were not seen are none.
pub(super) fn slow<'c>(context: &Context<'c>, pod: &'c Pod) -> Option<Slow<'c>> {
    if pod.is_finished() || pod.meta.deleted.is_some() {
        return None;
    }
    let events = context.events(pod).unwrap_or_default();
    let (event, kind, is_exec) = events.iter().rev().find_map(|event| timed_out(event))?;
    let last = event.last_seen()?;
    let killed = events.iter().rev().copied().find(|event| is_kill(event));
    let killed =
        killed.filter(|event| event.last_seen().is_some_and(|time| last.since(time).abs() <= WINDOW));
    let name = event.container();
    let container = match name {
        Some(name) => pod.container(name),
        None => pod.spec.containers.first().filter(|_| pod.spec.containers.len() == 1),
    };
    let probe = container.and_then(|container| of(container, kind));
    let timeout = probe.map(|probe| probe.timeout_seconds.max(1));
    let slow = Slow { pod, owner: context.top_owner(pod), event, last, container, is_exec, timeout, killed };
    (slow.is_current(context) && !slow.is_starting(probe)).then_some(slow)
}

/// An event that says that a probe got no answer in time.
fn timed_out(event: &Event) -> Option<(&Event, ProbeKind, bool)> {
    let failure = probe::parse(&event.message).filter(|_| event.reason == "Unhealthy")?;
    let is_exec = matches!(failure.outcome, Outcome::ExecTimeout { .. });
    failure.outcome.is_slow().then_some((event, failure.probe, is_exec))
}

fn is_kill(event: &Event) -> bool {
    event.reason == "Killing"
        && probe::killing(&event.message)
            .is_some_and(|killing| matches!(killing.reason, KillReason::ProbeFailed(_)))
}

fn of(container: &Container, kind: ProbeKind) -> Option<&Probe> {
    match kind {
        ProbeKind::Liveness => container.liveness_probe.as_deref(),
        ProbeKind::Readiness => container.readiness_probe.as_deref(),
        ProbeKind::Startup => container.startup_probe.as_deref(),
    }
}

impl Slow<'_> {
    /// Whether it goes on: the pod isn't ready, or failed just now and did not recover since.
    fn is_current(&self, context: &Context<'_>) -> bool {
        let age = context.age(self.last);
        let ready = self.pod.condition("Ready").filter(|ready| ready.is_true());
        let Some(ready) = ready else { return age <= WINDOW };
        let recovered = ready.last_transition_time.is_some_and(|since| since > self.last);
        let outlived = self.killed.is_none() || age >= OUTLIVED;
        // One lost answer of a pod that stays ready is nothing.
        let often = self.event.occurrences() > 1 || self.killed.is_some();
        age <= RECENT && often && !(recovered && outlived)
    }

    /// Whether the container only starts, as after a reboot: not for its probe, but by itself.
    fn is_starting(&self, probe: Option<&Probe>) -> bool {
        let named = |name: &str| self.pod.status.container_statuses.iter().find(|status| status.name == name);
        let status = self.container.and_then(|container| named(&container.name));
        let started = status.and_then(|status| status.state.running).and_then(|running| running.started_at);
        let delay = probe.map_or(0, |probe| probe.initial_delay_seconds);
        self.killed.is_none()
            && started.is_some_and(|started| self.last.since(started) < START.saturating_add(delay))
    }

    /// When it began.
    pub(super) fn first(&self) -> Time {
        let first = self.event.first_seen().unwrap_or(self.last);
        let unready = self.pod.condition("Ready").filter(|ready| !ready.is_true());
        match unready.and_then(|ready| ready.last_transition_time) {
            // Events of one kind are counted on for an hour: the first may belong to an earlier trouble.
            Some(unready) if unready.since(first) > RECENT && unready < self.last => unready,
            _ => first,
        }
    }

    /// Whether it is of the same time as another failure.
    pub(super) fn is_around(&self, time: Time) -> bool {
        self.last.since(time).abs() <= WINDOW
    }
}

/// Whether a pod's probes got no answer in time around `time`, whatever came of it.
pub(super) fn was_slow(context: &Context<'_>, pod: &Pod, time: Time) -> bool {
    context.events(pod).unwrap_or_default().iter().any(|event| {
        timed_out(event).is_some() && event.last_seen().is_some_and(|seen| seen.since(time).abs() <= WINDOW)
    })
}
