use serde::Deserialize;

use super::{Condition, IntOrString, Quantities, condition, pod_fields};
use crate::{List, Meta, Quantity, Str, Time, intern, quantity, string, time};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Pod {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: PodSpec,
    pub status: PodStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    pub node_name: Str,
    #[serde(deserialize_with = "intern::shared")]
    pub containers: List<Container>,
    #[serde(deserialize_with = "intern::shared")]
    pub init_containers: List<Container>,
    pub restart_policy: Str,
    pub service_account_name: Str,
    pub host_network: bool,
    /// `ClusterFirst` (the default), `ClusterFirstWithHostNet`, `Default` or `None`.
    pub dns_policy: Str,
    /// The option `ndots` of `dnsConfig`: names with fewer dots are tried with the search domains first.
    #[serde(rename = "dnsConfig", deserialize_with = "pod_fields::ndots")]
    pub ndots: Option<i64>,
    pub hostname: Str,
    pub subdomain: Str,
    pub scheduler_name: Str,
    pub priority_class_name: Str,
    #[serde(deserialize_with = "super::optional_int")]
    pub priority: Option<i64>,
    #[serde(deserialize_with = "super::optional_int")]
    pub termination_grace_period_seconds: Option<i64>,
    pub node_selector: crate::Labels,
    #[serde(deserialize_with = "pod_fields::affinity")]
    pub affinity: Affinity,
    #[serde(deserialize_with = "intern::shared")]
    pub topology_spread_constraints: List<SpreadConstraint>,
    #[serde(deserialize_with = "intern::shared")]
    pub tolerations: List<Toleration>,
    /// Of the whole pod (1.34+ by default), beside those of its containers.
    pub resources: Resources,
    /// All but the one with the token of the service account (`kube-api-access-…`).
    #[serde(deserialize_with = "pod_fields::volumes")]
    pub volumes: List<Volume>,
    #[serde(deserialize_with = "pod_fields::names")]
    pub image_pull_secrets: List<Str>,
    #[serde(deserialize_with = "pod_fields::condition_types")]
    pub readiness_gates: List<Str>,
    #[serde(deserialize_with = "pod_fields::names")]
    pub scheduling_gates: List<Str>,
}

/// What a pod requires of its place when it is scheduled; of what it prefers nothing is kept.
#[derive(Debug, Clone, Default)]
pub struct Affinity {
    /// `nodeAffinity`: one of its `nodeSelectorTerms` must match, if there are any.
    pub node_terms: List<NodeTerm>,
    /// `podAntiAffinity`: pods that must not be in the same place.
    pub apart_from: List<PodTerm>,
}

/// Pods near which another must not be. What it says of label keys (1.29+) the API server has written into its selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodTerm {
    pub label_selector: Option<crate::LabelSelector>,
    /// With `namespace_selector`: where the pods are; in the pod's own namespace if there is neither.
    pub namespaces: List<Str>,
    pub namespace_selector: Option<crate::LabelSelector>,
    /// Nodes with the same value of this label are one place.
    pub topology_key: Str,
}

/// One alternative of a required node affinity: all its requirements must hold. One without any matches no node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeTerm {
    /// On labels. `Gt` and `Lt` occur here too.
    pub match_expressions: List<crate::Requirement>,
    /// On the node's name (`metadata.name`).
    pub match_fields: List<crate::Requirement>,
}

/// How evenly pods that a selector matches must be spread over the values of a label of nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SpreadConstraint {
    #[serde(deserialize_with = "super::int")]
    pub max_skew: i64,
    pub topology_key: Str,
    /// `DoNotSchedule` or `ScheduleAnyway`.
    pub when_unsatisfiable: Str,
    pub label_selector: Option<crate::LabelSelector>,
    /// Labels whose values the counted pods have in common with the pod itself (1.27+).
    pub match_label_keys: List<Str>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    pub name: Str,
    pub image: Str,
    pub image_pull_policy: Str,
    pub command: List<Str>,
    pub args: List<Str>,
    pub ports: List<ContainerPort>,
    pub resources: Resources,
    pub liveness_probe: Option<Box<Probe>>,
    pub readiness_probe: Option<Box<Probe>>,
    pub startup_probe: Option<Box<Probe>>,
    /// `Always` on an init container makes it a sidecar (1.28+).
    pub restart_policy: Str,
    /// ConfigMaps and Secrets that the environment refers to.
    #[serde(rename = "env", deserialize_with = "pod_fields::env_refs")]
    pub env_refs: List<ConfigRef>,
    #[serde(deserialize_with = "pod_fields::env_from_refs")]
    pub env_from: List<ConfigRef>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerPort {
    pub name: Str,
    #[serde(deserialize_with = "super::int")]
    pub container_port: i64,
    /// The node's own port that leads to it; 0 for none.
    #[serde(deserialize_with = "super::int")]
    pub host_port: i64,
    #[serde(rename = "hostIP")]
    pub host_ip: Str,
    pub protocol: Str,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Resources {
    pub requests: Quantities,
    pub limits: Quantities,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Probe {
    pub http_get: Option<PortTarget>,
    pub tcp_socket: Option<PortTarget>,
    pub grpc: Option<PortTarget>,
    pub exec: Option<Exec>,
    #[serde(deserialize_with = "super::int")]
    pub initial_delay_seconds: i64,
    #[serde(deserialize_with = "super::int")]
    pub timeout_seconds: i64,
    #[serde(deserialize_with = "super::int")]
    pub period_seconds: i64,
    #[serde(deserialize_with = "super::int")]
    pub failure_threshold: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PortTarget {
    pub port: IntOrString,
    pub path: Str,
    pub host: Str,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
pub struct Exec {
    pub command: List<Str>,
}

impl Probe {
    /// The port that the probe asks, if it asks one.
    pub fn port(&self) -> Option<&IntOrString> {
        [&self.http_get, &self.tcp_socket, &self.grpc].into_iter().flatten().map(|target| &target.port).next()
    }
}

/// A reference from a container's environment or a volume to a ConfigMap or Secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConfigRef {
    /// `ConfigMap` or `Secret`.
    pub kind: &'static str,
    pub name: Str,
    /// Empty: all keys.
    pub key: Str,
    pub optional: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Toleration {
    pub key: Str,
    pub operator: Str,
    pub value: Str,
    pub effect: Str,
    #[serde(deserialize_with = "super::optional_int")]
    pub toleration_seconds: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Volume {
    pub name: Str,
    pub persistent_volume_claim: Option<ClaimSource>,
    /// A generic ephemeral volume; its claim is named `<pod>-<volume>`.
    #[serde(deserialize_with = "pod_fields::is_there")]
    pub ephemeral: bool,
    pub config_map: Option<NamedSource>,
    pub secret: Option<SecretSource>,
    pub host_path: Option<PathSource>,
    pub empty_dir: Option<EmptyDir>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimSource {
    pub claim_name: Str,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NamedSource {
    pub name: Str,
    pub optional: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecretSource {
    pub secret_name: Str,
    pub optional: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
pub struct PathSource {
    pub path: Str,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EmptyDir {
    pub medium: Str,
    #[serde(deserialize_with = "quantity::lenient")]
    pub size_limit: Option<Quantity>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    pub phase: Str,
    pub reason: Str,
    pub message: Str,
    pub conditions: List<Condition>,
    pub container_statuses: List<ContainerStatus>,
    pub init_container_statuses: List<ContainerStatus>,
    #[serde(deserialize_with = "time::lenient")]
    pub start_time: Option<Time>,
    #[serde(rename = "podIP")]
    pub pod_ip: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStatus {
    pub name: Str,
    pub ready: bool,
    #[serde(deserialize_with = "super::int")]
    pub restart_count: i64,
    pub state: ContainerState,
    pub last_state: ContainerState,
    /// Whether the startup probe has passed; absent before 1.16 means unknown.
    pub started: Option<bool>,
    #[serde(rename = "containerID", deserialize_with = "string::alone")]
    pub container_id: Str,
}

/// What a container is doing; all `None` means waiting with nothing known yet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerState {
    pub waiting: Option<Box<Waiting>>,
    pub running: Option<Running>,
    pub terminated: Option<Box<Terminated>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Waiting {
    pub reason: Str,
    pub message: Str,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Running {
    #[serde(deserialize_with = "time::lenient")]
    pub started_at: Option<Time>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Terminated {
    #[serde(deserialize_with = "super::int")]
    pub exit_code: i64,
    #[serde(deserialize_with = "super::int")]
    pub signal: i64,
    pub reason: Str,
    pub message: Str,
    #[serde(deserialize_with = "time::lenient")]
    pub started_at: Option<Time>,
    #[serde(deserialize_with = "time::lenient")]
    pub finished_at: Option<Time>,
}

impl Pod {
    /// A condition of the pod's status.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition(&self.status.conditions, kind)
    }

    /// Whether the pod is Ready, as the API server says.
    pub fn is_ready(&self) -> bool {
        self.condition("Ready").is_some_and(Condition::is_true)
    }

    /// Whether all its containers are done for good.
    pub fn is_finished(&self) -> bool {
        matches!(self.status.phase.as_str(), "Succeeded" | "Failed")
    }

    /// Whether it should be ready and is not: what a workload or a Service lacks.
    pub fn is_unready(&self) -> bool {
        !self.is_finished() && !self.is_ready()
    }

    /// Init containers and containers with their statuses, in the order in which they start.
    /// The flag says whether it is an init container that must end (a sidecar is not).
    pub fn container_statuses(&self) -> impl Iterator<Item = (&ContainerStatus, bool)> {
        let init = self.status.init_container_statuses.iter().map(|status| {
            let sidecar =
                self.container(&status.name).is_some_and(|container| container.restart_policy == "Always");
            (status, !sidecar)
        });
        init.chain(self.status.container_statuses.iter().map(|status| (status, false)))
    }

    /// Whether a container waits, and the kubelet says for what.
    pub fn waits(&self) -> bool {
        let statuses = self.status.init_container_statuses.iter().chain(&self.status.container_statuses);
        let mut waiting = statuses.filter_map(|status| status.state.waiting.as_ref());
        waiting
            .any(|waiting| !matches!(waiting.reason.as_str(), "" | "ContainerCreating" | "PodInitializing"))
    }

    /// The container of that name in the spec, init containers included.
    pub fn container(&self, name: &str) -> Option<&Container> {
        self.spec.containers.iter().chain(&self.spec.init_containers).find(|container| container.name == name)
    }

    /// The name of the claim behind a volume of this pod, if there is one.
    pub fn claim_name(&self, volume: &Volume) -> Option<Str> {
        if volume.ephemeral {
            return Some(format!("{}-{}", self.meta.name, volume.name).into());
        }
        volume.persistent_volume_claim.as_ref().map(|source| source.claim_name.clone())
    }
}
