//! The experience: one directory per lesson under `lessons/`, and what lessons are made of.
//!
//! A lesson is asked about one subject (a node, a pod, a Service, …) and gets a [`Context`], the only way to the rest
//! of the cluster. It answers with [`Finding`]s and their [`Evidence`]. It also declares what its findings can explain
//! ([`Cause`]) and what to do about them ([`Remedy`]). Everything here is a function of data.

mod agents;
mod backup;
pub mod balancers;
mod containers;
mod context;
mod dns;
mod exec_probes;
mod fencing;
mod finding;
mod fixes;
mod hosting;
mod hung;
mod ingress_nginx;
mod leaders;
mod lesson;
mod members;
mod memory;
mod placement;
mod pressure;
mod rancher;
pub mod reads;
mod registry;
mod revision;
mod said;
pub mod secrets;
mod starting;
pub mod texts;
mod verdict;
mod webhooks;
mod windows;
pub mod words;

pub use context::{Context, Kept, Known, Name, Seen};
pub use finding::{Confidence, Evidence, Finding, Origin, Remedy, Risk, Severity};
pub use lesson::{Because, Cause, Evaluate, Findings, Group, Lesson, Outcome, Relation, heals};
pub use registry::{LESSONS, SCENARIOS};

use rutter_cluster::near;

/// The lesson of that id, by its present or an earlier one.
pub fn find(id: &str) -> Option<&'static Lesson> {
    LESSONS.iter().copied().find(|lesson| lesson.id == id || lesson.aliases.contains(&id))
}
