use serde::Deserialize;

use super::{Condition, condition};
use crate::{LabelSelector, Labels, List, Meta, Str, Time, time};

/// The parts of a pod template that lessons read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PodTemplate {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: super::PodSpec,
}

/// Replica counts of a workload's status; those that the kind lacks are 0.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Scale {
    #[serde(deserialize_with = "super::int")]
    pub replicas: i64,
    #[serde(deserialize_with = "super::int")]
    pub ready_replicas: i64,
    #[serde(deserialize_with = "super::int")]
    pub available_replicas: i64,
    #[serde(deserialize_with = "super::int")]
    pub updated_replicas: i64,
    #[serde(deserialize_with = "super::int")]
    pub unavailable_replicas: i64,
    #[serde(deserialize_with = "super::int")]
    pub observed_generation: i64,
    pub conditions: List<Condition>,
    pub current_revision: Str,
    pub update_revision: Str,
}

impl Scale {
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition(&self.conditions, kind)
    }
}

macro_rules! replicated {
    ($name:ident, $spec:ident { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(default)]
        pub struct $name {
            #[serde(rename = "metadata")]
            pub meta: Meta,
            pub spec: $spec,
            pub status: Scale,
        }

        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $spec {
            #[serde(deserialize_with = "super::optional_int")]
            pub replicas: Option<i64>,
            #[serde(deserialize_with = "super::int")]
            pub min_ready_seconds: i64,
            pub template: PodTemplate,
            $($(#[$meta])* pub $field: $type,)*
        }

        impl $name {
            /// How many pods are wanted; an absent number means one.
            pub fn wanted(&self) -> i64 {
                self.spec.replicas.unwrap_or(1)
            }
        }
    };
}

replicated!(Deployment, DeploymentSpec {
    selector: LabelSelector,
    paused: bool,
    #[serde(deserialize_with = "super::optional_int")]
    progress_deadline_seconds: Option<i64>,
    strategy: DeploymentStrategy,
});
replicated!(ReplicaSet, ReplicaSetSpec { selector: LabelSelector });
replicated!(StatefulSet, StatefulSetSpec {
    selector: LabelSelector,
    service_name: Str,
    pod_management_policy: Str,
    update_strategy: StatefulSetUpdate,
    volume_claim_templates: Vec<MetaOnly>,
    persistent_volume_claim_retention_policy: ClaimRetention,
    ordinals: Ordinals,
});
replicated!(ReplicationController, ReplicationControllerSpec { selector: Labels });

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentStrategy {
    #[serde(rename = "type")]
    pub kind: Str,
    pub rolling_update: Option<RollingUpdate>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RollingUpdate {
    pub max_unavailable: super::IntOrString,
    pub max_surge: super::IntOrString,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatefulSetUpdate {
    #[serde(rename = "type")]
    pub kind: Str,
    pub rolling_update: Option<Partition>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Partition {
    /// Pods of a lower ordinal keep the old template.
    #[serde(deserialize_with = "super::int")]
    pub partition: i64,
}

/// What becomes of the claims of a StatefulSet (1.23+): `Retain`, also where nothing is said, or `Delete`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimRetention {
    /// When the StatefulSet is deleted.
    pub when_deleted: Str,
    /// When it is scaled down.
    pub when_scaled: Str,
}

/// How the pods of a StatefulSet are numbered (1.26+).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Ordinals {
    /// The number of the first.
    #[serde(deserialize_with = "super::int")]
    pub start: i64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct MetaOnly {
    #[serde(rename = "metadata")]
    pub meta: Meta,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct DaemonSet {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: DaemonSetSpec,
    pub status: DaemonSetStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DaemonSetSpec {
    pub selector: LabelSelector,
    pub template: PodTemplate,
    /// `RollingUpdate` or `OnDelete`.
    pub update_strategy: DeploymentStrategy,
    #[serde(deserialize_with = "super::int")]
    pub min_ready_seconds: i64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DaemonSetStatus {
    #[serde(deserialize_with = "super::int")]
    pub desired_number_scheduled: i64,
    #[serde(deserialize_with = "super::int")]
    pub current_number_scheduled: i64,
    #[serde(deserialize_with = "super::int")]
    pub number_ready: i64,
    #[serde(deserialize_with = "super::int")]
    pub number_available: i64,
    #[serde(deserialize_with = "super::int")]
    pub number_unavailable: i64,
    #[serde(deserialize_with = "super::int")]
    pub updated_number_scheduled: i64,
    #[serde(deserialize_with = "super::int")]
    pub observed_generation: i64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Job {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: JobSpec,
    pub status: JobStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobSpec {
    #[serde(deserialize_with = "super::optional_int")]
    pub completions: Option<i64>,
    #[serde(deserialize_with = "super::optional_int")]
    pub parallelism: Option<i64>,
    #[serde(deserialize_with = "super::optional_int")]
    pub backoff_limit: Option<i64>,
    pub suspend: bool,
    pub template: PodTemplate,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobStatus {
    #[serde(deserialize_with = "super::int")]
    pub active: i64,
    #[serde(deserialize_with = "super::int")]
    pub succeeded: i64,
    #[serde(deserialize_with = "super::int")]
    pub failed: i64,
    #[serde(deserialize_with = "time::lenient")]
    pub start_time: Option<Time>,
    #[serde(deserialize_with = "time::lenient")]
    pub completion_time: Option<Time>,
    pub conditions: List<Condition>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CronJob {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: CronJobSpec,
    pub status: CronJobStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CronJobSpec {
    pub schedule: Str,
    pub suspend: bool,
    pub concurrency_policy: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CronJobStatus {
    #[serde(deserialize_with = "time::lenient")]
    pub last_schedule_time: Option<Time>,
    #[serde(deserialize_with = "time::lenient")]
    pub last_successful_time: Option<Time>,
}
