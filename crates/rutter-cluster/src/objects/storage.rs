use serde::Deserialize;

use super::{Quantities, Resources};
use crate::{List, Meta, Str, Time, time};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PersistentVolumeClaim {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: ClaimSpec,
    pub status: ClaimStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimSpec {
    pub volume_name: Str,
    pub storage_class_name: Option<Str>,
    pub access_modes: List<Str>,
    pub resources: Resources,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ClaimStatus {
    /// `Pending`, `Bound` or `Lost`.
    pub phase: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PersistentVolume {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: VolumeSpec,
    pub status: VolumeStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeSpec {
    pub capacity: Quantities,
    pub access_modes: List<Str>,
    pub storage_class_name: Str,
    pub persistent_volume_reclaim_policy: Str,
    pub claim_ref: Option<super::InvolvedObject>,
    pub csi: Option<CsiSource>,
    pub nfs: Option<NfsSource>,
    /// `nodeAffinity.required.nodeSelectorTerms`: where the volume can be used; anywhere, if there are none.
    #[serde(rename = "nodeAffinity", deserialize_with = "node_terms")]
    pub node_terms: List<super::NodeTerm>,
}

fn node_terms<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<List<super::NodeTerm>, D::Error> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Affinity {
        required: Option<NodeSelector>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct NodeSelector {
        node_selector_terms: List<super::NodeTerm>,
    }
    let affinity = Option::<Affinity>::deserialize(deserializer)?.unwrap_or_default();
    Ok(affinity.required.unwrap_or_default().node_selector_terms)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CsiSource {
    pub driver: Str,
}

/// A folder of a file server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NfsSource {
    pub server: Str,
    pub path: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeStatus {
    pub phase: Str,
    pub reason: Str,
    pub message: Str,
    /// Since when it is in that phase (1.28+).
    #[serde(deserialize_with = "time::lenient")]
    pub last_phase_transition_time: Option<Time>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StorageClass {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub provisioner: Str,
    pub volume_binding_mode: Str,
    pub reclaim_policy: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct VolumeAttachment {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: AttachmentSpec,
    pub status: AttachmentStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttachmentSpec {
    pub attacher: Str,
    pub node_name: Str,
    pub source: AttachmentSource,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttachmentSource {
    pub persistent_volume_name: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttachmentStatus {
    pub attached: bool,
    pub attach_error: Option<VolumeError>,
    pub detach_error: Option<VolumeError>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct VolumeError {
    pub message: Str,
    #[serde(deserialize_with = "time::lenient")]
    pub time: Option<Time>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CsiNode {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: CsiNodeSpec,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CsiNodeSpec {
    pub drivers: List<CsiNodeDriver>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CsiNodeDriver {
    pub name: Str,
}
