use serde::Deserialize;

use super::{Condition, Quantities, condition};
use crate::{List, Meta, Str, Time, time};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Node {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: NodeSpec,
    pub status: NodeStatus,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSpec {
    pub unschedulable: bool,
    pub taints: List<Taint>,
    #[serde(rename = "podCIDR")]
    pub pod_cidr: Str,
    #[serde(rename = "providerID")]
    pub provider_id: Str,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Taint {
    pub key: Str,
    pub value: Str,
    pub effect: Str,
    #[serde(deserialize_with = "time::lenient")]
    pub time_added: Option<Time>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeStatus {
    pub capacity: Quantities,
    pub allocatable: Quantities,
    pub conditions: List<Condition>,
    pub node_info: NodeInfo,
    /// At most 50 by default (kubelet's `nodeStatusMaxImages`): exactly 50 means that there may be more.
    pub images: List<NodeImage>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeInfo {
    #[serde(rename = "bootID")]
    pub boot_id: Str,
    pub kernel_version: Str,
    pub os_image: Str,
    pub operating_system: Str,
    pub architecture: Str,
    pub container_runtime_version: Str,
    pub kubelet_version: Str,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeImage {
    #[serde(deserialize_with = "super::int")]
    pub size_bytes: i64,
}

impl Node {
    /// A condition of the node's status.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition(&self.status.conditions, kind)
    }

    /// Whether the node is Ready, as the API server says.
    pub fn is_ready(&self) -> bool {
        self.condition("Ready").is_some_and(Condition::is_true)
    }

    /// Whether another state of this node differs in nothing but that its kubelet has said again what it had said before.
    pub fn differs_only_by_heartbeat(&self, other: &Node) -> bool {
        let (a, b) = (&self.status, &other.status);
        let conditions = a.conditions.iter().zip(&b.conditions);
        self.spec == other.spec
            && a.capacity == b.capacity
            && a.allocatable == b.allocatable
            && a.node_info == b.node_info
            && a.images == b.images
            && a.conditions.len() == b.conditions.len()
            && conditions.into_iter().all(|(a, b)| a.says_the_same(b))
            && self.meta.differs_only_by_version(&other.meta)
    }

    /// The first taint with this key.
    pub fn taint(&self, key: &str) -> Option<&Taint> {
        self.spec.taints.iter().find(|taint| taint.key == key)
    }
}
