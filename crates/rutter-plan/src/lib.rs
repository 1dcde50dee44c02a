//! Plans: what is to be done to a cluster, as data that a person can read, keep, review and run later.
//!
//! A [`Plan`] is a list of [`Step`]s, each with what must hold before it ([`Condition`]), what it does ([`Action`]), what must
//! hold after it, how it is undone ([`Undo`]) and what happens if it takes too long ([`Late`]). Everything here is plain
//! data and functions of data: [`node`] makes plans from a [`Cluster`](rutter_cluster::Cluster), and a condition is judged by
//! a [`Sight`], which somebody else has read from the API server a moment ago. Nothing here reads or writes.
//!
//! A plan announces every write: who runs it sends what its actions say and nothing else.

mod action;
pub mod budgets;
mod condition;
mod done;
mod draft;
pub mod node;
mod object;
mod plan;
mod rights;
mod sight;
mod step;

pub use action::{Action, PatchKind};
pub use condition::{Condition, Verdict};
pub use draft::Draft;
pub use object::Object;
pub use plan::{ClusterIdentity, Late, Plan, Remark, RemarkKind, Step, Undo, Unsound, schema};
pub use rights::{Right, plural, rights};
pub use sight::{Need, Sight, Unread};
pub use step::{Changes, pointer};

/// The annotation that says which operation touched an object: its value is the operation's id.
pub const OPERATION: &str = "rutter.dev/operation";
/// The annotation that says which operation cordoned a node. Only who wrote it takes the cordon back.
pub const CORDONED: &str = "rutter.dev/cordoned";
