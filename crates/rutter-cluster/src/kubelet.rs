//! What a node's kubelet says of itself: the figures of `/stats/summary` and the settings of `/configz`.
//!
//! Both are asked for only when a user wants them, and dumps seldom hold them: that they are missing says nothing.
//! Source of the shapes: k8s.io/kubelet `stats/v1alpha1` and `config/v1beta1` (1.12–1.37; before 1.10 as `componentconfig`).

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::Str;

/// All kubelets of which something is known, by the name of their node.
pub type Kubelets = BTreeMap<Str, Kubelet>;

/// What is known of one kubelet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kubelet {
    /// Its `/stats/summary`.
    pub stats: Option<Box<KubeletStats>>,
    /// Its `/configz`.
    pub config: Option<Box<KubeletConfig>>,
}

/// `/stats/summary`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct KubeletStats {
    /// The node as a whole.
    pub node: NodeStats,
    /// Its pods.
    #[serde(deserialize_with = "or_default")]
    pub pods: Vec<PodStats>,
}

/// The figures of a node.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeStats {
    /// The node's name.
    pub node_name: Str,
    /// Its memory.
    #[serde(deserialize_with = "or_default")]
    pub memory: MemoryStats,
    /// The file system that holds the kubelet's folder, emptyDir volumes and logs.
    #[serde(deserialize_with = "or_default")]
    pub fs: FsStats,
    /// Where the container runtime keeps its files.
    #[serde(deserialize_with = "or_default")]
    pub runtime: RuntimeStats,
}

/// The file systems of the container runtime.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RuntimeStats {
    /// That of the images. Its `used_bytes` are those of the images alone, the rest is of the whole file system.
    #[serde(deserialize_with = "or_default")]
    pub image_fs: FsStats,
}

/// A file system, or what something takes of one. In bytes, and pieces.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the API's own names")]
pub struct FsStats {
    pub available_bytes: Option<u64>,
    pub capacity_bytes: Option<u64>,
    pub used_bytes: Option<u64>,
    pub inodes_free: Option<u64>,
    pub inodes: Option<u64>,
}

/// Memory, in bytes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MemoryStats {
    /// What is left, as eviction counts it: capacity less the working set.
    pub available_bytes: Option<u64>,
    /// What can't be dropped at once: the figure that eviction and the OOM killer go by.
    pub working_set_bytes: Option<u64>,
    /// All that is in use, the page cache included, which the kernel drops when somebody needs the room.
    pub usage_bytes: Option<u64>,
}

/// The figures of a pod.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct PodStats {
    /// Which pod.
    #[serde(rename = "podRef")]
    pub pod: PodRef,
    /// Its containers.
    #[serde(deserialize_with = "or_default")]
    pub containers: Vec<ContainerStats>,
    /// Its volumes.
    #[serde(rename = "volume", deserialize_with = "or_default")]
    pub volumes: Vec<VolumeStats>,
    /// What counts as its ephemeral storage: writable layers, logs and emptyDir volumes on disk.
    #[serde(rename = "ephemeral-storage", deserialize_with = "or_default")]
    pub ephemeral_storage: FsStats,
    /// Its memory.
    #[serde(deserialize_with = "or_default")]
    pub memory: MemoryStats,
}

/// Which pod.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the API's own names")]
pub struct PodRef {
    pub name: Str,
    pub namespace: Str,
    pub uid: Str,
}

/// The figures of a container.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ContainerStats {
    /// Its name.
    pub name: Str,
    /// Its memory.
    #[serde(deserialize_with = "or_default")]
    pub memory: MemoryStats,
    /// Its writable layer.
    #[serde(deserialize_with = "or_default")]
    pub rootfs: FsStats,
    /// Its logs.
    #[serde(deserialize_with = "or_default")]
    pub logs: FsStats,
}

/// The figures of a volume.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct VolumeStats {
    /// Its name in the pod.
    pub name: Str,
    /// What it takes; of a claim, its own file system.
    #[serde(flatten)]
    pub fs: FsStats,
}

/// A kubelet's settings, as far as lessons read them, after its defaults were applied.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct KubeletConfig {
    /// Signal (`nodefs.available`) to threshold (`10%`, `100Mi`) below which pods are evicted at once.
    #[serde(deserialize_with = "or_default")]
    pub eviction_hard: BTreeMap<Str, Str>,
}

fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// One answer of a kubelet.
#[derive(Debug, Clone, PartialEq)]
pub enum KubeletAnswer {
    /// `/stats/summary`, which says the node's name.
    Stats(Box<KubeletStats>),
    /// `/configz`, which doesn't.
    Config(Box<KubeletConfig>),
}

impl Kubelet {
    /// Takes an answer in.
    pub fn take(&mut self, answer: KubeletAnswer) {
        match answer {
            KubeletAnswer::Stats(stats) => self.stats = Some(stats),
            KubeletAnswer::Config(config) => self.config = Some(config),
        }
    }
}
