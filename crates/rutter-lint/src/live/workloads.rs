//! Workloads of the cluster, whatever their kind.

use rutter_cluster::{Cluster, Kind, Labels, Meta, ObjectRef, Resource, objects::Pod};

use crate::{Context, manifest::Object};

/// The kinds whose templates say what the pods of a namespace may be.
pub const KINDS: [Kind; 5] =
    [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::ReplicaSet, Kind::ReplicationController];

/// A workload of the cluster.
#[derive(Clone)]
pub struct Workload<'c> {
    /// What it is.
    pub object: ObjectRef,
    /// Its metadata.
    pub meta: &'c Meta,
    /// The labels that its template gives to pods.
    pub labels: &'c Labels,
    /// How many pods it wants; of a DaemonSet as many as its controller counts.
    pub replicas: i64,
}

macro_rules! workload {
    ($object:expr) => {
        workload!($object, $object.wanted())
    };
    ($object:expr, $replicas:expr) => {
        Workload {
            object: $object.object_ref(),
            meta: &$object.meta,
            labels: &$object.spec.template.meta.labels,
            replicas: $replicas,
        }
    };
}

/// The workload of that name.
pub fn named<'c>(cluster: &'c Cluster, kind: Kind, namespace: &str, name: &str) -> Option<Workload<'c>> {
    Some(match kind {
        Kind::Deployment => workload!(cluster.deployments.get(namespace, name)?),
        Kind::StatefulSet => workload!(cluster.stateful_sets.get(namespace, name)?),
        Kind::ReplicaSet => workload!(cluster.replica_sets.get(namespace, name)?),
        Kind::ReplicationController => workload!(cluster.replication_controllers.get(namespace, name)?),
        Kind::DaemonSet => {
            let set = cluster.daemon_sets.get(namespace, name)?;
            workload!(set, set.status.desired_number_scheduled)
        }
        _ => return None,
    })
}

/// The workload that a manifest is about, as it is now.
pub fn of_manifest<'c>(context: &Context<'_>, cluster: &'c Cluster, object: &Object) -> Option<Workload<'c>> {
    named(cluster, Kind::of(&object.api_version, &object.kind)?, context.namespace(object), &object.name)
}

/// The workloads of a namespace; ReplicaSets are left out where another one controls them.
pub fn all<'c>(cluster: &'c Cluster, namespace: &str) -> Vec<Workload<'c>> {
    let mut all: Vec<Workload<'c>> = Vec::new();
    all.extend(cluster.deployments.in_namespace(namespace).iter().map(|one| workload!(one)));
    all.extend(cluster.stateful_sets.in_namespace(namespace).iter().map(|one| workload!(one)));
    let sets = cluster.daemon_sets.in_namespace(namespace).iter();
    all.extend(sets.map(|one| workload!(one, one.status.desired_number_scheduled)));
    all.extend(cluster.replica_sets.in_namespace(namespace).iter().map(|one| workload!(one)));
    all.extend(cluster.replication_controllers.in_namespace(namespace).iter().map(|one| workload!(one)));
    all.retain(|one| one.object.kind != "ReplicaSet" || one.meta.controller().is_none());
    all
}

/// Its pods that haven't finished.
pub fn pods<'c>(cluster: &'c Cluster, of: &ObjectRef) -> impl Iterator<Item = &'c Pod> + use<'c> {
    cluster.pods_under(of).filter(|pod| !pod.is_finished()).collect::<Vec<_>>().into_iter()
}

/// Whether those who apply it put away the old object first, or apply it once: then fields that can't be changed don't matter.
pub fn is_replaced(object: &Object) -> bool {
    let options = object.annotation("argocd.argoproj.io/sync-options").unwrap_or_default();
    ["helm.sh/hook", "argocd.argoproj.io/hook"].iter().any(|key| object.annotation(key).is_some())
        || object.annotation("kustomize.toolkit.fluxcd.io/force").is_some_and(|value| value == "enabled")
        || options.split(',').any(|one| matches!(one.trim(), "Replace=true" | "Force=true"))
}
