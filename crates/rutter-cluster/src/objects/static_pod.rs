use serde::Deserialize;

use super::Pod;
use crate::{Meta, Str};

/// A file in the folder from which a kubelet runs pods by itself (`/etc/kubernetes/manifests`). No API serves it: what it
/// becomes is a mirror pod. Its name is the file's, in a folder of the source where there are several.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StaticPod {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What the file defines, if it can be read.
    pub pod: Option<Box<Pod>>,
    /// Where it lies, as the shell of this machine may be told; empty if it was read out of a dump or a stream.
    pub path: Str,
    /// Whether nothing but its looks says that a kubelet is to read it: a manifest of a Pod, given alone or in
    /// a folder of another name.
    pub is_guessed: bool,
    /// Where its containers have volumes: what of the node's files they see.
    pub mount_paths: Vec<Str>,
    /// What its containers mount and the pod has no volume for, by name.
    pub without_volume: Vec<Str>,
    /// Files and folders of the node that must be there before it starts (hostPath of type `File` or `Directory`) and aren't; known
    /// only where the source is the node itself.
    pub missing_paths: Vec<Str>,
    /// Why it can't be read.
    pub error: Str,
}
