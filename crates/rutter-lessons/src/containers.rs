//! Containers that end: what the lessons about them share.

use std::fmt;

use rutter_cluster::{
    ObjectRef, Str, Time,
    objects::{ContainerStatus, Event, Lease, Pod, Probe, Terminated},
};

use crate::{Because, Confidence, Context, Evidence, Finding, Severity};

/// What a container is for in its pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// One of the pod's own.
    Main,
    /// Runs before those, and must end.
    Init,
    /// Starts before those, and stays (1.28+).
    Sidecar,
}

impl Role {
    /// The role of a container by its name.
    pub(crate) fn of(pod: &Pod, name: &str) -> Self {
        match pod.spec.init_containers.iter().find(|container| container.name == name) {
            Some(container) if container.restart_policy == "Always" => Self::Sidecar,
            Some(_) => Self::Init,
            None => Self::Main,
        }
    }

    /// The list in the pod's status that holds it.
    fn list(self) -> &'static str {
        if self == Self::Main { "containerStatuses" } else { "initContainerStatuses" }
    }

    /// The list in the pod's spec that holds it.
    pub(crate) fn spec_list(self) -> &'static str {
        if self == Self::Main { "containers" } else { "initContainers" }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Main => "container",
            Self::Init => "init container",
            Self::Sidecar => "sidecar container",
        })
    }
}

/// How a container last ended, and where that stands.
#[derive(Clone, Copy)]
pub(crate) struct End<'c> {
    /// `state` or `lastState`.
    field: &'static str,
    /// The end itself.
    pub(crate) ended: &'c Terminated,
}

/// The last end that the status knows.
pub(crate) fn last_end(status: &ContainerStatus) -> Option<End<'_>> {
    ends(status).next()
}

/// The ends that the status knows, the newest first: two at most.
pub(crate) fn ends(status: &ContainerStatus) -> impl Iterator<Item = End<'_>> {
    let now = status.state.terminated.as_deref().map(|ended| End { field: "state", ended });
    let before = status.last_state.terminated.as_deref().map(|ended| End { field: "lastState", ended });
    now.into_iter().chain(before)
}

impl End<'_> {
    /// The end as evidence, with the number of restarts.
    pub(crate) fn evidence(&self, pod: &Pod, status: &ContainerStatus) -> Evidence {
        let ended = self.ended;
        let signal = if ended.signal > 0 { format!(", signal {}", ended.signal) } else { String::new() };
        let message = match ended.message.trim() {
            "" => String::new(),
            message => format!(": {}", clean(message)),
        };
        let value = format!(
            "{} (exit code {}{signal}, restarts {}){message}",
            ended.reason, ended.exit_code, status.restart_count
        );
        let path = path(pod, status, &format!("{}.terminated", self.field));
        Evidence::field(pod, path, value, ended.finished_at)
    }
}

/// The path of a field in the status of a container.
pub(crate) fn path(pod: &Pod, status: &ContainerStatus, field: &str) -> String {
    format!("status.{}[{}].{field}", Role::of(pod, &status.name).list(), status.name)
}

/// What a container waits for, as evidence.
pub(crate) fn waiting(pod: &Pod, status: &ContainerStatus) -> Option<Evidence> {
    let waiting = status.state.waiting.as_ref()?;
    let value = match waiting.message.as_str() {
        "" => waiting.reason.to_string(),
        message => format!("{}: {}", waiting.reason, clean(message)),
    };
    Some(Evidence::field(pod, path(pod, status, "state.waiting"), value, None))
}

/// The events about one container of a pod; those that name none count where the pod has only one.
pub(crate) fn events_about<'c>(context: &Context<'c>, pod: &Pod, container: &Str) -> Vec<&'c Event> {
    let only = pod.spec.containers.len() + pod.spec.init_containers.len() == 1;
    let mine = |event: &&Event| event.container().map_or(only, |name| *container == *name);
    context.events(pod).unwrap_or_default().into_iter().filter(mine).collect()
}

/// When a container's trouble began: with the first back-off, as far as events remember, else when the pod stopped being
/// ready; or with the first end that is known.
pub(crate) fn since(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Time> {
    let events = events_about(context, pod, &status.name);
    let backed_off = events.iter().filter(|event| event.reason == "BackOff" && event.is_warning());
    let told = backed_off.filter_map(|event| event.first_seen()).min();
    let ended = ends(status).filter_map(|end| end.ended.finished_at);
    let not_ready =
        pod.condition("Ready").filter(|ready| ready.is_false()).and_then(|ready| ready.last_transition_time);
    ended.chain(told.or(not_ready)).min()
}

/// How bad it is that a pod can't work: by whether another pod of its workload does.
pub(crate) fn severity(context: &Context<'_>, pod: &Pod) -> Severity {
    // A Job's pods do their work without ever serving anybody.
    let job = pod.meta.controller().is_some_and(|owner| owner.kind == "Job");
    let others = || context.any_ready_under(&context.top_owner(pod)) == Ok(true);
    if job || others() { Severity::Medium } else { Severity::High }
}

/// A text as a report may show it: one line without control characters and passwords in addresses, cut at a length.
pub(crate) fn clean(text: &str) -> String {
    const MOST: usize = 200;
    let mut line = String::new();
    let mut in_escape = false;
    for c in text.trim().chars() {
        match c {
            '\u{1b}' => in_escape = true,
            _ if in_escape => in_escape = !c.is_ascii_alphabetic(),
            '\n' | '\r' | '\t' => line.push(' '),
            _ if c.is_control() => {}
            _ => line.push(c),
        }
    }
    shortened(&without_password(&line), MOST)
}

/// A text cut at so many characters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most).and_then(|(end, _)| text.get(..end)) {
        Some(head) => format!("{head}…"),
        None => text.to_owned(),
    }
}

/// `postgres://shop:secret@db/shop` → `postgres://…@db/shop`.
fn without_password(line: &str) -> String {
    let mut pieces = line.split("://");
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end =
            piece.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'')).unwrap_or(piece.len());
        let (authority, rest) = piece.split_at(end);
        whole.push_str("://");
        match authority.rsplit_once('@') {
            Some((login, host)) if login.contains(':') => {
                whole.push_str("…@");
                whole.push_str(host);
            }
            _ => whole.push_str(authority),
        }
        whole.push_str(rest);
    }
    whole
}

/// How long, in seconds, a pod without slow probes may take until it is ready.
const START: i64 = 60;

/// Whether a pod is still within the time that its probes give it for the first start.
pub(crate) fn starts(context: &Context<'_>, pod: &Pod) -> bool {
    let restarted = pod.container_statuses().any(|(status, _)| status.restart_count > 0);
    let probes = |probe: &Probe| {
        let tries = probe.failure_threshold.max(1).saturating_mul(probe.period_seconds.max(1));
        probe.initial_delay_seconds.saturating_add(tries).clamp(0, 3600)
    };
    let first = pod.spec.containers.iter().flat_map(|container| {
        let readiness = container.readiness_probe.as_deref().map_or(0, |probe| probe.initial_delay_seconds);
        [container.startup_probe.as_deref().map_or(0, probes), readiness]
    });
    let allowed = first.max().unwrap_or(0).clamp(0, 3600) + START;
    !restarted && pod.meta.created.is_some_and(|created| context.may_be_younger(created, allowed))
}

/// How long a new node may take, in seconds, once the autoscaler has asked for it.
const SCALE_UP: i64 = 600;

/// Whether the autoscaler has asked for a node for this pod a short time ago.
pub(crate) fn autoscaler_works(context: &Context<'_>, pod: &Pod) -> bool {
    let Ok(events) = context.events(pod) else { return false };
    let asked = |event: &&&Event| matches!(event.reason.as_str(), "TriggeredScaleUp" | "Nominated");
    let last = events.iter().rev().find(asked).and_then(|event| event.last_seen());
    last.is_some_and(|time| context.age(time) < SCALE_UP)
}

/// The lease of the namespace that one of these pods holds: their application elects a leader.
pub(crate) fn leads<'c>(context: &Context<'c>, namespace: &str, pods: &[&Pod]) -> Option<&'c Lease> {
    let holds = |holder: &str, pod: &Pod| {
        holder
            .strip_prefix(pod.meta.name.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '/', '.']))
    };
    let leases = context.leases_in(namespace).ok()?;
    leases.iter().find(|lease| pods.iter().any(|pod| holds(&lease.spec.holder_identity, pod)))
}

/// How far containers that keep ending explain that a workload or a Service lacks ready pods: by how many of the pods
/// that aren't ready show it.
pub(crate) fn lacks_pods(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if crate::hosting::has_other_cause(effect) || cause.is_history() || effect.is_history() {
        return None;
    }
    let pods = cause.instances.iter().filter_map(|instance| context.pod(instance));
    let unready = pods.filter(|pod| !pod.is_ready()).count();
    let missing = crate::hosting::unready_behind(context, effect)?.len();
    let first = in_order(cause.since, effect.since);
    let confidence = match unready {
        0 => return None,
        // All that are missing are these.
        _ if unready >= missing && first => Confidence::Certain,
        _ if unready * 2 >= missing => Confidence::Likely,
        _ => Confidence::Possible,
    };
    Some(Because::new(confidence.min(cause.confidence), cause.message.clone()))
}

/// A pod is not ready while its container runs into its first end, and for a back-off of 5 minutes before the next is
/// told. Unknown times don't speak against it.
fn in_order(cause: Option<Time>, effect: Option<Time>) -> bool {
    cause.zip(effect).is_none_or(|(cause, effect)| cause.since(effect) <= 300)
}

/// Whether an effect is about the Job that made a pod of the cause: a CronJob has others.
pub(crate) fn is_of_job(context: &Context<'_>, cause: &Finding, effect: &Finding) -> bool {
    let jobs: Vec<&Str> =
        effect.instances.iter().filter(|object| object.kind == "Job").map(|job| &job.name).collect();
    let mut pods = cause.instances.iter().filter_map(|instance| context.pod(instance));
    jobs.is_empty() || pods.any(|pod| pod.meta.controller().is_some_and(|owner| jobs.contains(&&owner.name)))
}

/// The workload whose template `kubectl set` changes so that its pods are replaced; none for what leaves its pods as they
/// are (a ReplicaSet of its own).
pub(crate) fn rolled_workload(object: &ObjectRef) -> Option<String> {
    let rolls = matches!(object.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet" | "CronJob");
    rolls.then(|| format!("{}/{}", object.kind.to_lowercase(), object.name))
}

/// Whether what is wrong with a workload's pods keeps a disruption budget short of healthy ones: its finding names the
/// workload.
pub(crate) fn keeps_short(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "unhealthy" && !cause.is_history() && !effect.is_history();
    fits.then(|| Because::new(cause.confidence.min(Confidence::Likely), cause.message.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_fit_to_show() {
        let line = "\u{1b}[31mpq: postgres://shop:s3cret@db:5432/shop and amqp://mq/ \u{7}down\u{1b}[0m\n";
        assert_eq!(clean(line), "pq: postgres://…@db:5432/shop and amqp://mq/ down");
        assert_eq!(clean("http://u:p@x"), "http://…@x");
        assert_eq!(clean("http://user@x a@b"), "http://user@x a@b");
        assert_eq!(clean(&"é".repeat(300)).chars().count(), 201);
        assert_eq!(clean(""), "");
    }
}
