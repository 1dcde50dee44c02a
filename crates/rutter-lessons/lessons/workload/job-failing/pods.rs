//! How a Job's pods failed.

use rutter_cluster::objects::{ContainerStatus, Job, Pod, Terminated};
use rutter_cluster::{Resource, Time};

use crate::{Context, Evidence};

/// How the newest failed pod ended.
pub(super) struct Failure {
    /// To stand after a colon: `container main exits with code 1`.
    pub(super) phrase: String,
    pub(super) evidence: Evidence,
}

/// The newest failure among the pods that are still there: a Job's failed pods may have been removed.
pub(super) fn failure(context: &Context<'_>, job: &Job) -> Option<Failure> {
    let pods = context.pods_under(&job.object_ref()).ok()?;
    let failed = pods.into_iter().filter(|pod| pod.status.phase == "Failed");
    failed.max_by_key(|pod| ended(pod)).map(of_pod)
}

fn ended(pod: &Pod) -> Option<Time> {
    let ends =
        pod.container_statuses().filter_map(|(status, _)| status.state.terminated.as_ref()?.finished_at);
    ends.max().or(pod.meta.created)
}

fn of_pod(pod: &Pod) -> Failure {
    let ended = |(status, init): (_, bool)| terminated(status).map(|end| (status, end, init));
    if let Some((status, end, init)) =
        pod.container_statuses().filter_map(ended).find(|(_, end, _)| end.exit_code != 0)
        && pod.status.reason.is_empty()
    {
        return of_container(pod, status, end, init);
    }
    let reason = if pod.status.reason.is_empty() { "Failed" } else { pod.status.reason.as_str() };
    let message = pod.status.message.as_str();
    let value = if message.is_empty() { reason.to_owned() } else { format!("{reason}: {message}") };
    Failure {
        phrase: format!("its pod ended as {reason}"),
        evidence: Evidence::field(pod, "status.reason", value, ended_at(pod)),
    }
}

fn ended_at(pod: &Pod) -> Option<Time> {
    pod.condition("Ready").and_then(|ready| ready.last_transition_time)
}

fn terminated(status: &ContainerStatus) -> Option<&Terminated> {
    status.state.terminated.as_deref().or(status.last_state.terminated.as_deref())
}

fn of_container(pod: &Pod, status: &ContainerStatus, end: &Terminated, init: bool) -> Failure {
    let kind = if init { "init container" } else { "container" };
    let why = match end.reason.as_str() {
        "OOMKilled" => "was killed at its memory limit".to_owned(),
        _ => format!("exits with code {}", end.exit_code),
    };
    let list = if init { "initContainerStatuses" } else { "containerStatuses" };
    let path = format!("status.{list}[{}].state.terminated.exitCode", status.name);
    Failure {
        phrase: format!("{kind} {} {why}", status.name),
        evidence: Evidence::field(pod, path, format!("{} ({})", end.exit_code, end.reason), end.finished_at),
    }
}
