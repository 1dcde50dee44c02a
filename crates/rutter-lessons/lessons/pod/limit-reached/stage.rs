//! Whether a kill is trouble now, trouble to come, or past.

use std::sync::Arc;

use rutter_cluster::{
    Time,
    objects::{ContainerStatus, Pod, Terminated},
};

use super::facts;
use crate::{Context, containers};

/// A container that has run this long since, in seconds, has recovered.
const HEALED: i64 = 600;

/// At least one kill in this time on average, in seconds, will be followed by the next.
const DAY: i64 = 86_400;

/// A single kill this long ago, in seconds, is not worth a word.
const WEEK: i64 = 7 * DAY;

/// What a kill means now.
pub(super) enum Stage {
    /// The container is down, or has just come back.
    Now,
    /// It runs, and is killed so often that the next time will come.
    Often,
    /// It was over at that time.
    Past(Time),
}

pub(super) fn stage(
    context: &Context<'_>,
    pod: &Pod,
    status: &ContainerStatus,
    kill: &Terminated,
) -> Option<Stage> {
    let at = kill.finished_at.or(kill.started_at);
    if pod.is_finished() {
        return finished(context, pod, at);
    }
    // The new limit holds already: for pods that come after this one, or for this very pod.
    if let Some(raised) =
        at.and_then(|at| facts::raised(context, pod, &status.name, kill)?.when.filter(|when| *when > at))
    {
        return Some(Stage::Past(raised));
    }
    if let Some(ended) = &status.state.terminated {
        // An init container that ended well at a later try.
        let well = ended.exit_code == 0 && ended.reason != "OOMKilled";
        let over = ended.finished_at.filter(|_| well);
        return Some(over.map_or(Stage::Now, Stage::Past));
    }
    let Some(running) = status.state.running else { return Some(Stage::Now) };
    let Some(at) = at else { return Some(Stage::Now) };
    let age = context.age(at);
    if age <= HEALED || !status.ready && age <= DAY {
        return Some(Stage::Now);
    }
    let mean = mean(pod, status, at);
    if status.restart_count >= 3 && (HEALED..=DAY).contains(&mean) && age < 2 * mean {
        return Some(Stage::Often);
    }
    (age <= WEEK).then(|| Stage::Past(running.started_at.unwrap_or(at)))
}

/// The mean time between two restarts, in seconds.
fn mean(pod: &Pod, status: &ContainerStatus, last: Time) -> i64 {
    let began = pod.status.start_time.or(pod.meta.created).unwrap_or(last);
    last.since(began) / status.restart_count.max(1)
}

/// Whether the kill is one of many, as far as the restarts tell.
pub(super) fn is_one_of_many(pod: &Pod, status: &ContainerStatus, kill: &Terminated) -> bool {
    let often = kill.finished_at.is_none_or(|at| mean(pod, status, at) <= DAY);
    status.restart_count >= 2 && often
}

/// A pod that ended with it. Another pod of its Job may have succeeded since, and tombstones stay for long.
fn finished(context: &Context<'_>, pod: &Pod, at: Option<Time>) -> Option<Stage> {
    if pod.status.phase != "Failed" || !pod.status.reason.is_empty() {
        return None;
    }
    let at = at?;
    let age = context.age(at);
    if age > WEEK {
        return None;
    }
    let successes = successes(context, pod);
    let success = successes.get(successes.partition_point(|time| *time <= at)).copied();
    match success {
        Some(success) => Some(Stage::Past(success)),
        None if age > DAY => Some(Stage::Past(at)),
        None => Some(Stage::Now),
    }
}

/// When pods of the same owner came to work or ended well, sorted: gathered once for all its failed pods.
fn successes(context: &Context<'_>, pod: &Pod) -> Arc<Vec<Time>> {
    let owner = context.top_owner(pod);
    context.kept("successes of an owner's pods", &owner, |context, owner| {
        let pods = context.pods_under(owner).unwrap_or_default();
        let works = pods.iter().filter(|pod| pod.status.phase == "Succeeded" || pod.is_ready());
        let mut times: Vec<Time> = works.filter_map(|pod| success(pod)).collect();
        times.sort_unstable();
        times
    })
}

fn success(pod: &Pod) -> Option<Time> {
    let ended = pod.container_statuses().flat_map(|(status, _)| containers::ends(status));
    ended.filter_map(|end| end.ended.finished_at).max().or(pod.status.start_time)
}
