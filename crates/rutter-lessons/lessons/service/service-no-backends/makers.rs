//! The workloads of a namespace and the labels of the pods that they make.

use std::sync::Arc;

use rutter_cluster::objects::{
    Condition, DaemonSet, Deployment, Job, ReplicationController, Service, StatefulSet, condition,
};
use rutter_cluster::{Labels, ObjectRef, Resource, Str, Time};

use crate::{Confidence, Context};

/// A workload that makes pods.
#[derive(Debug, PartialEq)]
pub(super) struct Maker {
    pub(super) object: ObjectRef,
    /// The labels of its pods.
    pub(super) labels: Labels,
    /// How many pods it wants.
    pub(super) wanted: i64,
    /// Where that stands.
    pub(super) path: &'static str,
    pub(super) created: Option<Time>,
}

/// Those of a namespace, as far as they were seen.
#[derive(Debug, PartialEq)]
pub(super) struct Makers {
    pub(super) all: Vec<Maker>,
    /// How sure it is that there are no others: one that wants no pod leaves no trace but itself.
    pub(super) seen: Confidence,
}

impl Makers {
    /// Gathered once for all Services of a namespace.
    pub(super) fn of(context: &Context<'_>, namespace: &Str) -> Arc<Self> {
        let about = ObjectRef { namespace: namespace.clone(), ..ObjectRef::default() };
        context.kept("makers of pods", &about, |context, about| Self::gather(context, &about.namespace))
    }

    fn gather(context: &Context<'_>, namespace: &str) -> Self {
        let mut all = Vec::new();
        let mut seen = match context.deployments_in(namespace) {
            Ok(_) => Confidence::Certain,
            Err(_) => Confidence::Possible,
        };
        macro_rules! collect {
            ($objects:expr, $path:literal, $wanted:expr) => {
                let objects = $objects;
                if objects.is_err() {
                    seen = seen.min(Confidence::Likely);
                }
                for object in objects.unwrap_or_default() {
                    all.push(Maker {
                        object: object.object_ref(),
                        labels: object.spec.template.meta.labels.clone(),
                        wanted: $wanted(object),
                        path: $path,
                        created: object.meta.created,
                    });
                }
            };
        }
        collect!(context.deployments_in(namespace), "spec.replicas", Deployment::wanted);
        collect!(context.stateful_sets_in(namespace), "spec.replicas", StatefulSet::wanted);
        collect!(context.daemon_sets_in(namespace), "status.desiredNumberScheduled", |set: &DaemonSet| {
            set.status.desired_number_scheduled
        });
        collect!(
            context.replication_controllers_in(namespace),
            "spec.replicas",
            ReplicationController::wanted
        );
        collect!(context.jobs_in(namespace), "spec.parallelism", job_wants);
        // ReplicaSets of Deployments stand behind these; of others (Argo's Rollout) they are all that shows.
        for set in context.replica_sets_in(namespace).unwrap_or_default() {
            if set.meta.controller().is_none_or(|owner| owner.kind != "Deployment") {
                all.push(Maker {
                    object: set.object_ref(),
                    labels: set.spec.template.meta.labels.clone(),
                    wanted: set.wanted(),
                    path: "spec.replicas",
                    created: set.meta.created,
                });
            }
        }
        Self { all, seen }
    }

    /// Those whose pods the Service selects.
    pub(super) fn selected_by(&self, service: &Service) -> Vec<&Maker> {
        self.all.iter().filter(|maker| matches(&service.spec.selector, &maker.labels)).collect()
    }
}

/// A Job that is over wants no pod any more.
fn job_wants(job: &Job) -> i64 {
    let is = |kind| condition(&job.status.conditions, kind).is_some_and(Condition::is_true);
    let over = is("Complete") || is("Failed") || job.spec.suspend;
    if over { 0 } else { job.spec.parallelism.unwrap_or(1) }
}

/// Whether labels match a Service's selector.
fn matches(selector: &Labels, labels: &Labels) -> bool {
    selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}
