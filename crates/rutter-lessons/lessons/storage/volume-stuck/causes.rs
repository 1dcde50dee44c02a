//! What a stuck volume explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "pod-unschedulable", relation: Relation::ClaimToPod, check: unbound },
    Cause { explains: super::ID, relation: Relation::ClaimToPod, check: claim_behind },
    Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: pod_waits },
    Cause { explains: "service-no-backends", relation: Relation::PodToService, check: pod_waits },
    Cause { explains: "dns-down", relation: Relation::PodToService, check: pod_waits },
    Cause { explains: "job-failing", relation: Relation::PodToOwner, check: job_waits },
];

/// How much later than the effect the first event of the cause may come, in seconds: the kubelet gives up mounting after
/// two minutes, and only then says so.
const LAG: i64 = 240;

/// The scheduler waits for the claim.
fn unbound(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let about_claim = cause.object.kind == "PersistentVolumeClaim";
    (about_claim && effect.variant == "volume" && !cause.is_history()).then(|| {
        Because::new(
            Confidence::Certain,
            format!("claim {} isn't bound: {}", cause.object.name, cause.message),
        )
    })
}

/// The pod's volume doesn't come because its claim has none.
fn claim_behind(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let claim = cause.object.kind == "PersistentVolumeClaim" && effect.object.kind != "PersistentVolumeClaim";
    let open = matches!(effect.variant, "claim" | "timeout" | "attach" | "mount");
    (claim && open && !cause.is_history()).then(|| {
        Because::new(
            Confidence::Likely,
            format!("claim {} has no volume: {}", cause.object.name, cause.message),
        )
    })
}

/// A workload's pods, or a Service's, can't start without their volume.
fn pod_waits(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let about_pod = cause.object.kind != "PersistentVolumeClaim";
    let other_cause =
        matches!(effect.variant, "cannot-create" | "no-match" | "port-missing" | "not-observed");
    // Trouble that began earlier may have begun otherwise; the pods of today wait for this.
    let order = cause.since.zip(effect.since).is_none_or(|(cause, effect)| cause.since(effect) <= LAG);
    let sure = if order { Confidence::Likely } else { Confidence::Possible };
    (about_pod && !other_cause && !cause.is_history() && !effect.is_history())
        .then(|| Because::new(sure, format!("pods wait for a volume: {}", cause.message)))
}

fn job_waits(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (cause.object.kind != "PersistentVolumeClaim" && effect.variant == "deadline")
        .then(|| Because::new(Confidence::Likely, format!("its pod waited for a volume: {}", cause.message)))
}
