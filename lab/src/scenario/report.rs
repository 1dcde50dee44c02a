//! What `rutter diagnose -o json` says, as far as it is looked at here.

use std::path::Path;
use std::process::Command;
use std::{fmt, fs};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::spec::Finding;
use crate::namespace::run;

/// The parts of `rutter diagnose -o json` that are looked at.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Report {
    #[serde(default)]
    pub(crate) incidents: Vec<Incident>,
    #[serde(default)]
    pub(crate) undecided: Vec<Undecided>,
    #[serde(default)]
    pub(crate) coverage: Vec<Seen>,
}

/// What a report says of a kind.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Seen {
    pub(crate) resource: String,
    pub(crate) state: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Incident {
    #[serde(default)]
    pub(crate) id: String,
    pub(crate) root: Found,
    #[serde(default)]
    pub(crate) explains: Vec<Found>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Found {
    pub(crate) lesson: String,
    #[serde(default)]
    pub(crate) variant: String,
    pub(crate) object: Object,
    pub(crate) message: String,
    /// What was not seen and may hold its cause.
    #[serde(default)]
    pub(crate) hidden_by: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Object {
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Object {
    /// Whether it is of the scenario of that name: in its namespace, or itself a namespace called after it.
    pub(crate) fn is_in(&self, scenario: &str) -> bool {
        let called_after = || {
            let rest = self.name.strip_prefix(scenario);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        self.namespace == scenario || (self.kind == "Namespace" && called_after())
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Undecided {
    pub(crate) lesson: String,
}

/// How Rutter is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) rutter: &'a Path,
    /// The recording from before the fault, if it is compared with that.
    pub(crate) before: Option<&'a Path>,
    pub(crate) kubelets: bool,
}

/// What Rutter looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source<'a> {
    Live(&'a Path),
    Get(&'a Path),
    Dump(&'a Path),
}

impl Source<'_> {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Live(_) => "live",
            Self::Get(_) => "from `lab record`",
            Self::Dump(_) => "from `kubectl cluster-info dump`",
        }
    }
}

impl Report {
    /// The id of the incident whose root is a finding of that lesson (`LESSON` or `LESSON/VARIANT`), and of that scenario or of none.
    pub(crate) fn incident(&self, lesson: &str, scenario: &str) -> Option<String> {
        let (lesson, variant) = lesson.split_once('/').unwrap_or((lesson, ""));
        let elsewhere = |object: &Object| object.namespace.is_empty() || object.namespace == "kube-system";
        let is_it = |root: &Found| {
            root.lesson == lesson
                && (variant.is_empty() || root.variant == variant)
                && (root.object.is_in(scenario) || elsewhere(&root.object))
        };
        self.incidents.iter().find(|incident| is_it(&incident.root)).map(|incident| incident.id.clone())
    }

    /// Runs `rutter diagnose`.
    pub(crate) fn of(asked: Asked<'_>, source: Source<'_>) -> Result<Self> {
        let mut command = Command::new(asked.rutter);
        command.args(["diagnose", "-o", "json"]);
        if let Some(before) = asked.before {
            command.arg("--since").arg(before);
        }
        match source {
            Source::Live(kubeconfig) => {
                command.arg("--kubeconfig").arg(kubeconfig);
                command.args(asked.kubelets.then_some("--kubelets"));
            }
            Source::Get(folder) | Source::Dump(folder) => {
                command.arg(folder);
            }
        }
        let text = run(&mut command)?;
        if let Source::Get(folder) | Source::Dump(folder) = source {
            fs::write(folder.with_extension("report.json"), &text)?;
        }
        serde_json::from_str(&text).context("cannot understand the report of rutter")
    }

    /// Whether it says that nothing of the kind of a finding's object was in its source.
    pub(crate) fn lacks(&self, finding: &Finding) -> bool {
        let kind = finding.object.split('/').next().unwrap_or_default().to_lowercase();
        self.coverage.iter().any(|seen| seen.state == "absent" && seen.resource == format!("{kind}s"))
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}) of {} (“{}”)", self.lesson, self.variant, self.object, self.message)
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [self.kind.as_str(), &self.namespace, &self.name];
        f.write_str(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"))
    }
}
