//! What was wrong before: only what is new fails a run.

use std::collections::BTreeMap;

use rutter_cluster::ObjectRef;
use serde::{Deserialize, Serialize};

const API_VERSION: &str = "rutter.dev/v1alpha1";
const KIND: &str = "LintBaseline";

/// A file of findings that are known.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Baseline {
    api_version: String,
    kind: String,
    /// By fingerprint: the check and the object, for who reads the file.
    findings: BTreeMap<String, String>,
}

impl Baseline {
    /// Of these findings.
    pub fn new<'f>(findings: impl Iterator<Item = (&'f str, &'f str, &'f ObjectRef)>) -> Self {
        let findings = findings.map(|(fingerprint, check, object)| {
            let namespace =
                if object.namespace.is_empty() { String::new() } else { format!(" -n {}", object.namespace) };
            (fingerprint.to_owned(), format!("{check}: {}/{}{namespace}", object.kind, object.name))
        });
        Self { api_version: API_VERSION.into(), kind: KIND.into(), findings: findings.collect() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it isn't one that [`Baseline::text`] wrote.
    pub fn parse(text: &str) -> Result<Self, String> {
        let baseline: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if baseline.kind != KIND || baseline.api_version != API_VERSION {
            return Err(format!("it is not a {KIND} of {API_VERSION}"));
        }
        Ok(baseline)
    }

    /// As a file, the same for the same findings.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Whether a finding was there before.
    pub fn knows(&self, fingerprint: &str) -> bool {
        self.findings.contains_key(fingerprint)
    }

    /// The fingerprints in it.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.findings.keys().map(String::as_str)
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }
}
