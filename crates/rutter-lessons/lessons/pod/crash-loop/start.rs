//! A container that the kubelet or the runtime cannot start at all.

use rutter_cluster::{
    Time,
    objects::{ContainerStatus, Pod},
};

use super::{START, config, detect};
use crate::{
    Confidence, Context, Finding,
    containers::{self, Role},
    texts::container_exit::{self, StartFailure},
};

/// A container that waits with a reason that is neither its image nor a back-off.
pub(super) fn failure(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Finding> {
    let waiting = status.state.waiting.as_ref()?;
    let (variant, phrase, evidence, confidence) = match waiting.reason.as_str() {
        "CreateContainerConfigError" => {
            let problem = config::problem(&waiting.message);
            let told = config::told(context, pod, problem);
            (problem.variant(), told.phrase, told.evidence, told.confidence)
        }
        "CreateContainerError"
        | "RunContainerError"
        | "PostStartHookError"
        | "PreStartHookError"
        | "PreCreateHookError"
        | "StartError"
        | "ContainerCannotRun" => {
            let failure = container_exit::start_failure(&waiting.message);
            if failure == StartFailure::MemoryLimitTooLow {
                return None;
            }
            let runtime = is_runtime(&waiting.message);
            let phrase = if runtime { stuck(pod) } else { phrase(context, pod, failure) };
            let hook = waiting.reason.ends_with("HookError");
            let phrase = if hook { format!("its lifecycle hook fails ({phrase})") } else { phrase };
            let variant = if runtime { "runtime" } else { "start-failed" };
            (variant, phrase, None, Confidence::Certain)
        }
        _ => return None,
    };
    let since = since(context, pod, status);
    // A ConfigMap that is made a moment after its pod, a runtime that was busy: they pass.
    if since.is_some_and(|since| context.is_younger(since, START)) {
        return None;
    }
    let mut finding = detect::about(context, pod, status, variant);
    finding.since = since;
    finding.confidence = confidence.min(finding.confidence);
    let role = Role::of(pod, &status.name);
    let more = detect::consequence(context, pod, role);
    finding.message = format!("{role} {} cannot start: {phrase}{more}", status.name);
    finding.evidence.extend(containers::waiting(pod, status));
    finding.evidence.extend(evidence);
    finding.evidence.extend(super::revision::rollout(context, pod).map(|rollout| rollout.evidence));
    Some(finding)
}

/// When it began: with the first event that says so, else when the pod came to its node or the last run ended.
fn since(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Time> {
    let events = containers::events_about(context, pod, &status.name);
    let failed = events.iter().filter(|event| event.reason == "Failed" && event.is_warning());
    let first = failed.filter_map(|event| event.first_seen()).min();
    let ended = || containers::last_end(status).and_then(|end| end.ended.finished_at);
    let began = if status.restart_count == 0 { pod.status.start_time } else { ended() };
    first.into_iter().chain(began).min()
}

/// Signs that the runtime is at fault, not what it was asked for.
fn is_runtime(message: &str) -> bool {
    const MARKS: [&str; 5] = [
        "context deadline exceeded",
        "failed to reserve container name",
        "is already in use by container",
        "connection refused",
        "transport is closing",
    ];
    MARKS.iter().any(|mark| message.contains(mark))
}

fn stuck(pod: &Pod) -> String {
    format!("the container runtime on {} does not get it made", pod.spec.node_name)
}

/// Why the command can't be started, with the node's architecture where that matters.
pub(super) fn phrase(context: &Context<'_>, pod: &Pod, failure: StartFailure<'_>) -> String {
    match failure {
        StartFailure::WrongArchitecture => {
            let node = context.node(&pod.spec.node_name).ok().flatten();
            match node.map(|node| node.status.node_info.architecture.as_str()) {
                Some(of) if !of.is_empty() => format!(
                    "exec format error: its command is not made for {} ({of}), or is a script without #!",
                    pod.spec.node_name
                ),
                _ => format!("exec format error: {failure}"),
            }
        }
        // The shell's or the kernel's "no such file" also means the interpreter in the first line, or its line end.
        StartFailure::CommandNotFound { command: Some(command) } if command.strip_suffix(".sh").is_some() => {
            format!(
                "the image has no {command}, or not the interpreter in its first line (a Windows line end hides it)"
            )
        }
        StartFailure::Other { detail } if detail.trim().is_empty() => {
            "the runtime does not say why".to_owned()
        }
        StartFailure::Other { detail } | StartFailure::MountProblem { detail } => {
            format!("{}: {}", kind(failure), containers::shortened(&containers::clean(detail), 120))
        }
        _ => failure.to_string(),
    }
}

fn kind(failure: StartFailure<'_>) -> &'static str {
    match failure {
        StartFailure::MountProblem { .. } => "a volume cannot be mounted into it",
        _ => "the runtime says",
    }
}
