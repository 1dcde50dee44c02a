//! The workloads of a namespace and the labels of the pods that they make.

use rutter_cluster::{Labels, ObjectRef, Resource};

use crate::Context;

/// A workload that makes pods.
pub(super) struct Maker<'c> {
    pub(super) object: ObjectRef,
    /// The labels of its pods.
    pub(super) labels: &'c Labels,
    /// How many pods it wants.
    pub(super) wanted: i64,
}

/// Those of a namespace, as far as they were seen. ReplicaSets of Deployments stand behind these; those of others
/// (Argo's Rollout) are the only thing that shows them.
pub(super) fn makers<'c>(context: &Context<'c>, namespace: &str) -> Vec<Maker<'c>> {
    let mut all = Vec::new();
    macro_rules! collect {
        ($objects:expr, $wanted:expr) => {
            for object in $objects.unwrap_or_default() {
                let labels = &object.spec.template.meta.labels;
                all.push(Maker { object: object.object_ref(), labels, wanted: $wanted(object) });
            }
        };
    }
    collect!(context.deployments_in(namespace), rutter_cluster::objects::Deployment::wanted);
    collect!(context.stateful_sets_in(namespace), rutter_cluster::objects::StatefulSet::wanted);
    collect!(context.replication_controllers_in(namespace), rutter_cluster::objects::ReplicationController::wanted);
    collect!(context.daemon_sets_in(namespace), |set: &rutter_cluster::objects::DaemonSet| {
        set.status.desired_number_scheduled
    });
    for set in context.replica_sets_in(namespace).unwrap_or_default() {
        if set.meta.controller().is_none_or(|owner| owner.kind != "Deployment") {
            let labels = &set.spec.template.meta.labels;
            all.push(Maker { object: set.object_ref(), labels, wanted: set.wanted() });
        }
    }
    all
}

/// Whether labels match a Service's selector.
pub(super) fn matches(selector: &Labels, labels: &Labels) -> bool {
    selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}
