//! How far a Deployment's rollout is, and what its conditions say.

use rutter_cluster::{
    Time,
    objects::{Condition, Deployment, ReplicaSet, Rounded},
};

use super::{
    START,
    workload::{Kind, Workload},
};
use crate::{Confidence, Context, Evidence, Severity, hosting, verdict::Verdict};

/// How long a rollout may make no progress, in seconds, unless the Deployment says otherwise.
const DEADLINE: i64 = 600;

/// What the old API versions write for "no deadline" (`MaxInt32`), and more.
const NO_DEADLINE: i64 = 1 << 30;

/// Whether what is missing may come by itself: a rollout within its deadline, a pause, a moment without a pod.
pub(super) fn may_go_on(context: &Context<'_>, workload: &Workload<'_>) -> bool {
    let Kind::Deployment(deployment) = workload.kind else { return false };
    // Paused with its pods well, or before the first of them: somebody's decision.
    if deployment.spec.paused && (!is_unavailable(workload) || workload.made == 0) {
        return true;
    }
    if unavailable(workload).is_some_and(|since| context.may_be_younger(since, START)) {
        return true;
    }
    match workload.condition("Progressing") {
        Some(progressing) if progressing.reason == "NewReplicaSetAvailable" => false,
        Some(progressing) if progressing.is_true() => {
            let last = progressing.last_update_time.or(progressing.last_transition_time);
            last.is_none_or(|last| context.may_be_younger(last, deadline(deployment)))
        }
        Some(_) => false,
        None => is_new(context, deployment),
    }
}

/// A Deployment that has all it wants and, long after its rollout, more: pods of an earlier template that stay, and aren't
/// ready. Going down takes the controller seconds.
pub(super) fn surplus(context: &Context<'_>, workload: &Workload<'_>) -> Option<Verdict> {
    let Kind::Deployment(deployment) = workload.kind else { return None };
    let more = workload.made - workload.wanted;
    let left_over = more > 0 && workload.made > workload.ready && workload.made > workload.updated;
    let done = workload.condition("Progressing").filter(|done| done.reason == "NewReplicaSetAvailable")?;
    let last = done.last_update_time.or(done.last_transition_time)?;
    if !left_over || deployment.spec.paused || context.is_younger(last, deadline(deployment)) {
        return None;
    }
    let old = hosting::are(usize::try_from(more).unwrap_or_default(), "pod");
    let value = format!("{} of {} wanted", workload.made, workload.wanted);
    Some(Verdict {
        variant: "surplus",
        severity: Severity::Low,
        // Where nothing ticks, the rollout may have ended just now.
        confidence: if context.tells_time() { Confidence::Likely } else { Confidence::Possible },
        message: format!(
            "it has {} pods for {} wanted, {} of them ready: {old} left over from an earlier revision",
            workload.made, workload.wanted, workload.ready
        ),
        since: None,
        evidence: vec![workload.field("status.replicas", value, Some(last)), workload.count()],
    })
}

fn deadline(deployment: &Deployment) -> i64 {
    let own = deployment.spec.progress_deadline_seconds.filter(|own| (1..NO_DEADLINE).contains(own));
    own.unwrap_or(DEADLINE).saturating_add(deployment.spec.min_ready_seconds.clamp(0, NO_DEADLINE))
}

/// Without a deadline (old API versions) no condition tells: then the age of the newest ReplicaSet does.
fn is_new(context: &Context<'_>, deployment: &Deployment) -> bool {
    let sets = context.replica_sets(deployment).unwrap_or_default();
    let newest = sets.iter().filter(|set| set.wanted() > 0).filter_map(|set| set.meta.created).max();
    newest.is_some_and(|newest| context.may_be_younger(newest, DEADLINE))
}

/// The newest revision before the present one that has available pods.
pub(super) fn serving_revision(context: &Context<'_>, deployment: &Deployment) -> Option<u64> {
    let sets = context.replica_sets(deployment).ok()?;
    let number = |set: &ReplicaSet| -> Option<u64> {
        set.meta.annotations.get("deployment.kubernetes.io/revision")?.parse().ok()
    };
    let newest = sets.iter().filter_map(|set| number(set)).max()?;
    let serving = sets.iter().filter(|set| set.status.available_replicas > 0);
    serving.filter_map(|set| number(set)).filter(|revision| *revision < newest).max()
}

pub(super) fn is_paused(workload: &Workload<'_>) -> bool {
    matches!(workload.kind, Kind::Deployment(deployment) if deployment.spec.paused)
}

fn is_unavailable(workload: &Workload<'_>) -> bool {
    workload.condition("Available").is_some_and(Condition::is_false)
}

/// Since when it hasn't had its minimum of pods, if it hasn't.
pub(super) fn unavailable(workload: &Workload<'_>) -> Option<Time> {
    workload.condition("Available").filter(|available| available.is_false())?.last_transition_time
}

fn has_stopped(workload: &Workload<'_>) -> bool {
    workload.condition("Progressing").is_some_and(Condition::is_false)
}

/// Whether the pods of the old revision are all that is needed, and only those of the new one are missing.
pub(super) fn old_serves(workload: &Workload<'_>) -> bool {
    let old = workload.made > workload.updated;
    matches!(workload.kind, Kind::Deployment(_))
        && old
        && workload.updated < workload.wanted
        && workload.ready > 0
}

/// The worst is a workload without a single ready pod; the least one that keeps within what it may lack.
pub(super) fn severity(workload: &Workload<'_>) -> Severity {
    match workload.kind {
        Kind::Deployment(deployment)
            if workload.ready > 0 && !has_stopped(workload) && within_budget(workload, deployment) =>
        {
            Severity::Low
        }
        _ => workload.severity(),
    }
}

/// Whether it lacks no more than a rollout may take away; the controller says so itself where it is asked.
fn within_budget(workload: &Workload<'_>, deployment: &Deployment) -> bool {
    match workload.condition("Available") {
        Some(available) => available.is_true(),
        None => workload.wanted.saturating_sub(workload.ready) <= max_unavailable(deployment),
    }
}

fn max_unavailable(deployment: &Deployment) -> i64 {
    let rolling = deployment.spec.strategy.rolling_update.as_ref();
    rolling
        .and_then(|rolling| rolling.max_unavailable.scaled(deployment.wanted(), Rounded::Down))
        .unwrap_or(0)
}

/// What is missing, to stand before why.
pub(super) fn phrase(workload: &Workload<'_>) -> String {
    let paused = if is_paused(workload) { " (its rollout is paused)" } else { "" };
    if old_serves(workload) {
        let old = if workload.ready >= workload.wanted {
            "the old one still serves in full".to_owned()
        } else {
            format!("{} of {} wanted pods are ready", workload.ready, workload.wanted)
        };
        let stopped = if has_stopped(workload) { "never became ready" } else { "does not become ready" };
        return format!("the new revision {stopped}, {old}{paused}");
    }
    format!("{}{paused}", workload.phrase())
}

/// The conditions that say so.
pub(super) fn evidence(workload: &Workload<'_>) -> Vec<Evidence> {
    let bad = |kind: &str| workload.condition(kind).filter(|condition| condition.is_false());
    let mut all = Vec::new();
    if old_serves(workload) {
        let value = format!("{} of {} wanted", workload.updated, workload.wanted);
        all.push(workload.field("status.updatedReplicas", value, None));
    }
    all.extend(["Available", "Progressing"].into_iter().filter_map(bad).map(|condition| {
        let path = format!("status.conditions[{}]", condition.kind);
        workload.field(&path, format!("False ({})", condition.reason), condition.last_transition_time)
    }));
    all
}
