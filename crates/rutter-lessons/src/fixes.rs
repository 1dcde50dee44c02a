//! What the plans of several lessons have in common.

use rutter_cluster::{Resource, objects::Pod};
use rutter_plan::{Condition, Draft, Object, Step};

use crate::Context;

/// Seconds for a pod to end after its grace period.
const ENDS: i64 = 120;

/// Seconds until something that was started is ready, or something is wrong with it.
pub(crate) const READY: u64 = 600;

/// Seconds for a write that nothing has to follow.
pub(crate) const SOON: u64 = 120;

/// An object as plans name it: with its uid. Nothing where the source doesn't tell that: a plan that can't say exactly which
/// object it means is none.
pub(crate) fn known(of: &impl Resource) -> Option<Object> {
    Some(Object::from(&of.object_ref())).filter(|object| !object.uid.is_empty())
}

/// Seconds for a pod to be gone that is told to go.
pub(crate) fn gone_within(pod: &Pod) -> u64 {
    let grace = pod.spec.termination_grace_period_seconds.unwrap_or(30).clamp(0, 3600);
    u64::try_from(grace.saturating_add(ENDS)).unwrap_or(READY)
}

/// Starts a pod anew by deleting it; nothing if no controller would make another one, or it is a static one, which the API
/// server only shows. A disruption budget is not asked: the pod does no work that it could protect.
pub(crate) fn restart(context: &Context<'_>, pod: &Pod, title: impl Into<String>) -> Option<Draft> {
    let object = known(pod)?;
    let maker = pod.meta.controller().filter(|owner| {
        matches!(owner.kind.as_str(), "ReplicaSet" | "DaemonSet" | "StatefulSet" | "ReplicationController")
    })?;
    if pod.meta.deleted.is_some() || pod.is_finished() {
        return None;
    }
    let owner = Object {
        api_version: maker.api_version.to_string(),
        kind: maker.kind.to_string(),
        namespace: object.namespace.clone(),
        name: maker.name.to_string(),
        uid: maker.uid.to_string(),
    };
    let why =
        format!("{owner} makes another one in its place; the old one, and what it held in memory, is gone.");
    let delete = Step::delete(&object, why, gone_within(pod))
        .needing([Condition::There { object: owner.clone() }])
        .needing((!pod.is_ready()).then(|| Condition::reports(&object, "Ready", false)));
    let field = if owner.kind == "DaemonSet" { "/status/numberReady" } else { "/status/readyReplicas" };
    // One that was ready is counted until its end is seen: then this only tells that no other was lost.
    let ready = ready_of(context, pod) + i64::from(!pod.is_ready());
    let wait = Step::wait(
        format!("{} ready", owner.name),
        format!("Wait until {owner} has {ready} ready"),
        [Condition::at_least(&owner, field, ready)],
        READY,
    );
    Some(Draft::new(title).about(&object).then(delete).then(wait))
}

/// How many of the pods of the same controller are ready.
fn ready_of(context: &Context<'_>, pod: &Pod) -> i64 {
    let pods = context.pods_under(&context.top_owner(pod)).unwrap_or_default();
    let controller = |pod: &Pod| pod.meta.controller().map(|owner| owner.name.clone());
    let same = |other: &&&Pod| other.is_ready() && controller(other) == controller(pod);
    i64::try_from(pods.iter().filter(same).count()).unwrap_or_default()
}
