//! The lean objects, one type per Kubernetes kind, read from any API version since 1.12.
//!
//! Field names are the API's own (in snake case); what they mean is in the Kubernetes API reference. Every field has a
//! default, so that an object of an old or a foreign API version still reads.
#![expect(missing_docs, reason = "fields bear the names of the Kubernetes API, which documents them")]

mod autoscaler;
mod config;
mod control_plane;
mod event;
mod node;
mod pod;
mod pod_fields;
mod policy;
mod service;
mod static_pod;
mod storage;
mod workload;

use serde::{Deserialize, Deserializer, de};

pub use autoscaler::{
    Behavior, HorizontalPodAutoscaler, Measure, Metric, MetricValue, ScaleTarget, ScalingPolicy, ScalingRules,
};
pub use config::{ConfigMap, INGRESS_NGINX_SETTINGS, Keys, Secret, Settings};
pub use control_plane::{
    ApiService, CertificateSigningRequest, Lease, MutatingWebhookConfiguration, Namespace, ServiceReference,
    ValidatingWebhookConfiguration, Webhook, WebhookRule,
};
pub use event::{Event, InvolvedObject};
pub use node::{Node, NodeImage, NodeInfo, NodeSpec, NodeStatus, Taint};
pub use pod::{
    Affinity, ConfigRef, Container, ContainerPort, ContainerState, ContainerStatus, NodeTerm, Pod, PodSpec,
    PodStatus, PodTerm, Probe, Resources, SpreadConstraint, Terminated, Toleration, Volume, Waiting,
};
pub use policy::{LimitRange, PodDisruptionBudget, ResourceQuota};
pub use service::{
    Backend, Endpoint, EndpointPort, EndpointSlice, EndpointSubset, Endpoints, Ingress, IngressClass,
    IntOrString, LoadBalancerIngress, Rounded, Service, ServicePort,
};
pub use static_pod::StaticPod;
pub use storage::{CsiNode, PersistentVolume, PersistentVolumeClaim, StorageClass, VolumeAttachment};
pub use workload::{
    CronJob, DaemonSet, Deployment, Job, PodTemplate, ReplicaSet, ReplicationController, Scale, StatefulSet,
};

use crate::{List, Quantity, Str, Time, quantity, time};

/// A condition of any object's status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    pub reason: Str,
    pub message: Str,
    #[serde(deserialize_with = "time::lenient")]
    pub last_transition_time: Option<Time>,
    /// Node conditions only: when the kubelet last said so.
    #[serde(deserialize_with = "time::lenient")]
    pub last_heartbeat_time: Option<Time>,
    /// Deployment conditions only.
    #[serde(deserialize_with = "time::lenient")]
    pub last_update_time: Option<Time>,
}

impl Condition {
    pub fn is_true(&self) -> bool {
        self.status == "True"
    }
    pub fn is_false(&self) -> bool {
        self.status == "False"
    }
    /// Whether another condition differs in nothing but the time at which it was said again.
    pub fn says_the_same(&self, other: &Condition) -> bool {
        let said = |one: &Condition| Condition { last_heartbeat_time: None, ..one.clone() };
        said(self) == said(other)
    }
    pub fn is_unknown(&self) -> bool {
        self.status == "Unknown"
    }
}

/// The condition of a type, in a status.
pub fn condition<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.kind == kind)
}

/// Quantities by resource name (`cpu`, `memory`, `nvidia.com/gpu`); what can't be read is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Quantities(List<(Str, Quantity)>);

impl Quantities {
    pub fn get(&self, resource: &str) -> Option<Quantity> {
        self.0.iter().find(|(name, _)| name == resource).map(|(_, quantity)| *quantity)
    }
    pub fn iter(&self) -> impl Iterator<Item = (&Str, Quantity)> {
        self.0.iter().map(|(name, quantity)| (name, *quantity))
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Quantities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Quantities;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of quantities")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Quantities, E> {
                Ok(Quantities::default())
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Quantities, A::Error> {
                let mut all = Vec::new();
                while let Some((name, quantity)) = map.next_entry::<Str, quantity::Lenient>()? {
                    all.extend(quantity.0.map(|quantity| (name, quantity)));
                }
                Ok(Quantities(all.into()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Reads an integer from whatever a dump holds: out of range saturates, anything else is 0.
pub(crate) fn int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    optional_int(deserializer).map(Option::unwrap_or_default)
}

/// Like [`int`]; what isn't an integer is `None`.
pub(crate) fn optional_int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    struct Visitor;
    impl de::Visitor<'_> for Visitor {
        type Value = Option<i64>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an integer")
        }
        fn visit_i64<E: de::Error>(self, value: i64) -> Result<Option<i64>, E> {
            Ok(Some(value))
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Option<i64>, E> {
            Ok(Some(i64::try_from(value).unwrap_or(i64::MAX)))
        }
        fn visit_f64<E: de::Error>(self, value: f64) -> Result<Option<i64>, E> {
            Ok(Some(value as i64))
        }
        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Option<i64>, E> {
            Ok(None)
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<i64>, E> {
            Ok(text.trim().parse().ok())
        }
        fn visit_unit<E: de::Error>(self) -> Result<Option<i64>, E> {
            Ok(None)
        }
        fn visit_none<E: de::Error>(self) -> Result<Option<i64>, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Visitor)
}
