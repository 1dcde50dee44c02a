//! Looks at each container of a pod: was it killed for want of memory?

use rutter_cluster::{
    Quantity,
    objects::{ContainerStatus, Pod},
};

use super::{
    ID, child,
    facts::{self, Bound},
    stage::{self, Stage},
};
use crate::{
    Confidence, Context, Finding, Findings, Outcome, Severity,
    containers::{self, End, Role},
    texts::container_exit::{self, Exit, StartFailure},
};

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    // While a pod goes, it is the grace period that kills.
    if pod.meta.deleted.is_some() {
        return Ok(());
    }
    let before = findings.len();
    for (status, _) in pod.container_statuses() {
        findings.extend(killed(context, pod, status).or_else(|| too_low(context, pod, status)));
    }
    if findings.len() == before {
        findings.extend(child::on_pod(context, pod));
    }
    Ok(())
}

/// The last kill that the status knows, by the runtime's word: exit code 137 alone only says SIGKILL.
pub(super) fn last_kill(status: &ContainerStatus) -> Option<End<'_>> {
    let by_memory = |end: &End<'_>| {
        let ended = end.ended;
        container_exit::exit(ended.exit_code, Some(ended.signal), &ended.reason) == Exit::OomKilled
    };
    containers::ends(status).find(by_memory)
}

fn killed(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Finding> {
    let end = last_kill(status)?;
    let bound = facts::bound(pod, &status.name);
    let stage = stage::stage(context, pod, status, end.ended)?;
    let mut finding = about(context, pod, status, bound.variant());
    finding.since = containers::since(context, pod, status);
    match stage {
        Stage::Now => {}
        Stage::Often => (finding.severity, finding.since) = (Severity::Low, None),
        Stage::Past(until) => {
            (finding.severity, finding.until) = (Severity::Info, Some(until));
            finding.since = end.ended.finished_at;
        }
    }
    finding.confidence = confidence(bound, end);
    finding.message = message(context, pod, status, end, bound, &stage);
    finding.evidence.push(end.evidence(pod, status));
    finding.evidence.extend(bound.evidence(pod, &status.name));
    finding.evidence.extend(containers::waiting(pod, status));
    let jvm = facts::jvm(pod, &status.name);
    finding.evidence.extend(jvm.and_then(|jvm| jvm.evidence(pod, &status.name)));
    finding.evidence.extend(facts::memory_volume(pod).map(|volume| volume.evidence(pod)));
    if let Some(raised) = facts::raised(context, pod, &status.name, end.ended) {
        finding.evidence.push(raised.evidence);
    }
    if let Some(node) = facts::node_out_of_memory(context, pod, end.ended) {
        if bound != Bound::None {
            finding.confidence = Confidence::Possible;
            finding.message.push_str(
                "; its node reported SystemOOM at that time, so the node's own memory may have run out",
            );
        }
        finding.evidence.push(node);
    }
    Some(finding)
}

/// A finding about one container.
fn about(context: &Context<'_>, pod: &Pod, status: &ContainerStatus, variant: &'static str) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = variant;
    finding.container = Some(status.name.clone());
    finding.severity = containers::severity(context, pod);
    finding
}

/// A container that is killed as a whole ends with 137. Another code means that one process in it was killed.
fn whole(end: End<'_>) -> bool {
    end.ended.exit_code == 137 || end.ended.signal == 9
}

fn confidence(bound: Bound, end: End<'_>) -> Confidence {
    if bound == Bound::None || !whole(end) { Confidence::Likely } else { Confidence::Certain }
}

fn message(
    context: &Context<'_>,
    pod: &Pod,
    status: &ContainerStatus,
    end: End<'_>,
    bound: Bound,
    stage: &Stage,
) -> String {
    let role = Role::of(pod, &status.name);
    let name = &status.name;
    let again = !matches!(stage, Stage::Past(_)) && stage::is_one_of_many(pod, status, end.ended);
    let is = match stage {
        Stage::Often => "is killed now and then",
        _ if again => "is killed again and again",
        _ => "was killed",
    };
    let subject = if whole(end) {
        format!("{role} {name} {is}")
    } else {
        format!("a process in {role} {name} was killed")
    };
    let why = match bound {
        Bound::Container(limit) => format!("at its memory limit of {limit} (OOMKilled)"),
        Bound::Pod(limit) => {
            format!("because its pod as a whole reached its memory limit of {limit} (OOMKilled)")
        }
        Bound::None => format!(
            "by the kernel's OOM killer although it has no memory limit: {} ran out of memory for pods",
            pod.spec.node_name
        ),
    };
    let mut message = format!("{subject} {why}");
    if !whole(end) {
        let code = end.ended.exit_code;
        message = format!("{message}, and the container then ended with exit code {code}");
    }
    for hint in facts::hints(context, pod, &status.name, bound, end.ended) {
        message.push_str("; ");
        message.push_str(&hint);
    }
    message
}

/// A limit below what the runtime itself needs to start a process.
fn too_low(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Finding> {
    if pod.is_finished() {
        return None;
    }
    let waiting = status.state.waiting.as_ref()?;
    let end = containers::last_end(status);
    let texts = [waiting.message.as_str(), end.map_or("", |end| end.ended.message.as_str())];
    if !texts.iter().any(|text| container_exit::start_failure(text) == StartFailure::MemoryLimitTooLow) {
        return None;
    }
    let bound = facts::bound(pod, &status.name);
    let mut finding = about(context, pod, status, "too-low");
    finding.since = containers::since(context, pod, status).or(pod.status.start_time);
    let unit = |limit: Quantity| if limit.units() < 1024 { " bytes" } else { "" };
    let limit = bound.limit().map_or_else(String::new, |limit| format!(" of {limit}{}", unit(limit)));
    finding.message = format!(
        "{} {} cannot start: its memory limit{limit} is too low for the runtime to start anything",
        Role::of(pod, &status.name),
        status.name
    );
    finding.evidence.extend(containers::waiting(pod, status));
    finding.evidence.extend(end.map(|end| end.evidence(pod, status)));
    finding.evidence.extend(bound.evidence(pod, &status.name));
    Some(finding)
}
