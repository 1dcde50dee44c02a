//! Asking Rutter about a recording: as a whole, and about less than that.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::make::NAMESPACED;
use crate::namespace::run;
use crate::scenario::report::Report;

/// What of a recording Rutter is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum View {
    /// All that `kubectl get` shows of every kind.
    Whole,
    /// The same without events.
    NoEvents,
    /// `kubectl cluster-info dump`.
    Dump,
    /// The API server, with the rights to the scenarios' namespaces and nothing else.
    Namespaced,
    /// All, but only one scenario's namespaces are asked for (`-n`).
    Scoped,
}

impl View {
    pub(super) const ALL: [Self; 5] =
        [Self::Whole, Self::NoEvents, Self::Dump, Self::Namespaced, Self::Scoped];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::NoEvents => "without events",
            Self::Dump => "cluster-info dump",
            Self::Namespaced => "namespaces only",
            Self::Scoped => "whole, `-n` of one scenario",
        }
    }
}

/// A recording and the program that is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) rutter: &'a Path,
    pub(super) recording: &'a Path,
    /// Where views are made.
    pub(super) work: &'a Path,
}

impl Source<'_> {
    /// What Rutter says of `view`; `namespaces` are asked for, if there are any. Nothing, if there is no such view.
    pub(super) fn report(&self, view: View, namespaces: &[String]) -> Result<Option<Report>> {
        let folder = match view {
            View::Whole | View::Scoped => self.recording.join("get"),
            View::Dump => self.recording.join("dump"),
            View::NoEvents => without_events(&self.recording.join("get"), &self.work.join("get"))?,
            View::Namespaced => return self.live(),
        };
        let mut command = Command::new(self.rutter);
        command.args(["diagnose", "-o", "json"]).arg(folder);
        if !namespaces.is_empty() {
            command.args(["-n", &namespaces.join(",")]);
        }
        let before = self.recording.join("before");
        if before.exists() && view != View::Dump {
            let before = match view {
                View::NoEvents => without_events(&before, &self.work.join("before"))?,
                _ => before,
            };
            command.arg("--since").arg(before);
        }
        parse(&run(&mut command)?).map(Some)
    }

    /// What was said when the recording was made, to somebody with fewer rights.
    fn live(&self) -> Result<Option<Report>> {
        let path = self.recording.join(NAMESPACED);
        if !path.exists() {
            return Ok(None);
        }
        parse(&fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?)
            .map(Some)
    }
}

pub(super) fn parse(report: &str) -> Result<Report> {
    serde_json::from_str(report).context("cannot understand the report of rutter")
}

/// The files of `recording` but those of events, in the folder `to`.
fn without_events(recording: &Path, to: &Path) -> Result<PathBuf> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(recording)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_file() && !name.to_string_lossy().starts_with("events") {
            fs::copy(&path, to.join(name)).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(to.to_owned())
}
