//! Deployments with their ReplicaSets, StatefulSets and DaemonSets, their status counted from their pods.

use super::json::{Json, arr, obj};
use super::meta::{Meta, last_applied, owned_by};
use super::output::Emit;
use super::plan::{Kind, Namespace, Plan, WorkloadFault};
use super::pods::NODE_FAILED;
use super::rng::time;
use super::template;

const PROGRESS_DEADLINE: i64 = 600;

type Build = fn(&Plan, usize) -> Json;

fn each(
    plan: &Plan,
    namespace: &Namespace,
    kind: Kind,
    build: Build,
    emit: &mut Emit<'_>,
) -> anyhow::Result<()> {
    let wanted = |&index: &usize| plan.workloads[index].kind == kind;
    namespace.workloads.clone().filter(wanted).try_for_each(|index| emit(build(plan, index)))
}

pub(super) fn emit_deployments(
    plan: &Plan,
    namespace: &Namespace,
    emit: &mut Emit<'_>,
) -> anyhow::Result<()> {
    each(plan, namespace, Kind::Deployment, deployment, emit)
}

pub(super) fn emit_stateful_sets(
    plan: &Plan,
    namespace: &Namespace,
    emit: &mut Emit<'_>,
) -> anyhow::Result<()> {
    each(plan, namespace, Kind::StatefulSet, stateful_set, emit)
}

pub(super) fn emit_daemon_sets(
    plan: &Plan,
    namespace: &Namespace,
    emit: &mut Emit<'_>,
) -> anyhow::Result<()> {
    each(plan, namespace, Kind::DaemonSet, daemon_set, emit)
}

pub(super) fn emit_replica_sets(
    plan: &Plan,
    namespace: &Namespace,
    emit: &mut Emit<'_>,
) -> anyhow::Result<()> {
    for index in namespace.workloads.clone() {
        if plan.workloads[index].kind == Kind::Deployment {
            (1..=plan.revision(index)).try_for_each(|revision| emit(replica_set(plan, index, revision)))?;
        }
    }
    Ok(())
}

fn metadata(plan: &Plan, index: usize, generation: i64, annotations: Vec<(&'static str, Json)>) -> Json {
    let workload = &plan.workloads[index];
    Meta {
        generation,
        labels: Json::map(template::labels(plan, workload, None)),
        annotations: Json::map(annotations),
        ..Meta::new(
            plan.namespace_of(workload),
            &workload.name,
            plan.uid("workload", index),
            workload.created,
        )
    }
    .json()
}

/// What somebody once applied: the object without defaults and status.
fn applied(plan: &Plan, index: usize, kind: &'static str) -> (&'static str, Json) {
    let workload = &plan.workloads[index];
    let mut object = obj! {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": obj! {
            "annotations": obj! {},
            "name": &workload.name,
            "namespace": plan.namespace_of(workload).to_owned(),
        },
        "spec": obj! {
            "replicas": Json::when(workload.kind != Kind::DaemonSet, || workload.replicas.into()),
            "selector": obj! { "matchLabels": Json::map(template::selector_labels(workload)) },
            "template": template::template(plan, index, None),
        },
    };
    object.sort_keys();
    last_applied(&object)
}

fn deployment(plan: &Plan, index: usize) -> Json {
    let workload = &plan.workloads[index];
    let revision = plan.revision(index);
    let annotations = vec![
        ("deployment.kubernetes.io/revision", revision.to_string().into()),
        applied(plan, index, "Deployment"),
    ];
    let generation = revision as i64;
    obj! {
        "metadata": metadata(plan, index, generation, annotations),
        "spec": obj! {
            "replicas": workload.replicas,
            "selector": obj! { "matchLabels": Json::map(template::selector_labels(workload)) },
            "template": template::template(plan, index, None),
            "strategy": obj! {
                "type": "RollingUpdate",
                "rollingUpdate": obj! { "maxUnavailable": "25%", "maxSurge": "25%" },
            },
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": PROGRESS_DEADLINE,
        },
        "status": deployment_status(plan, index, generation),
    }
}

/// A count that Go leaves out when it is 0.
fn count(number: usize) -> Json {
    Json::when(number > 0, || number.into())
}

fn deployment_status(plan: &Plan, index: usize, generation: i64) -> Json {
    let workload = &plan.workloads[index];
    let (replicas, ready) = (plan.replicas_of(workload).count(), plan.ready_replicas(workload));
    obj! {
        "observedGeneration": generation,
        "replicas": count(replicas),
        "updatedReplicas": count(replicas),
        "readyReplicas": count(ready),
        "availableReplicas": count(ready),
        "unavailableReplicas": count(workload.replicas - ready),
        "conditions": deployment_conditions(plan, index),
    }
}

fn condition(kind: &'static str, status: bool, since: i64, reason: &'static str, message: String) -> Json {
    obj! {
        "type": kind,
        "status": if status { "True" } else { "False" },
        "lastUpdateTime": time(since),
        "lastTransitionTime": time(since),
        "reason": reason,
        "message": message,
    }
}

fn deployment_conditions(plan: &Plan, index: usize) -> Json {
    let workload = &plan.workloads[index];
    let set = replica_set_name(plan, index, plan.revision(index));
    let done = workload.rolled_out + 45;
    let failed = workload.fault != WorkloadFault::None;
    let available = if plan.is_available(workload) {
        let message = "Deployment has minimum availability.".to_owned();
        condition("Available", true, done, "MinimumReplicasAvailable", message)
    } else {
        let since = if failed { workload.rolled_out } else { NODE_FAILED };
        let message = "Deployment does not have minimum availability.".to_owned();
        condition("Available", false, since, "MinimumReplicasUnavailable", message)
    };
    let progressing = if failed {
        let since = workload.rolled_out + PROGRESS_DEADLINE + 1;
        let message = format!("ReplicaSet \"{set}\" has timed out progressing.");
        condition("Progressing", false, since, "ProgressDeadlineExceeded", message)
    } else {
        let message = format!("ReplicaSet \"{set}\" has successfully progressed.");
        condition("Progressing", true, done, "NewReplicaSetAvailable", message)
    };
    let mut all = vec![available, progressing];
    if workload.fault == WorkloadFault::Quota {
        let message = quota_message(plan, index);
        all.push(condition("ReplicaFailure", true, workload.rolled_out, "FailedCreate", message));
    }
    all.into()
}

pub(super) fn replica_set_name(plan: &Plan, index: usize, revision: usize) -> String {
    format!("{}-{}", plan.workloads[index].name, plan.template_hash(index, revision))
}

/// What the quota admission answers to the ReplicaSet controller.
pub(super) fn quota_message(plan: &Plan, index: usize) -> String {
    let set = replica_set_name(plan, index, plan.revision(index));
    let used = plan.pods_in(&plan.namespaces[plan.workloads[index].namespace]).len();
    format!(
        "pods \"{set}-{}\" is forbidden: exceeded quota: team-quota, requested: pods=1, used: pods={used}, limited: \
         pods={used}",
        super::rng::name_suffix(plan.rng("refused", index).next(), 5)
    )
}

fn replica_set(plan: &Plan, index: usize, revision: usize) -> Json {
    let workload = &plan.workloads[index];
    let current = revision == plan.revision(index);
    let hash = plan.template_hash(index, revision);
    let desired = if current { workload.replicas } else { 0 };
    let age = (workload.rolled_out - workload.created) * (revision as i64 - 1) / plan.revision(index) as i64;
    let created = if current { workload.rolled_out } else { workload.created + age };
    let mut selector = template::selector_labels(workload).to_vec();
    selector.push(("pod-template-hash", hash.clone().into()));
    let uid = plan.uid("replicaset", index * 64 + revision);
    let meta = Meta {
        generation: if current { 1 } else { 2 },
        labels: Json::map(template::labels(plan, workload, Some(hash.clone()))),
        annotations: Json::map([
            ("deployment.kubernetes.io/desired-replicas", workload.replicas.to_string()),
            (
                "deployment.kubernetes.io/max-replicas",
                (workload.replicas + workload.replicas.div_ceil(4)).to_string(),
            ),
            ("deployment.kubernetes.io/revision", revision.to_string()),
        ]),
        owner: owned_by("apps/v1", "Deployment", workload.name.clone(), plan.uid("workload", index)),
        ..Meta::new(plan.namespace_of(workload), replica_set_name(plan, index, revision), uid, created)
    };
    obj! {
        "metadata": meta.json(),
        "spec": obj! {
            "replicas": desired,
            "selector": obj! { "matchLabels": Json::map(selector) },
            "template": template::template(plan, index, Some(hash)),
        },
        "status": replica_set_status(plan, index, current),
    }
}

fn replica_set_status(plan: &Plan, index: usize, current: bool) -> Json {
    let workload = &plan.workloads[index];
    if !current {
        return obj! { "replicas": 0, "observedGeneration": 2 };
    }
    let (replicas, ready) = (plan.replicas_of(workload).count(), plan.ready_replicas(workload));
    let failure = || {
        arr![obj! {
            "type": "ReplicaFailure",
            "status": "True",
            "lastTransitionTime": time(workload.rolled_out),
            "reason": "FailedCreate",
            "message": quota_message(plan, index),
        }]
    };
    obj! {
        "replicas": replicas,
        "fullyLabeledReplicas": count(replicas),
        "readyReplicas": count(ready),
        "availableReplicas": count(ready),
        "observedGeneration": 1,
        "conditions": Json::when(workload.fault == WorkloadFault::Quota, failure),
    }
}

fn stateful_set(plan: &Plan, index: usize) -> Json {
    let workload = &plan.workloads[index];
    let revision = replica_set_name(plan, index, plan.revision(index));
    let ready = plan.ready_replicas(workload);
    obj! {
        "metadata": metadata(plan, index, 1, vec![applied(plan, index, "StatefulSet")]),
        "spec": obj! {
            "replicas": workload.replicas,
            "selector": obj! { "matchLabels": Json::map(template::selector_labels(workload)) },
            "template": template::template(plan, index, None),
            "volumeClaimTemplates": arr![super::storage::claim_template()],
            "serviceName": &workload.name,
            "podManagementPolicy": "OrderedReady",
            "updateStrategy": obj! { "type": "RollingUpdate", "rollingUpdate": obj! { "partition": 0 } },
            "revisionHistoryLimit": 10,
            "persistentVolumeClaimRetentionPolicy": obj! { "whenDeleted": "Retain", "whenScaled": "Retain" },
        },
        "status": obj! {
            "observedGeneration": 1,
            "replicas": workload.pods.len(),
            "readyReplicas": count(ready),
            "currentReplicas": workload.pods.len(),
            "updatedReplicas": workload.pods.len(),
            "currentRevision": revision.clone(),
            "updateRevision": revision,
            "collisionCount": 0,
            "availableReplicas": ready,
        },
    }
}

fn daemon_set(plan: &Plan, index: usize) -> Json {
    let workload = &plan.workloads[index];
    let (desired, ready) = (workload.replicas, plan.ready_replicas(workload));
    let generation = ("deprecated.daemonset.template.generation", Json::from("1"));
    obj! {
        "metadata": metadata(plan, index, 1, vec![generation, applied(plan, index, "DaemonSet")]),
        "spec": obj! {
            "selector": obj! { "matchLabels": Json::map(template::selector_labels(workload)) },
            "template": template::template(plan, index, None),
            "updateStrategy": obj! {
                "type": "RollingUpdate",
                "rollingUpdate": obj! { "maxUnavailable": 1, "maxSurge": 0 },
            },
            "revisionHistoryLimit": 10,
        },
        "status": obj! {
            "currentNumberScheduled": desired,
            "numberMisscheduled": 0,
            "desiredNumberScheduled": desired,
            "numberReady": ready,
            "observedGeneration": 1,
            "updatedNumberScheduled": desired,
            "numberAvailable": count(ready),
            "numberUnavailable": count(desired - ready),
        },
    }
}
