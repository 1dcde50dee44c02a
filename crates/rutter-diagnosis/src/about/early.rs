//! What is not ready and need not be yet.

use rutter_cluster::{
    Cluster, Kind, Resource, Time,
    objects::{Condition, Deployment, PersistentVolumeClaim, Pod, Rounded},
};

/// A pod that is younger may well be starting still, in seconds.
const YOUNG: i64 = 60;

/// Whether a pod is that young and nothing of it has failed.
pub(super) fn is_starting(cluster: &Cluster, pod: &Pod) -> bool {
    let now = cluster.time();
    let is_young = now != Time::EPOCH
        && pod.meta.created.is_some_and(|created| (0..YOUNG).contains(&now.since(created)));
    let has_failed = pod.container_statuses().any(|(status, _)| {
        let waits = status.state.waiting.as_ref().is_some_and(|waiting| {
            !matches!(waiting.reason.as_str(), "" | "ContainerCreating" | "PodInitializing")
        });
        let ended = status.state.terminated.as_ref().is_some_and(|ended| ended.exit_code != 0);
        status.restart_count > 0 || waits || ended
    });
    let is_unschedulable =
        pod.condition("PodScheduled").is_some_and(|scheduled| scheduled.reason == "Unschedulable");
    is_young && !has_failed && !is_unschedulable
}

/// Whether a Deployment puts other pods in the place of its own, and lacks no more of them than it may.
pub(super) fn is_rolling(of: &Deployment) -> bool {
    let status = &of.status;
    let wanted = of.wanted();
    let is_under_way = status.updated_replicas < wanted || status.replicas > wanted;
    let may_lack = of.spec.strategy.rolling_update.as_ref().map_or_else(
        || wanted / 4,
        |rolling| rolling.max_unavailable.scaled(wanted, Rounded::Down).unwrap_or_default(),
    );
    // One at least: where none may lack and none more be made, the controller takes one.
    let lacks = wanted.saturating_sub(status.ready_replicas);
    is_under_way
        && status.condition("Progressing").is_some_and(Condition::is_true)
        && lacks <= may_lack.max(1)
}

/// Whether a claim is Pending because nothing uses it, as its class wants it.
pub(super) fn awaits_consumer(cluster: &Cluster, claim: &PersistentVolumeClaim) -> bool {
    let class = claim.spec.storage_class_name.as_ref().and_then(|name| cluster.storage_classes.get("", name));
    claim.status.phase == "Pending"
        && class.is_some_and(|class| class.volume_binding_mode == "WaitForFirstConsumer")
        && cluster.coverage().check(Kind::Pod, &claim.meta.namespace).is_ok()
        && cluster.pods_mounting(&claim.object_ref()).len() == 0
}
