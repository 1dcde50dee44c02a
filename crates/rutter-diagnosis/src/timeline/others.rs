//! The timelines of nodes, workloads and whatever else has conditions.

use rutter_cluster::{
    Cluster, Kind, ObjectRef, Time,
    objects::{Condition, Node},
};
use std::collections::BTreeMap;

use super::{Happening, Moment};

pub(super) fn tell(cluster: &Cluster, kind: Kind, object: &ObjectRef, all: &mut Vec<Moment>) {
    let (namespace, name) = (object.namespace.as_str(), object.name.as_str());
    macro_rules! conditions_of {
        ($table:ident) => {
            if let Some(of) = cluster.$table.get(namespace, name) {
                conditions(&of.status.conditions, object, all);
            }
        };
    }
    match kind {
        Kind::Node => {
            if let Some(node) = cluster.nodes.get("", name) {
                of_node(node, object, all);
            }
        }
        Kind::Deployment => conditions_of!(deployments),
        Kind::ReplicaSet => conditions_of!(replica_sets),
        Kind::StatefulSet => conditions_of!(stateful_sets),
        Kind::ReplicationController => conditions_of!(replication_controllers),
        Kind::HorizontalPodAutoscaler => conditions_of!(autoscalers),
        Kind::Namespace => conditions_of!(namespaces),
        Kind::ApiService => conditions_of!(api_services),
        Kind::PodDisruptionBudget => conditions_of!(budgets),
        Kind::CertificateSigningRequest => conditions_of!(signing_requests),
        Kind::Job => of_job(cluster, object, all),
        Kind::CronJob => of_cron_job(cluster, object, all),
        Kind::PersistentVolume => of_volume(cluster, object, all),
        _ => {}
    }
}

/// Conditions of one object that turned the same way in the same second, for the same reason, are told together.
pub(super) fn conditions(conditions: &[Condition], object: &ObjectRef, all: &mut Vec<Moment>) {
    let mut groups = BTreeMap::<(Option<Time>, String), Vec<&str>>::new();
    for condition in conditions {
        let said = (condition.last_transition_time, turned(condition));
        groups.entry(said).or_default().push(&condition.kind);
    }
    for ((time, said), kinds) in groups {
        let text = format!("{} {said}", kinds.join(", "));
        all.push(Moment::new(time, Happening::Condition, object, text).present());
    }
}

/// `False: ContainersNotReady: containers with unready status: [app]`. That all is well needs no words.
fn turned(condition: &Condition) -> String {
    let mut said = condition.status.to_string();
    if is_good(condition) {
        return said;
    }
    for part in [&condition.reason, &condition.message] {
        if !part.is_empty() {
            said = format!("{said}: {part}");
        }
    }
    said
}

/// Whether it says what it says of most objects most of the time.
fn is_good(condition: &Condition) -> bool {
    let kind = condition.kind.as_str();
    let is_trouble = kind.ends_with("Pressure") || kind.ends_with("Unavailable") || kind.ends_with("Failure");
    if is_trouble || kind == "Failed" { condition.is_false() } else { condition.is_true() }
}

fn of_node(node: &Node, object: &ObjectRef, all: &mut Vec<Moment>) {
    conditions(&node.status.conditions, object, all);
    // Of a node that reports, the last report is as old as the snapshot and tells nothing.
    if let Some(ready) = node.condition("Ready").filter(|ready| ready.is_unknown()) {
        let text = "its kubelet reported for the last time";
        let last = Moment::new(ready.last_heartbeat_time, Happening::Condition, object, text);
        all.extend(Some(last).filter(|last| last.time.is_some()));
    }
    for taint in &node.spec.taints {
        let text = format!("taint {}:{}", taint.key, taint.effect);
        all.push(Moment::new(taint.time_added, Happening::Condition, object, text).present());
    }
    if node.spec.unschedulable {
        let tainted = node.taint("node.kubernetes.io/unschedulable").and_then(|taint| taint.time_added);
        if tainted.is_none() {
            all.push(Moment::new(None, Happening::Condition, object, "cordoned").present());
        }
    }
}

fn of_job(cluster: &Cluster, object: &ObjectRef, all: &mut Vec<Moment>) {
    let Some(job) = cluster.jobs.get(&object.namespace, &object.name) else { return };
    conditions(&job.status.conditions, object, all);
    let times = [(job.status.start_time, "started"), (job.status.completion_time, "completed")];
    let told = times.into_iter().filter(|(time, _)| time.is_some());
    all.extend(told.map(|(time, text)| Moment::new(time, Happening::Condition, object, text)));
}

fn of_cron_job(cluster: &Cluster, object: &ObjectRef, all: &mut Vec<Moment>) {
    let Some(job) = cluster.cron_jobs.get(&object.namespace, &object.name) else { return };
    let times = [
        (job.status.last_schedule_time, "scheduled a Job for the last time"),
        (job.status.last_successful_time, "a Job of it succeeded for the last time"),
    ];
    let told = times.into_iter().filter(|(time, _)| time.is_some());
    all.extend(told.map(|(time, text)| Moment::new(time, Happening::Condition, object, text)));
}

fn of_volume(cluster: &Cluster, object: &ObjectRef, all: &mut Vec<Moment>) {
    let Some(volume) = cluster.volumes.get("", &object.name) else { return };
    let status = &volume.status;
    if status.last_phase_transition_time.is_some() {
        let moment = Moment::new(
            status.last_phase_transition_time,
            Happening::Condition,
            object,
            status.phase.as_str(),
        );
        all.push(moment.present());
    }
}
