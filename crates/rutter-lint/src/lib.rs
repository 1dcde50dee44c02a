//! What would go wrong with a manifest, said before it is applied.
//!
//! A function of data: texts, and a cluster if one is given, become findings. See [`run`], and `checks/` for what is looked for.

pub mod baseline;
pub mod check;
pub mod config;
pub mod context;
mod credentials;
pub mod edit;
pub mod finding;
mod fingerprint;
pub mod image;
pub mod links;
pub mod lint;
pub mod live;
pub mod manifest;
pub mod origin;
pub mod path;
mod probes;
mod quantities;
mod references;
mod registry;
pub mod removed;
mod run;
pub mod selector;
mod setting;
pub mod suppress;
pub mod template;
mod texts;
pub mod workloads;
pub mod yaml;

pub use self::{
    check::{Check, Found, Look, Topic},
    context::{Context, Presence, Settings, Version},
    finding::{Edit, Finding},
    fingerprint::fingerprint,
    lint::{Input, Outcome, Problem, State, UNREADABLE, lint},
    manifest::{Object, Role as SourceRole, Source},
    registry::CHECKS,
    run::run,
    template::{Container, Controller, Role, Template},
};

/// The check of that id.
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.id == id).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_whole() {
        for pair in CHECKS.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} and {}", pair[0].id, pair[1].id);
        }
        for check in CHECKS {
            let id = check.id;
            assert!(
                rutter_lessons::find(id).is_none(),
                "{id} is a lesson's id, too: `rutter explain` would not know which"
            );
            for lesson in check.prevents {
                assert!(
                    rutter_lessons::find(lesson).is_some_and(|found| found.id == *lesson),
                    "{id}: no lesson {lesson}"
                );
            }
            let headings: Vec<&str> = check.text.lines().filter(|line| line.starts_with('#')).collect();
            let first = format!("# {id}: {}", check.title);
            assert_eq!(headings, [&first, "## What to write", "## When it is right", "## Sources"], "{id}");
        }
    }
}
