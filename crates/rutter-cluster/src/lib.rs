//! The model of a Kubernetes cluster that every other part of Rutter reads.
//!
//! Objects are *lean*: they hold the fields that lessons read and nothing else, under the names that the Kubernetes
//! API gives them. Old API versions are read into the same shapes. Everything here is plain data and functions of
//! data: no I/O, no clock (the time of the snapshot is a value, [`Cluster::time`]), no async.
//!
//! The way in is [`Tables`] (decoded objects, in any order, with duplicates) and [`Coverage`] (what the source showed);
//! [`Cluster::new`] turns both into a sorted, indexed [`Cluster`], and [`Cluster::apply`] keeps it current, a change at a
//! time.

mod by_label;
mod change;
mod cluster;
pub mod coverage;
mod index;
mod intern;
mod kind;
mod kubectl_name;
mod kubelet;
mod list;
mod logs;
mod meta;
pub mod near;
pub mod objects;
mod objects_of;
mod order;
pub mod placement;
mod positions;
mod quantity;
mod relations;
mod selector;
mod snapshot_time;
mod string;
mod table;
mod time;

pub use change::Change;
pub use cluster::{Cluster, ClusterInfo};
pub use coverage::{Coverage, State, Unseen};
pub use index::EventKey;
pub use intern::{Pool, Pools, WRITTEN};
pub use kind::{Kind, KindSet, Object, Resource, Tables};
pub use kubelet::{
    ContainerStats, FsStats, Kubelet, KubeletAnswer, KubeletConfig, KubeletStats, Kubelets, MemoryStats,
    NodeStats, PodRef, PodStats, RuntimeStats, VolumeStats,
};
pub use list::List;
pub use logs::{LogKey, LogTail, Logs};
pub use meta::{Labels, Meta, ObjectRef, Owner};
pub use objects_of::{Iter, Objects};
pub use quantity::Quantity;
pub use selector::{LabelSelector, Requirement};
pub use string::Str;
pub use table::Table;
pub use time::Time;
