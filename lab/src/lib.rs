//! A real Kubernetes on one machine, for Rutter's own tests. Not shipped.
//!
//! The lab builds Kubernetes from the Go modules pinned in `lab/kubernetes/` and `lab/go/` ([`toolchain`]) and runs it as
//! plain processes ([`Cluster`]): without nodes an API server on loopback, which nothing acts on and which can be filled
//! with a recording ([`load()`]); or with nodes ([`Options::nodes`]), controllers and scheduler, to be broken
//! ([`Node`]) and recorded ([`record()`]).
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! let cluster = lab::Cluster::start("/tmp/a-lab".as_ref())?;
//! let loaded = lab::load(cluster.admin_kubeconfig(), "recordings/some".as_ref())?;
//! assert!(loaded.refused.is_empty(), "{loaded}");
//! # Ok(()) }
//! ```
//!
//! Errors are `anyhow`'s: they are read by the person who runs a test, and no caller tells one from another.

pub mod accuracy;
mod addons;
mod audit;
pub mod cache;
mod case;
mod cgroup;
mod client;
mod cluster;
mod control_plane;
mod folder;
pub mod host;
mod image;
pub mod interrupt;
mod kubeconfig;
mod load;
mod namespace;
mod network;
mod node;
mod pki;
pub mod process;
mod record;
pub mod scenario;
mod status;
pub mod toolchain;

pub use addons::{Addon, Addons, fake::MOST as MOST_FAKE_NODES};
pub use audit::Request;
pub use case::make_case;
pub use cluster::{Cluster, Options, User};
pub use folder::{Folder, State};
pub use load::{Loaded, PassedOver, Refusal, load};
pub use node::{Node, NodeOptions, Part};
pub use record::{Form, record};
pub use status::Member;

/// A step of minutes that says nothing looks hung. Where nobody listens, there is nobody to tell.
fn note(message: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "lab: {message}");
}
