//! Finding pods that have no sandbox now, and why.

use rutter_cluster::{
    Time,
    objects::{Condition, ContainerStatus, Event, Pod},
};

use super::{ID, agent};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity,
    texts::{
        image_pull,
        sandbox::{self, Cause},
    },
};

/// A sandbox that comes within this time, in seconds, came normally: a new node's network needs a while.
const START: i64 = 60;

/// The kubelet tries at least this often, in seconds; its events of one kind about one pod are thinned to one in five
/// minutes. An older failure may be over.
const SILENT: i64 = 900;

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if !may_lack_sandbox(pod)
        || pod.status.start_time.or(pod.meta.created).is_none_or(|start| context.is_younger(start, START))
    {
        return Ok(());
    }
    let events = context.events(pod)?;
    let failures: Vec<&Event> = events.iter().copied().filter(|event| is_failure(event)).collect();
    let Some(last) = failures.last().copied() else { return Ok(()) };
    let first = failures.iter().filter_map(|event| event.first_seen()).min();
    let passing = first.is_some_and(|first| context.is_younger(first, START));
    if passing || came_since(pod, &events, last) {
        return Ok(());
    }
    findings.push(finding(context, pod, &failures, last, first));
    Ok(())
}

/// Whether the pod is bound to a node, and nothing in its status says that it has a sandbox.
fn may_lack_sandbox(pod: &Pod) -> bool {
    if pod.is_finished() || pod.meta.deleted.is_some() || pod.spec.node_name.is_empty() {
        return false;
    }
    // Since 1.28 (1.25 under the older name). False proves nothing before 1.35: it stayed so while images were pulled.
    let says = |kind| pod.condition(kind).is_some_and(Condition::is_true);
    if says("PodReadyToStartContainers") || says("PodHasNetwork") {
        return false;
    }
    pod.container_statuses().all(|(status, _)| waits(status))
}

/// Whether a container waits for what comes before it, rather than for itself.
fn waits(status: &ContainerStatus) -> bool {
    match (&status.state.running, &status.state.waiting) {
        (Some(_), _) => false,
        (None, Some(waiting)) => {
            matches!(waiting.reason.as_str(), "" | "ContainerCreating" | "PodInitializing")
        }
        // Ended with its last sandbox, or not known yet.
        (None, None) => true,
    }
}

/// `FailedCreateSandBox` is what people call it; `NetworkNotReady` is what the kubelet says before it even tries.
fn is_failure(event: &Event) -> bool {
    matches!(event.reason.as_str(), "FailedCreatePodSandBox" | "FailedCreateSandBox" | "NetworkNotReady")
}

/// Whether something happened after the last failure that needs a sandbox.
fn came_since(pod: &Pod, events: &[&Event], last: &Event) -> bool {
    let Some(failed) = last.last_seen() else { return false };
    let after = |time: Option<Time>| time.is_some_and(|time| time > failed);
    let needs = |event: &&&Event| {
        matches!(
            event.reason.as_str(),
            "Pulling" | "Pulled" | "Created" | "Started" | "BackOff" | "AddedInterface"
        ) || (event.reason == "Failed" && image_pull::is_about_pull(&event.message))
    };
    let ended = |status: &ContainerStatus| {
        let states = [&status.state.terminated, &status.last_state.terminated];
        states.into_iter().flatten().any(|ended| after(ended.started_at) || after(ended.finished_at))
    };
    events.iter().filter(needs).any(|event| after(event.last_seen()))
        || pod.container_statuses().any(|(status, _)| ended(status))
}

fn finding(
    context: &Context<'_>,
    pod: &Pod,
    failures: &[&Event],
    last: &Event,
    first: Option<Time>,
) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    let others = context.any_ready_under(&finding.object) == Ok(true);
    finding.severity = if others { Severity::Medium } else { Severity::High };
    let old = last.last_seen().is_some_and(|seen| context.age(seen) > SILENT);
    finding.confidence = if old { Confidence::Likely } else { Confidence::Certain };
    let cause = cause(last);
    finding.variant = variant(&cause);
    finding.hidden_with_node(context);
    finding.since = first;
    finding.message = format!("no sandbox can be created: {}", why(&cause, last));
    finding.evidence.push(Evidence::event(last));
    // A name is reserved because of what came before it.
    let other = failures.iter().rev().find(|event| variant(&self::cause(event)) != finding.variant);
    finding.evidence.extend(other.map(|event| Evidence::event(event)));
    if let Some(agent) = agent::not_ready(context, &pod.spec.node_name, &cause) {
        finding.message.push_str(&agent.phrase);
        finding.evidence.push(agent.evidence);
    }
    if let Some(leak) =
        agent::leaked(context, &pod.spec.node_name, last.text()).filter(|_| finding.variant == "no-ip")
    {
        finding.message.push_str(&leak.phrase);
        finding.evidence.push(leak.evidence);
    }
    finding
}

fn cause(event: &Event) -> Cause<'_> {
    match sandbox::parse(&event.message).cause {
        // The runtime says that its network isn't ready; whatever its words, no plugin has been called.
        _ if event.reason == "NetworkNotReady" => Cause::CniNotInitialized,
        cause => cause,
    }
}

/// The form of the lesson that a cause stands for.
fn variant(cause: &Cause<'_>) -> &'static str {
    match cause {
        Cause::CniNotInitialized => "cni-not-ready",
        Cause::NoIpLeft { .. } => "no-ip",
        Cause::CniPlugin { .. } => "cni-plugin",
        Cause::NameReserved { .. } => "name-reserved",
        Cause::RuntimeUnavailable { .. } | Cause::OciRuntime { .. } => "runtime",
        Cause::DeadlineExceeded => "deadline",
        Cause::NoSpace | Cause::SandboxImage { cause: image_pull::Cause::NoSpace, .. } => "no-space",
        Cause::SandboxImage { .. } => "pause-image",
        Cause::RuntimeClass { .. } => "runtime-class",
        Cause::CgroupProblem => "cgroup",
        Cause::Unknown { .. } => "other",
    }
}

/// The cause in words, with the end of the plugin's or runtime's own, which says the most.
fn why(cause: &Cause<'_>, event: &Event) -> String {
    let own = match cause {
        Cause::CniPlugin { detail, .. } | Cause::OciRuntime { detail } => tail(detail),
        Cause::CgroupProblem => tail(event.text()),
        Cause::Unknown { detail } => return tail(detail).to_owned(),
        _ => "",
    };
    if own.is_empty() { cause.to_string() } else { format!("{cause} ({own})") }
}

/// The last words of an error that still make sense: what follows the layers of RPC, at most 160 letters, from the start
/// of one of its parts.
fn tail(text: &str) -> &str {
    const MOST: usize = 160;
    let text = text.rsplit("desc = ").next().unwrap_or(text);
    let mut text = text.trim_end_matches(": unknown").trim_matches([' ', '.', '"', '\\', '[', ']']);
    while text.len() > MOST {
        let Some((_, rest)) = text.split_once(": ") else { break };
        text = rest;
    }
    text
}
