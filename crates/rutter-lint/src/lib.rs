//! What would go wrong with a manifest, said before it is applied.
//!
//! A function of data: texts, and a cluster if one is given, become findings. See [`run`], and `checks/` for what is looked for.

pub mod check;
pub mod context;
pub mod finding;
pub mod links;
pub mod manifest;
mod registry;
mod run;
pub mod selector;
pub mod template;
pub mod workloads;
pub mod yaml;

pub use self::{
    check::{Check, Found, Look, Topic},
    context::{Context, Presence, Settings, Version},
    finding::{Edit, Finding},
    manifest::{Object, Source},
    registry::CHECKS,
    run::run,
    template::{Container, Controller, Role, Template},
};

/// The check of that id.
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.id == id).copied()
}
