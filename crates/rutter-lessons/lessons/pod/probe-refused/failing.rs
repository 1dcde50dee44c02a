//! Which probes of a container fail now: by its state, its events, and when they came.

use rutter_cluster::{
    Time,
    objects::{Condition, Container, ContainerStatus, Event, Pod, Probe},
};

use super::port;
use crate::{
    Context,
    texts::probe::{self, KillReason, Outcome, ProbeFailure, ProbeKind},
};

/// Whatever starts within this time, in seconds, starts normally; the probe's own delay comes on top.
const START: i64 = 60;

/// The same where the failure looks as it does while something starts slowly.
const SLOW_START: i64 = 180;

/// A failure this old, in seconds, says nothing about now where the container counts as ready. The kubelet's events about
/// one pod are thinned to one in five minutes.
const RECENT: i64 = 300;

/// Probes of one container that fail in the same way.
pub(super) struct Failing<'c> {
    pub(super) container: &'c Container,
    pub(super) status: &'c ContainerStatus,
    /// Which, the gravest first.
    pub(super) kinds: Vec<ProbeKind>,
    pub(super) variant: &'static str,
    /// The newest failure.
    pub(super) failure: ProbeFailure<'c>,
    /// Its events, the newest last.
    pub(super) events: Vec<&'c Event>,
    /// The last time that the container was stopped for it.
    pub(super) killed: Option<&'c Event>,
}

/// The definition of a probe.
pub(super) fn definition(container: &Container, kind: ProbeKind) -> Option<&Probe> {
    match kind {
        ProbeKind::Liveness => container.liveness_probe.as_deref(),
        ProbeKind::Readiness => container.readiness_probe.as_deref(),
        ProbeKind::Startup => container.startup_probe.as_deref(),
    }
}

/// Everything of this container that fails now.
pub(super) fn failing<'c>(
    context: &Context<'c>,
    pod: &'c Pod,
    container: &'c Container,
    status: &'c ContainerStatus,
    events: &[&'c Event],
) -> Vec<Failing<'c>> {
    let mut all: Vec<Failing<'c>> = Vec::new();
    for kind in [ProbeKind::Startup, ProbeKind::Liveness, ProbeKind::Readiness] {
        let Some(one) = of_kind(pod, container, status, kind, events) else { continue };
        if !is_current(context, pod, &one, kind) {
            continue;
        }
        match all.iter_mut().find(|other| other.variant == one.variant) {
            Some(other) => {
                other.kinds.push(kind);
                other.events.extend(one.events);
            }
            None => all.push(one),
        }
    }
    all
}

/// The failures of one kind of probe, whenever they were.
fn of_kind<'c>(
    pod: &'c Pod,
    container: &'c Container,
    status: &'c ContainerStatus,
    kind: ProbeKind,
    events: &[&'c Event],
) -> Option<Failing<'c>> {
    let only = pod.spec.containers.len() == 1 && pod.spec.init_containers.is_empty();
    let about = |event: &Event| event.container().map_or(only, |name| container.name == name);
    let parsed = |event: &&'c Event| {
        let failure = probe::parse(&event.message).filter(|failure| failure.probe == kind)?;
        (event.reason == "Unhealthy" && about(event)).then_some((*event, failure))
    };
    let failures: Vec<(&Event, ProbeFailure<'_>)> = events.iter().filter_map(parsed).collect();
    let (_, failure) = *failures.last()?;
    let variant = variant(&failure);
    let same = failures.iter().filter(|(_, failure)| self::variant(failure) == variant);
    let killed = events.iter().rev().find(|event| kills(event, container, kind)).copied();
    let events = same.map(|(event, _)| *event).collect();
    Some(Failing { container, status, kinds: vec![kind], variant, failure, events, killed })
}

/// Whether an event says that the container was stopped for that probe.
fn kills(event: &Event, container: &Container, kind: ProbeKind) -> bool {
    event.reason == "Killing"
        && probe::killing(&event.message).is_some_and(|killing| {
            container.name == killing.container && killing.reason == KillReason::ProbeFailed(kind)
        })
}

/// The form of the lesson that an outcome stands for.
pub(super) fn variant(failure: &ProbeFailure<'_>) -> &'static str {
    match failure.outcome {
        outcome if port::unknown_name(outcome).is_some() => "named-port",
        Outcome::ConnectionRefused { .. } => "refused",
        Outcome::ConnectionReset => "reset",
        Outcome::Timeout => "timeout",
        Outcome::HttpStatus(_) | Outcome::Redirect => "http-status",
        Outcome::ExecTimeout { .. } => "exec-timeout",
        Outcome::ExecNotStarted { detail } if lacks_command(detail) => "command-missing",
        Outcome::ExecNotStarted { .. } | Outcome::ContainerNotFound => "exec-failed",
        Outcome::CommandFailed { .. } => "command-failed",
        Outcome::GrpcNotServing { .. } | Outcome::GrpcNotImplemented => "grpc",
        Outcome::Tls | Outcome::WrongScheme => "tls",
        Outcome::NoSuchHost { .. } => "dns",
        Outcome::NoRoute => "no-route",
        Outcome::Unknown { .. } => "unknown",
    }
}

/// The runtime started nothing because there is nothing of that name: the image's fault, not the runtime's.
fn lacks_command(detail: &str) -> bool {
    ["executable file not found", "no such file or directory", "permission denied"]
        .iter()
        .any(|words| detail.contains(words) && !detail.contains("cgroup"))
}

/// Whether these failures say something about now.
fn is_current(context: &Context<'_>, pod: &Pod, failing: &Failing<'_>, kind: ProbeKind) -> bool {
    let Some(last) = failing.last() else { return false };
    let Some(running) = failing.status.state.running else {
        return kind != ProbeKind::Readiness && failing.ended_by_probe();
    };
    let before = running.started_at.is_some_and(|started| last < started);
    match kind {
        ProbeKind::Startup => failing.status.started != Some(true) && failing.killed.is_some(),
        ProbeKind::Liveness if before => failing.is_doomed_again(context),
        ProbeKind::Readiness if !failing.status.ready => {
            failing.status.started != Some(false) && failing.should_be_ready(context)
        }
        _ => !before && goes_on(context, pod, failing, last),
    }
}

/// Whether a container that counts as ready fails its probe again and again: not now and then, and not at its start, after
/// which it became ready.
fn goes_on(context: &Context<'_>, pod: &Pod, failing: &Failing<'_>, last: Time) -> bool {
    let count: i64 = failing.events.iter().map(|event| event.occurrences()).fold(0, i64::saturating_add);
    let first = failing.events.iter().filter_map(|event| event.first_seen()).min();
    let often = count >= 2 && first.is_none_or(|first| last.since(first) / (count - 1) <= RECENT);
    let ready = pod.condition("Ready").filter(|ready| ready.is_true());
    let healed = ready.and_then(|ready| ready.last_transition_time).is_some_and(|since| since > last);
    often && context.age(last) < RECENT && !healed && failing.should_be_ready(context)
}

impl Failing<'_> {
    /// When it failed last.
    pub(super) fn last(&self) -> Option<Time> {
        self.events.iter().filter_map(|event| event.last_seen()).max()
    }

    /// Whether it had time enough to start.
    pub(super) fn should_be_ready(&self, context: &Context<'_>) -> bool {
        let decided = matches!(self.variant, "named-port" | "command-missing");
        let start = if decided { START } else { SLOW_START };
        let delay = self.kinds.iter().filter_map(|kind| definition(self.container, *kind));
        let delay = delay.map(|probe| probe.initial_delay_seconds).max().unwrap_or(0);
        had_time(context, self.status, start.saturating_add(delay))
    }

    /// Whether the container's last end came of this probe, rather than of itself.
    fn ended_by_probe(&self) -> bool {
        let end = self.status.state.terminated.as_ref().or(self.status.last_state.terminated.as_ref());
        let (Some(end), Some(killed)) = (end, self.killed.and_then(Event::last_seen)) else { return false };
        let after = |time: Option<Time>| time.is_none_or(|time| killed.since(time) >= 0);
        after(end.started_at) && end.finished_at.is_none_or(|time| killed.since(time) <= START)
    }

    /// Whether a container that was stopped for this probe more than once has not yet outlived its last run.
    fn is_doomed_again(&self, context: &Context<'_>) -> bool {
        let Some(end) = &self.status.last_state.terminated else { return false };
        let run = end.finished_at.zip(end.started_at).map_or(0, |(end, start)| end.since(start));
        let often = self.killed.is_some_and(|event| event.occurrences() > 1) && self.status.restart_count > 1;
        often && self.ended_by_probe() && !had_time(context, self.status, run.max(START))
    }
}

/// Whether the container runs for so many seconds now.
pub(super) fn had_time(context: &Context<'_>, status: &ContainerStatus, seconds: i64) -> bool {
    let started = status.state.running.and_then(|running| running.started_at);
    started.is_none_or(|started| !context.may_be_younger(started, seconds))
}

/// Whether a container runs and isn't ready although it had time, so that its readiness probe must be failing.
pub(super) fn lacks_readiness(
    context: &Context<'_>,
    container: &Container,
    status: &ContainerStatus,
) -> bool {
    let Some(probe) = &container.readiness_probe else { return false };
    let started = status.started.unwrap_or(container.startup_probe.is_none());
    status.state.running.is_some()
        && !status.ready
        && started
        && had_time(context, status, SLOW_START.saturating_add(probe.initial_delay_seconds))
}

/// When the pod stopped being ready, if it isn't.
pub(super) fn unready_since(pod: &Pod) -> Option<Time> {
    pod.condition("Ready").filter(|ready| !Condition::is_true(ready))?.last_transition_time
}
