//! What the kubelet writes when it evicts a pod (`status.reason: Evicted`, event `Evicted`), refuses one at admission
//! under pressure, or starts to reclaim (`EvictionThresholdMet`).
//!
//! Wordings from the kubelet's `pkg/kubelet/eviction/helpers.go` and `eviction_manager.go`, 1.12–1.37.

use std::fmt;

use super::scan::{after, after_any, non_empty, quoted, sentence, strip_combined, until, word};
use super::{Amount, Era};

/// A resource that a node can run low on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    /// `memory`.
    Memory,
    /// `ephemeral-storage`: bytes of any of the node's file systems.
    EphemeralStorage,
    /// `inodes` of any of the node's file systems.
    Inodes,
    /// `pids`.
    Pids,
    /// `nodefs` (before 1.12): bytes of the kubelet's file system.
    NodeFs,
    /// `imagefs` (before 1.12): bytes of the runtime's file system.
    ImageFs,
    /// `nodefsInodes` (up to about 1.12).
    NodeFsInodes,
    /// `imagefsInodes` (up to about 1.12).
    ImageFsInodes,
    /// A name that this version of Rutter doesn't know.
    Other(&'a str),
}

impl<'a> Resource<'a> {
    /// The resource of that name.
    pub fn named(name: &'a str) -> Self {
        match name {
            "memory" | "memory.available" | "allocatableMemory.available" => Self::Memory,
            "ephemeral-storage" | "storage" => Self::EphemeralStorage,
            "inodes" => Self::Inodes,
            "pids" | "pid" | "pid.available" => Self::Pids,
            "nodefs" | "nodefs.available" => Self::NodeFs,
            "imagefs" | "imagefs.available" | "containerfs.available" => Self::ImageFs,
            "nodefsInodes" | "nodefs.inodesFree" => Self::NodeFsInodes,
            "imagefsInodes" | "imagefs.inodesFree" | "containerfs.inodesFree" => Self::ImageFsInodes,
            _ => Self::Other(name),
        }
    }

    /// Whether it is space or inodes of a disk.
    pub fn is_disk(self) -> bool {
        !matches!(self, Self::Memory | Self::Pids | Self::Other(_))
    }

    /// Whether it is inodes of a disk.
    pub fn is_inodes(self) -> bool {
        matches!(self, Self::Inodes | Self::NodeFsInodes | Self::ImageFsInodes)
    }
}

impl fmt::Display for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::EphemeralStorage => "ephemeral storage",
            Self::Inodes => "inodes",
            Self::Pids => "process ids",
            Self::NodeFs => "space of the node's file system",
            Self::ImageFs => "space of the image file system",
            Self::NodeFsInodes => "inodes of the node's file system",
            Self::ImageFsInodes => "inodes of the image file system",
            Self::Other(name) => name,
        })
    }
}

/// One container's part in an eviction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContainerUse<'a> {
    /// The container's name.
    pub container: &'a str,
    /// What it used.
    pub usage: Amount<'a>,
    /// What it had requested; 0 where it had requested nothing.
    pub request: Amount<'a>,
}

/// Why the kubelet evicted or refused a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eviction<'a> {
    /// The node ran low: `The node was low on resource: …`.
    NodeLow {
        /// On what.
        resource: Resource<'a>,
        /// The eviction threshold; since about 1.26.
        threshold: Option<Amount<'a>>,
        /// What was left; since about 1.26.
        available: Option<Amount<'a>>,
        /// The containers above their request, as far as the message names them.
        containers: Vec<ContainerUse<'a>>,
        /// `which exceeds its request of` is old (1.12–about 1.25), `has larger consumption of` current.
        era: Era,
    },
    /// Refused at admission: `The node had condition: [DiskPressure]`, in 1.12 `Pod The node was low on resource: [DiskPressure]`.
    Refused {
        /// The node's conditions.
        conditions: Vec<&'a str>,
    },
    /// `Usage of EmptyDir volume "v" exceeds the limit "s"`.
    EmptyDirLimit {
        /// The volume.
        volume: &'a str,
        /// Its `sizeLimit`.
        limit: Amount<'a>,
    },
    /// `Container c exceeded its local ephemeral storage limit "s"`.
    ContainerLimit {
        /// The container.
        container: &'a str,
        /// Its limit of ephemeral storage.
        limit: Amount<'a>,
    },
    /// `Pod ephemeral local storage usage exceeds the total limit of containers s`.
    PodLimit {
        /// The sum of the containers' limits.
        limit: Amount<'a>,
    },
}

/// Reads the message of an evicted pod or of an `Evicted` event; `None` if it isn't one of the kubelet's.
pub fn parse(message: &str) -> Option<Eviction<'_>> {
    let message = strip_combined(message);
    node_low(message).or_else(|| refused(message)).or_else(|| over_limit(message))
}

fn node_low(message: &str) -> Option<Eviction<'_>> {
    let rest = after(message, "The node was low on resource: ")?;
    let resource = sentence(rest);
    if let Some(list) = resource.strip_prefix('[') {
        return Some(Eviction::Refused { conditions: conditions(list) });
    }
    let era = if rest.contains("which exceeds its request of") {
        Era::Old
    } else if rest.contains("has larger consumption of") || rest.contains("Threshold quantity: ") {
        Era::Current
    } else {
        Era::Any
    };
    let amount = |open| after(rest, open).and_then(|t| Amount::of(word(t)));
    Some(Eviction::NodeLow {
        resource: Resource::named(resource),
        threshold: amount("Threshold quantity: "),
        available: amount(", available: "),
        containers: container_uses(rest),
        era,
    })
}

/// All of `Container c was using u, which exceeds its request of q.` and `…, request is q, has larger consumption of r.`
fn container_uses(text: &str) -> Vec<ContainerUse<'_>> {
    text.split("Container ").skip(1).filter_map(container_use).collect()
}

fn container_use(text: &str) -> Option<ContainerUse<'_>> {
    let (container, rest) = text.split_once(" was using ")?;
    let request = after_any(rest, &[", which exceeds its request of ", ", request is "])?;
    Some(ContainerUse {
        container: non_empty(container)?,
        usage: Amount::of(until(rest, ", "))?,
        request: Amount::of(word(request))?,
    })
}

fn refused(message: &str) -> Option<Eviction<'_>> {
    let list = after(message, "The node had condition: ")?;
    Some(Eviction::Refused { conditions: conditions(list.trim_start_matches('[')) })
}

/// `DiskPressure MemoryPressure]. ` as a list.
fn conditions(list: &str) -> Vec<&str> {
    until(list, "]").split([' ', ',']).filter_map(|c| non_empty(c.trim_matches('.'))).collect()
}

fn over_limit(message: &str) -> Option<Eviction<'_>> {
    if let Some(rest) = after_any(message, &["EmptyDir volume ", "emptyDir volume "]) {
        let limit = Amount::of(quoted(after(rest, "exceeds the limit ")?)?)?;
        return Some(Eviction::EmptyDirLimit { volume: quoted(rest)?, limit });
    }
    if let Some((head, rest)) = message.split_once(" exceeded its local ephemeral storage limit ") {
        let container = head.rsplit(' ').next().and_then(non_empty)?;
        let limit = quoted(rest).unwrap_or_else(|| word(rest));
        return Some(Eviction::ContainerLimit { container, limit: Amount::of(limit)? });
    }
    let rest = after(message, "ephemeral local storage usage exceeds the total limit of containers ")?;
    Some(Eviction::PodLimit { limit: Amount::of(word(rest))? })
}

/// What a node started to reclaim: event `EvictionThresholdMet`, `Attempting to reclaim ephemeral-storage` (1.12–1.37).
pub fn reclaiming(message: &str) -> Option<Resource<'_>> {
    let name = word(after(strip_combined(message), "Attempting to reclaim ")?);
    non_empty(name).map(Resource::named)
}

/// The container and usage of an `Evicted` event's annotations `offending_containers` and `offending_containers_usage`
/// (comma-joined; `eviction/helpers.go`, 1.12–1.37).
pub fn offenders<'a>(names: &'a str, usages: &'a str) -> Vec<(&'a str, Amount<'a>)> {
    names
        .split(',')
        .zip(usages.split(','))
        .filter_map(|(n, u)| Some((non_empty(n)?, Amount::of(u)?)))
        .collect()
}

impl fmt::Display for Eviction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NodeLow { resource, available: Some(left), .. } => {
                write!(f, "the node was low on {resource} ({} left)", left.text)
            }
            Self::NodeLow { resource, .. } => write!(f, "the node was low on {resource}"),
            Self::Refused { conditions } => {
                write!(f, "refused by the node, which had {}", conditions.join(" and "))
            }
            Self::EmptyDirLimit { volume, limit } => {
                write!(f, "emptyDir volume {volume} grew beyond its limit of {}", limit.text)
            }
            Self::ContainerLimit { container, limit } => {
                write!(
                    f,
                    "container {container} used more ephemeral storage than its limit of {}",
                    limit.text
                )
            }
            Self::PodLimit { limit } => {
                write!(
                    f,
                    "the pod used more ephemeral storage than its containers' limits of {} in all",
                    limit.text
                )
            }
        }
    }
}

/// The annotation value of `starved_resource` on an `Evicted` event, as the signal or resource it names.
pub fn starved(annotation: &str) -> Option<Resource<'_>> {
    non_empty(annotation.trim()).map(Resource::named)
}

/// The condition type (`DiskPressure`) that `NodeHasDiskPressure` and its like report; `None` for a clear one
/// (`NodeHasNoDiskPressure`, `NodeHasSufficientMemory`). From the reason of node events, 1.12–1.37.
pub fn pressure(reason: &str) -> Option<&'static str> {
    match reason {
        "NodeHasDiskPressure" | "KubeletHasDiskPressure" => Some("DiskPressure"),
        "NodeHasInsufficientMemory" | "KubeletHasInsufficientMemory" => Some("MemoryPressure"),
        "NodeHasInsufficientPID" | "KubeletHasInsufficientPID" => Some("PIDPressure"),
        _ => None,
    }
}

#[cfg(test)]
#[path = "tests/eviction.rs"]
mod tests;
