//! Telling the three apart.

use rutter_cluster::{
    Resource, Str,
    objects::{Event, Node, Pod},
};

use super::{ID, said};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, containers, hosting};

/// Events live for an hour; in seconds. What is older is over.
const FRESH: i64 = 3600;

pub(super) fn of_pod(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if pod.is_finished() || pod.meta.deleted.is_some() {
        return Ok(());
    }
    findings.extend(by_own_words(context, pod));
    let events = context.events(pod)?;
    let race = events.iter().rev().find(|event| {
        said::is_exec_race(&event.message)
            && event.last_seen().is_some_and(|time| context.is_younger(time, FRESH))
    });
    findings.extend(race.map(|event| exec_race(context, pod, event)));
    Ok(())
}

fn exec_race(context: &Context<'_>, pod: &Pod, event: &Event) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = "exec-race";
    finding.severity = if pod.is_ready() { Severity::Low } else { Severity::Medium };
    finding.since = event.first_seen();
    finding.message = format!(
        "a command could not be run in it because the runtime lost a race (EINVAL on cgroup.procs): neither the application nor a limit of \
         processes is at fault{}",
        by(context, pod)
    );
    finding.evidence = vec![Evidence::event(event)];
    finding
}

/// `; node-a runs docker://17.6.2 on kernel 3.10.0`.
fn by(context: &Context<'_>, pod: &Pod) -> String {
    let Ok(Some(node)) = context.node(&pod.spec.node_name) else { return String::new() };
    let info = &node.status.node_info;
    format!("; {} runs {} on kernel {}", node.meta.name, info.container_runtime_version, info.kernel_version)
}

/// A program that ended because it could make no further process or thread says so itself.
fn by_own_words(context: &Context<'_>, pod: &Pod) -> Option<Finding> {
    let (status, line, is_told) = pod.container_statuses().find_map(|(status, _)| {
        let end = containers::last_end(status)?.ended;
        let is_fresh = end.finished_at.is_some_and(|time| context.is_younger(time, FRESH));
        if end.exit_code == 0 || !is_fresh {
            return None;
        }
        let log = context.log(pod, &status.name).filter(|log| log.previous || status.state.running.is_none());
        let told = end.message.lines().chain(log.into_iter().flat_map(|log| &log.lines).map(Str::as_str));
        let (line, is_told) = told.rev().find_map(|line| Some((line, said::refused(line)?)))?;
        Some((status, line.trim().to_owned(), is_told))
    })?;
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = "limit";
    finding.severity = if pod.is_ready() { Severity::Low } else { Severity::Medium };
    // The same answer comes from a limit of the pod, of its node, and of the user (ulimit).
    finding.confidence = if is_told { Confidence::Likely } else { Confidence::Possible };
    finding.container = Some(status.name.clone());
    finding.since = containers::last_end(status).and_then(|end| end.ended.finished_at);
    let why = if is_told {
        "it has as many as it may (podPidsLimit of the kubelet, or a ulimit)"
    } else {
        "a limit of processes (podPidsLimit, a ulimit), or memory, or a seccomp profile that is too old for its image"
    };
    finding.message =
        format!("container {} ended because it could make no further process or thread: {why}", status.name);
    finding.evidence = vec![Evidence::log(pod, &status.name, line)];
    Some(finding)
}

pub(super) fn of_node(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let pressure = node.condition("PIDPressure").filter(|condition| condition.is_true());
    if let Some(pressure) = pressure.filter(|_| node.is_ready() && !hosting::is_virtual(node)) {
        let mut finding = Finding::about(ID, node);
        finding.variant = "node";
        finding.severity = Severity::High;
        finding.since = pressure.last_transition_time;
        finding.message = format!(
            "{} is short of process ids: the kubelet evicts pods, and whatever forks there may fail, the runtime included",
            node.meta.name
        );
        let value = format!("True ({})", pressure.reason);
        finding.evidence = vec![Evidence::field(
            node,
            "status.conditions[PIDPressure]",
            value,
            pressure.last_transition_time,
        )];
        findings.push(finding);
    }
    let events = context.events(node)?;
    let fresh =
        events.iter().filter(|event| event.last_seen().is_some_and(|time| context.is_younger(time, FRESH)));
    for event in fresh {
        let Some(uid) = said::fork_rejected(&event.message).and_then(said::pod_uid) else { continue };
        let pods = context.pods_on(&node.meta.name)?;
        if let Some(pod) = pods.into_iter().find(|pod| pod.meta.uid == uid.as_str()) {
            findings.push(rejected(context, pod, event));
        }
    }
    Ok(())
}

fn rejected(context: &Context<'_>, pod: &Pod, event: &Event) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = "limit";
    finding.severity = if pod.is_ready() { Severity::Low } else { Severity::Medium };
    finding.since = event.first_seen();
    finding.message = format!(
        "the kernel refused {} a further process or thread: it has as many as it may (podPidsLimit of the kubelet)",
        pod.object_ref().name
    );
    finding.evidence = vec![Evidence::event(event)];
    finding
}
