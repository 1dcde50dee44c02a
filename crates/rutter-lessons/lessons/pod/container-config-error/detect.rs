//! Looks at each container of a pod: does it wait for something that the kubelet or the runtime cannot give?

use rutter_cluster::{
    Time,
    objects::{ContainerStatus, Pod},
};

use super::{ID, told};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome,
    containers::{self, Role},
    revision,
    starting::{self, START},
    texts::{
        container_config,
        container_exit::{self, Exit, StartFailure},
        unfinished,
    },
};

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if pod.is_finished() || pod.meta.deleted.is_some() {
        return Ok(());
    }
    findings.extend(pod.container_statuses().filter_map(|(status, _)| failure(context, pod, status)));
    Ok(())
}

/// Why a container doesn't start.
struct Failure {
    variant: &'static str,
    /// To stand behind a colon.
    phrase: String,
    evidence: Option<Evidence>,
    confidence: Confidence,
}

/// A container that waits with a reason that is neither its image nor a run that ended.
fn failure(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Finding> {
    let failure = why(context, pod, status)?;
    let since = since(context, pod, status);
    // A ConfigMap that is made a moment after its pod, a runtime that was busy: they pass.
    if since.is_some_and(|since| context.is_younger(since, START)) {
        return None;
    }
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = failure.variant;
    if finding.variant == "runtime" {
        finding.hidden_with_node(context);
    }
    finding.container = Some(status.name.clone());
    finding.severity = containers::severity(context, pod);
    finding.since = since;
    finding.confidence =
        if starting::is_out_of_date(context, pod) { Confidence::Possible } else { failure.confidence };
    let role = Role::of(pod, &status.name);
    let more = starting::consequence(context, pod, role);
    finding.message = format!("{role} {} cannot start: {}{more}", status.name, failure.phrase);
    let ended = containers::last_end(status).filter(|end| never_ran(end.ended));
    finding.evidence.extend(ended.map(|end| end.evidence(pod, status)));
    finding.evidence.extend(containers::waiting(pod, status));
    finding.evidence.extend(failure.evidence);
    finding.evidence.extend(revision::rollout(context, pod).map(|rollout| rollout.evidence));
    Some(finding)
}

fn why(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Failure> {
    let Some(waiting) = &status.state.waiting else { return between_tries(context, pod, status) };
    match waiting.reason.as_str() {
        "CreateContainerConfigError" => {
            let problem = container_config::problem(&waiting.message);
            let told = told::told(context, pod, problem);
            Some(Failure {
                variant: told::variant(problem),
                phrase: told.phrase,
                evidence: told.evidence,
                confidence: told.confidence,
            })
        }
        "CreateContainerError"
        | "RunContainerError"
        | "PostStartHookError"
        | "PreStartHookError"
        | "PreCreateHookError"
        | "StartError"
        | "ContainerCannotRun" => {
            let hook = waiting.reason.ends_with("HookError");
            refused(context, pod, &waiting.message, hook)
        }
        "CrashLoopBackOff" => between_tries(context, pod, status),
        _ => None,
    }
}

/// Between two tries to start it, only the last tells why.
fn between_tries(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Failure> {
    let ended = containers::last_end(status).filter(|_| status.state.running.is_none())?.ended;
    let again = pod.spec.restart_policy != "Never";
    (again && never_ran(ended)).then(|| refused(context, pod, &ended.message, false)).flatten()
}

fn never_ran(ended: &rutter_cluster::objects::Terminated) -> bool {
    container_exit::exit(ended.exit_code, None, &ended.reason) == Exit::NotStarted
}

/// What the runtime refused.
fn refused(context: &Context<'_>, pod: &Pod, message: &str, hook: bool) -> Option<Failure> {
    let failure = container_exit::start_failure(message);
    if failure == StartFailure::MemoryLimitTooLow {
        return None;
    }
    let runtime = is_runtime(message);
    let phrase = if runtime {
        format!("the container runtime on {} does not get it made", pod.spec.node_name)
    } else {
        starting::phrase(context, pod, failure)
    };
    let phrase = if hook { format!("its lifecycle hook fails ({phrase})") } else { phrase };
    let variant = if runtime { "runtime" } else { "start-failed" };
    Some(Failure { variant, phrase, evidence: None, confidence: Confidence::Certain })
}

/// When it began: with the first event that says so, else when the pod came to its node or the last run ended.
fn since(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Time> {
    let events = containers::events_about(context, pod, &status.name);
    let failed = events.iter().filter(|event| event.reason == "Failed" && event.is_warning());
    let first = failed.filter_map(|event| event.first_seen()).min();
    let ends = || containers::ends(status).filter_map(|end| end.ended.finished_at).min();
    let began = if status.restart_count == 0 { pod.status.start_time } else { ends() };
    first.into_iter().chain(began).min()
}

/// Signs that the runtime is at fault, not what it was asked for.
fn is_runtime(message: &str) -> bool {
    const MARKS: [&str; 2] = ["connection refused", "transport is closing"];
    unfinished::start(message) || MARKS.iter().any(|mark| message.contains(mark))
}
