//! Where a container stands: in its loop, out of it, or never in one.

use std::collections::BTreeSet;

use rutter_cluster::{
    Time,
    objects::{ContainerStatus, Pod, Terminated},
};

use crate::{
    Context,
    containers::{self, Role},
    starting::START,
};

/// The kubelet forgets the back-off of a container that ran this long, in seconds.
const HEALED: i64 = 600;

/// A loop that ended this long ago, in seconds, is not worth a word.
const FORGOTTEN: i64 = 3600;

/// One that ends at least this often on average, in seconds, is not well although it runs for longer than the back-off.
const OFTEN: i64 = 2 * 3600;

/// Ends on one node within this time, in seconds, have one cause.
const TOGETHER: i64 = 60;

/// Where a container stands that has ended more than once.
pub(super) enum Stage {
    /// It waits to be started again, has just ended, or has just been started again.
    Now,
    /// It runs, but will not for long, if the past is a guide: the mean time between two ends, in seconds.
    Frequent(i64),
    /// It runs, since then.
    Healed(Time),
}

pub(super) fn stage(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Stage> {
    if let Some(waiting) = &status.state.waiting {
        return (waiting.reason == "CrashLoopBackOff" && !is_starting(context, pod, status))
            .then_some(Stage::Now);
    }
    if let Some(ended) = &status.state.terminated {
        let again = is_started_again(pod, status, ended) && status.restart_count >= 2;
        return if again { by_length(pod, status, ended) } else { None };
    }
    running(context, pod, status)
}

/// The first failures while a pod starts may be those of a start order that settles by itself.
fn is_starting(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> bool {
    let young = pod.status.start_time.is_some_and(|start| context.is_younger(start, START));
    young && status.restart_count <= 1
}

/// Whether the kubelet starts a container again that ended so.
fn is_started_again(pod: &Pod, status: &ContainerStatus, ended: &Terminated) -> bool {
    let own = pod.container(&status.name).map_or("", |container| container.restart_policy.as_str());
    let policy = if own.is_empty() { pod.spec.restart_policy.as_str() } else { own };
    let done = ended.exit_code == 0 && Role::of(pod, &status.name) == Role::Init;
    match policy {
        "Never" => false,
        "OnFailure" => ended.exit_code != 0,
        _ => !done,
    }
}

fn running(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Stage> {
    let started = status.state.running?.started_at;
    let ended = status.last_state.terminated.as_deref()?;
    let finished = ended.finished_at?;
    if status.restart_count < 3 || by_reboot(ended) || with_the_node(context, pod, finished) {
        return None;
    }
    let age = context.age(finished);
    match by_length(pod, status, ended)? {
        Stage::Frequent(mean) => (age < 2 * mean).then_some(Stage::Frequent(mean)),
        _ if age <= HEALED => Some(Stage::Now),
        // One that crashed only while it started.
        _ => (age <= FORGOTTEN).then_some(Stage::Healed(started.unwrap_or(finished))),
    }
}

/// A loop is made of short runs. Longer ones count if there are many; one end after days does not.
fn by_length(pod: &Pod, status: &ContainerStatus, ended: &Terminated) -> Option<Stage> {
    // Of what never started, the start is 1970 or unknown.
    let started = ended.started_at.filter(|started| started.unix() > 0);
    let lasted = started.zip(ended.finished_at).map_or(0, |(started, finished)| finished.since(started));
    if lasted <= HEALED {
        return Some(Stage::Now);
    }
    let began = pod.status.start_time.or(pod.meta.created)?;
    let mean = ended.finished_at?.since(began) / status.restart_count.max(1);
    (status.restart_count >= 5 && (HEALED..=OFTEN).contains(&mean)).then_some(Stage::Frequent(mean))
}

/// What containerd says of a container that it found dead when it started itself.
fn by_reboot(ended: &Terminated) -> bool {
    ended.reason == "Unknown" && ended.exit_code == 255
}

/// Whether containers of other workloads on that node ended with this one: then the node or its runtime was restarted.
fn with_the_node(context: &Context<'_>, pod: &Pod, finished: Time) -> bool {
    let pods = context.pods_on(&pod.spec.node_name).unwrap_or_default();
    let own = context.top_owner(pod);
    let mut owners = BTreeSet::new();
    let (mut all, mut ended) = (0, 0);
    for other in pods.into_iter().filter(|other| !other.is_finished() && other.meta.uid != pod.meta.uid) {
        all += 1;
        if ended_near(other, finished) {
            ended += 1;
            owners.insert(context.top_owner(other));
        }
    }
    owners.remove(&own);
    owners.len() >= 2 && ended * 2 >= all
}

fn ended_near(pod: &Pod, time: Time) -> bool {
    let mut ends = pod.container_statuses().flat_map(|(status, _)| containers::ends(status));
    ends.any(|end| end.ended.finished_at.is_some_and(|ended| ended.since(time).abs() <= TOGETHER))
}
