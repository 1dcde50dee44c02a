//! The texts that Kubernetes and container runtimes write, parsed once and for all.
//!
//! Messages of events and conditions are prose, and their wording changes over the years: Docker and Kubernetes 1.12
//! said other things than containerd, CRI-O and Kubernetes 1.37 do. Each module here reads one family of messages, in
//! all the wordings it knows, into values; lessons match the values. Where the wording tells its age, the value says
//! so ([`Era`]).
//!
//! All functions are total: any text gives an answer, an unknown one gives `Unknown`, `Other` or `None`. They take
//! time linear in the text, and their values borrow from it.

pub mod api_service;
pub mod autoscaling;
pub mod cloud;
pub mod container_config;
pub mod container_exit;
pub mod denied;
pub mod etcd;
pub mod eviction;
pub mod image_pull;
pub mod image_ref;
pub mod job_end;
pub mod leader;
pub mod namespace;
pub mod no_space;
pub mod node_disk;
pub mod node_ready;
pub mod oom;
pub mod placed;
pub mod pod_end;
pub mod probe;
pub mod quantity;
pub mod resolve;
pub mod sandbox;
mod scan;
pub mod scheduling;
#[cfg(test)]
mod testing;
pub mod unfinished;
pub mod volume;
pub mod webhook_call;
pub mod workload_create;
pub mod x509;

pub use quantity::{Amount, bytes, go_duration};
pub use scan::strip_combined;

/// The generation of software whose wording a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// A wording since given up: Kubernetes up to about 1.20, or Docker behind dockershim (gone in 1.24).
    Old,
    /// The wording of supported versions (1.30–1.37, containerd or CRI-O), which older ones may share in part.
    Current,
    /// The wording didn't change, so it doesn't tell.
    Any,
}

/// The container runtime whose wording a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// Docker, behind dockershim (up to Kubernetes 1.23) or cri-dockerd.
    Docker,
    /// containerd's CRI plugin.
    Containerd,
    /// CRI-O.
    CriO,
}
