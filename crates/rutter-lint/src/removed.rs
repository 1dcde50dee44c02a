//! API versions that Kubernetes no longer serves (Kubernetes documentation, "Deprecated API Migration Guide").

use crate::{Object, Version};

/// A version of an API that was given up.
#[derive(Debug, Clone, Copy)]
pub struct Removed {
    /// Its group and version.
    pub api_version: &'static str,
    kinds: &'static [&'static str],
    /// The Kubernetes in which it was first called deprecated.
    pub deprecated: Version,
    /// The first Kubernetes without it.
    pub gone: Version,
    /// What to write instead; nothing, where there is nothing.
    pub instead: Option<&'static str>,
    /// Whether the same manifest is right under the new version.
    pub same: bool,
}

const fn row(
    api_version: &'static str,
    kinds: &'static [&'static str],
    deprecated: u16,
    gone: u16,
    instead: &'static str,
    same: bool,
) -> Removed {
    let instead = if instead.is_empty() { None } else { Some(instead) };
    Removed { api_version, kinds, deprecated: Version(1, deprecated), gone: Version(1, gone), instead, same }
}

const WORKLOADS: &[&str] = &["Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"];
const WEBHOOKS: &[&str] = &["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];
const RBAC: &[&str] = &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const FLOWS: &[&str] = &["FlowSchema", "PriorityLevelConfiguration"];
const STORAGE: &[&str] = &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"];

static REMOVED: &[Removed] = &[
    row("extensions/v1beta1", WORKLOADS, 9, 16, "apps/v1", false),
    row("apps/v1beta1", WORKLOADS, 9, 16, "apps/v1", false),
    row("apps/v1beta2", WORKLOADS, 9, 16, "apps/v1", true),
    row("extensions/v1beta1", &["NetworkPolicy"], 9, 16, "networking.k8s.io/v1", true),
    row("extensions/v1beta1", &["PodSecurityPolicy"], 11, 16, "", false),
    row("extensions/v1beta1", &["Ingress"], 14, 22, "networking.k8s.io/v1", false),
    row("networking.k8s.io/v1beta1", &["Ingress"], 19, 22, "networking.k8s.io/v1", false),
    row("networking.k8s.io/v1beta1", &["IngressClass"], 19, 22, "networking.k8s.io/v1", true),
    row("admissionregistration.k8s.io/v1beta1", WEBHOOKS, 16, 22, "admissionregistration.k8s.io/v1", false),
    row(
        "apiextensions.k8s.io/v1beta1",
        &["CustomResourceDefinition"],
        16,
        22,
        "apiextensions.k8s.io/v1",
        false,
    ),
    row("apiregistration.k8s.io/v1beta1", &["APIService"], 10, 22, "apiregistration.k8s.io/v1", true),
    row(
        "certificates.k8s.io/v1beta1",
        &["CertificateSigningRequest"],
        19,
        22,
        "certificates.k8s.io/v1",
        false,
    ),
    row("coordination.k8s.io/v1beta1", &["Lease"], 14, 22, "coordination.k8s.io/v1", true),
    row("rbac.authorization.k8s.io/v1beta1", RBAC, 17, 22, "rbac.authorization.k8s.io/v1", true),
    row("scheduling.k8s.io/v1beta1", &["PriorityClass"], 14, 22, "scheduling.k8s.io/v1", true),
    row("storage.k8s.io/v1beta1", STORAGE, 19, 22, "storage.k8s.io/v1", true),
    row("batch/v1beta1", &["CronJob"], 21, 25, "batch/v1", true),
    row("discovery.k8s.io/v1beta1", &["EndpointSlice"], 21, 25, "discovery.k8s.io/v1", false),
    row("events.k8s.io/v1beta1", &["Event"], 19, 25, "events.k8s.io/v1", false),
    row("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], 22, 25, "autoscaling/v2", false),
    row("policy/v1beta1", &["PodDisruptionBudget"], 21, 25, "policy/v1", true),
    row("policy/v1beta1", &["PodSecurityPolicy"], 21, 25, "", false),
    row("node.k8s.io/v1beta1", &["RuntimeClass"], 20, 25, "node.k8s.io/v1", true),
    row("autoscaling/v2beta2", &["HorizontalPodAutoscaler"], 23, 26, "autoscaling/v2", true),
    row("flowcontrol.apiserver.k8s.io/v1beta1", FLOWS, 23, 26, "flowcontrol.apiserver.k8s.io/v1", false),
    row("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], 24, 27, "storage.k8s.io/v1", true),
    row("flowcontrol.apiserver.k8s.io/v1beta2", FLOWS, 26, 29, "flowcontrol.apiserver.k8s.io/v1", false),
    row("flowcontrol.apiserver.k8s.io/v1beta3", FLOWS, 29, 32, "flowcontrol.apiserver.k8s.io/v1", false),
];

/// The row about an object's API version, if that was given up at any time.
pub fn of(object: &Object) -> Option<&'static Removed> {
    let is_of =
        |one: &&Removed| one.api_version == object.api_version && one.kinds.contains(&object.kind.as_str());
    REMOVED.iter().find(is_of)
}
