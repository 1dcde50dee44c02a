//! What lost pods explain.

use rutter_cluster::Time;

use super::ended;
use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: pods_lost },
    Cause { explains: "service-no-backends", relation: Relation::PodToService, check: pods_lost },
    Cause { explains: "dns-down", relation: Relation::PodToService, check: pods_lost },
    Cause { explains: "job-failing", relation: Relation::PodToOwner, check: job_lost_pods },
];

/// How long after it lost a pod a workload may still lack it for that reason, in seconds.
const REPLACED_BY: i64 = 600;

/// A workload that came to lack pods when some were lost. One that lacked them before, or came to lack them long after,
/// does so for another reason.
fn pods_lost(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let other_cause = matches!(
        effect.variant,
        "cannot-create" | "cannot-schedule" | "no-match" | "port-missing" | "not-observed" | "stale"
    );
    if other_cause || cause.is_history() || effect.is_history() {
        return None;
    }
    let confidence = match effect.since {
        Some(since) if !lost_at(context, cause, since) => return None,
        Some(_) => Confidence::Likely,
        None => Confidence::Possible,
    };
    Some(Because::new(confidence, format!("pods were lost: {}", cause.message)))
}

/// Whether one of the pods was lost shortly before that time.
fn lost_at(context: &Context<'_>, cause: &Finding, time: Time) -> bool {
    let pods = cause.instances.iter().filter_map(|instance| context.pod(instance));
    let lost = pods.filter_map(|pod| ended::when(context, pod));
    lost.chain(cause.since).any(|lost| (-60..=REPLACED_BY).contains(&time.since(lost)))
}

/// A pod that its node ended counts as one that failed, unless the Job's podFailurePolicy ignores it.
fn job_lost_pods(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let by_failures = matches!(effect.variant, "backoff-limit" | "indexes" | "pod-policy" | "retrying");
    let first = cause.since.zip(effect.since).is_none_or(|(lost, failed)| lost.since(failed) <= 60);
    let retrying = effect.variant == "retrying";
    (by_failures && (first || retrying) && !cause.is_history() && !effect.is_history())
        .then(|| Because::new(Confidence::Likely, format!("its pod was lost: {}", cause.message)))
}
