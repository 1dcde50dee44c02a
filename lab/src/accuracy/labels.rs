//! What a recording shows, as it is kept beside it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::scenario::{Expected, Finding, Scenario};

/// The file in a recording's folder.
pub(super) const FILE: &str = "labels.json";

/// What kind of cluster was recorded, in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// Nothing is wrong.
    Healthy,
    /// One scenario on a cluster of its own.
    Alone,
    /// Two at once, and a healthy namespace in which much happens.
    Pair,
    /// Three at once, and the same.
    Triple,
    /// All scenarios that can share a cluster, at once.
    Shared,
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [Self::Healthy, Self::Alone, Self::Pair, Self::Triple, Self::Shared];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Healthy => "healthy, idle or busy",
            Self::Alone => "one scenario",
            Self::Pair => "two at once",
            Self::Triple => "three at once",
            Self::Shared => "all that can share a cluster",
        }
    }
}

/// What a recording shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Labels {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) faults: Vec<Fault>,
    /// Scenarios beside them, in which nothing is wrong.
    #[serde(default)]
    pub(super) noise: Vec<String>,
    /// Incidents that are right to be there, though no fault was made for them.
    #[serde(default)]
    pub(super) allow: Vec<Finding>,
    /// Of what it was made: another one is recorded anew.
    pub(super) made_from: String,
}

/// A scenario, as it was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) scenario: String,
    pub(super) namespaces: Vec<String>,
    pub(super) expect: Vec<Expected>,
}

impl Fault {
    pub(super) fn of(scenario: &Scenario) -> Self {
        // What is in `kube-system` is everybody's, and nobody with the rights of a team reads it.
        let also = scenario.also.iter().filter(|namespace| *namespace != "kube-system").cloned();
        Self {
            scenario: scenario.name.clone(),
            namespaces: [scenario.name.clone()].into_iter().chain(also).collect(),
            expect: scenario.expect.clone(),
        }
    }
}

impl Labels {
    /// The labels of a recording, if it is whole.
    pub(super) fn read(recording: &Path) -> Result<Option<Self>> {
        let path = recording.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let labels = serde_json::from_str(&text);
        labels.map(Some).with_context(|| format!("cannot understand {}", path.display()))
    }

    /// The namespaces of its faults and of what is beside them.
    pub(super) fn namespaces(&self) -> Vec<&str> {
        let faults = self.faults.iter().flat_map(|fault| &fault.namespaces);
        faults.chain(&self.noise).map(String::as_str).collect()
    }
}
