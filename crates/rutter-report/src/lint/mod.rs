//! What `rutter lint` found, as plain data and in the forms that people and programs want.
//!
//! | module | writes |
//! | --- | --- |
//! | `text` | for a person: each finding with the line that it is about; or a line each |
//! | `sarif` | SARIF 2.1.0, for code scanning |
//! | `junit` | JUnit's XML, for what shows tests |
//! | `github` | annotations of GitHub's workflows |
//! | `markdown` | a table, for comments |

mod github;
mod junit;
mod markdown;
mod sarif;
mod text;

use std::collections::BTreeMap;

use rutter_diagnosis::{Differences, What};
use rutter_lint::{Outcome, Problem, Settings, Source, State};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Became, ObjectChange, model::ObjectRef};

pub use self::{
    github::write as write_github,
    junit::write as write_junit,
    markdown::write as write_markdown,
    sarif::write as write_sarif,
    text::{write as write_text, write_names, write_short},
};

/// What was found in manifests.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LintReport {
    /// The version of this format.
    pub api_version: &'static str,
    /// `LintReport`.
    pub kind: &'static str,
    /// The version of rutter.
    pub rutter_version: String,
    /// The Kubernetes that the manifests were measured by.
    pub kubernetes_version: String,
    /// The cluster that the manifests were held against, as it was named; empty without one.
    pub against: Vec<String>,
    /// How many of what.
    pub summary: LintSummary,
    /// All findings, in the order of files and lines; accepted and known ones, too.
    pub findings: Vec<LintFinding>,
    /// What an apply would change in the cluster that the manifests were held against, of what Rutter compares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ObjectChange>,
    /// What a person should know beside: acceptances that accept nothing, files that were left out.
    pub notes: Vec<String>,
    /// The files that were looked at.
    pub files: Vec<String>,
}

/// How many of what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LintSummary {
    /// Files that were looked at.
    pub files: usize,
    /// Objects in them.
    pub objects: usize,
    /// Documents in them that are no Kubernetes objects.
    pub other_documents: usize,
    /// Open findings, by severity.
    pub open: BTreeMap<&'static str, usize>,
    /// Findings that somebody accepted.
    pub accepted: usize,
    /// Findings that are in the baseline.
    pub known: usize,
    /// Open findings that `--fix` mends.
    pub fixable: usize,
}

/// One check that fails at one place.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LintFinding {
    /// The check's id.
    pub check: &'static str,
    /// critical, high, medium, low, info
    pub severity: &'static str,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// What to write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The object that is wrong.
    pub object: ObjectRef,
    /// The container, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The file in which it was written.
    pub file: String,
    /// The line there, from 1.
    pub line: u32,
    /// The column there, from 1, in characters.
    pub column: u32,
    /// The way to the value in the object: `spec.containers[web].image`.
    pub path: String,
    /// That line of the file.
    pub excerpt: String,
    /// How many characters of the line it is about, if it is about a part of one.
    #[serde(skip)]
    pub length: usize,
    /// The same in each run for what is the same finding.
    pub fingerprint: String,
    /// open, accepted, known
    pub state: &'static str,
    /// Who or what accepted it, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Acceptance>,
    /// Whether `--fix` mends it.
    pub fixable: bool,
    /// The lessons of incidents that this would have kept from happening.
    pub prevents: &'static [&'static str],
}

/// Why a finding is accepted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Acceptance {
    /// `annotation`, or a rule of the configuration.
    pub by: String,
    /// The reason that was given.
    pub reason: String,
    /// The last day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl LintReport {
    /// Of what was found in these sources.
    pub fn new(sources: &[Source], outcome: &Outcome, settings: &Settings, against: Vec<String>) -> Self {
        let lines = Lines::of(sources, &outcome.problems);
        let findings: Vec<LintFinding> =
            outcome.problems.iter().map(|problem| finding(sources, problem, &lines)).collect();
        let mut files: Vec<String> = sources
            .iter()
            .filter(|source| source.role != rutter_lint::SourceRole::Origin)
            .map(|source| source.name.clone())
            .collect();
        files.sort();
        files.dedup();
        let mut summary = LintSummary {
            files: files.len(),
            objects: outcome.objects,
            other_documents: outcome.others,
            ..LintSummary::default()
        };
        for finding in &findings {
            match finding.state {
                "accepted" => summary.accepted += 1,
                "known" => summary.known += 1,
                _ => {
                    *summary.open.entry(finding.severity).or_default() += 1;
                    summary.fixable += usize::from(finding.fixable);
                }
            }
        }
        Self {
            api_version: crate::model::API_VERSION,
            kind: "LintReport",
            rutter_version: env!("CARGO_PKG_VERSION").to_owned(),
            kubernetes_version: settings.version.to_string(),
            against,
            summary,
            findings,
            changes: Vec::new(),
            notes: outcome.notes.clone(),
            files,
        }
    }

    /// Adds what an apply would change: what is new, and fields that would have another value. An apply takes nothing away that a manifest doesn't
    /// name, so what only the cluster has is not told.
    #[must_use]
    pub fn with_changes(mut self, differences: &Differences) -> Self {
        let told = differences.all.iter().filter_map(|difference| {
            let (became, field, before, after) = match &difference.what {
                What::Appeared => (Became::New, String::new(), String::new(), String::new()),
                What::Changed { field, before, after } if !after.is_empty() => {
                    (Became::Changed, field.clone(), before.clone(), after.clone())
                }
                _ => return None,
            };
            let objects = difference.objects.iter().map(Into::into).collect();
            Some(ObjectChange { objects, became, field, before, after })
        });
        self.changes = told.collect();
        self
    }

    /// The findings that count.
    pub fn open(&self) -> impl Iterator<Item = &LintFinding> {
        self.findings.iter().filter(|finding| finding.state == "open")
    }
}

impl LintFinding {
    /// `Deployment shop/web, container app`, for a person.
    pub(crate) fn subject(&self) -> String {
        if self.object.kind == "File" {
            return String::new();
        }
        let namespace = &self.object.namespace;
        let namespace = if namespace.is_empty() { String::new() } else { format!("{namespace}/") };
        let container = self.container.as_ref().map(|name| format!(", container {name}")).unwrap_or_default();
        format!("{} {namespace}{}{container}", self.object.kind, self.object.name)
    }
}

/// A longer line is not shown.
const LONGEST_LINE: usize = 400;

/// The lines of sources that findings are about.
struct Lines(BTreeMap<(usize, u32), String>);

impl Lines {
    fn of(sources: &[Source], problems: &[Problem]) -> Self {
        let mut wanted: BTreeMap<(usize, u32), String> = BTreeMap::new();
        for problem in problems {
            wanted.insert((problem.place.source, problem.place.line), String::new());
        }
        let mut at: Option<(usize, u32, std::str::Lines<'_>)> = None;
        for ((source, line), text) in &mut wanted {
            let (number, lines) = match &mut at {
                Some((same, number, lines)) if same == source => (number, lines),
                _ => {
                    at = Some((*source, 0, sources[*source].text.lines()));
                    match &mut at {
                        Some((_, number, lines)) => (number, lines),
                        None => continue,
                    }
                }
            };
            let found = lines.nth((*line - *number).saturating_sub(1) as usize);
            *number = *line;
            // Minified JSON is one line with all objects in it, Secrets too.
            let line = found.filter(|line| line.len() <= LONGEST_LINE).unwrap_or_default();
            *text = crate::redact(line).into_owned();
        }
        Self(wanted)
    }
}

fn finding(sources: &[Source], problem: &Problem, lines: &Lines) -> LintFinding {
    let found = &problem.finding;
    // What stands in a Secret stays there.
    let excerpt =
        lines.0.get(&(problem.place.source, problem.place.line)).filter(|_| found.object.kind != "Secret");
    let excerpt = excerpt.cloned().unwrap_or_default();
    let text = &sources[found.source].text;
    let slice = text.get(found.span.start as usize..found.span.end as usize).unwrap_or_default();
    // A line of another text, or one from which something was taken out, has the value elsewhere.
    let is_here = problem.place.source == found.source && excerpt.contains(slice) && !slice.contains('\n');
    LintFinding {
        check: found.check,
        severity: problem.severity.name(),
        message: crate::redact(&found.message).into_owned(),
        advice: found.advice.clone(),
        object: (&found.object).into(),
        container: found.container.clone(),
        file: sources[problem.place.source].name.clone(),
        line: problem.place.line,
        column: problem.place.column,
        path: problem.path.clone(),
        excerpt,
        length: if is_here { slice.chars().count() } else { 0 },
        fingerprint: problem.fingerprint.clone(),
        state: match problem.state {
            State::Open => "open",
            State::Accepted(_) => "accepted",
            State::Known => "known",
        },
        accepted: match &problem.state {
            State::Accepted(accepted) => Some(Acceptance {
                by: accepted.by.clone(),
                reason: accepted.reason.clone(),
                until: accepted.until.map(|day| day.to_string()),
            }),
            _ => None,
        },
        fixable: found.fix.is_some() && sources[found.source].role == rutter_lint::SourceRole::Written,
        prevents: rutter_lint::check(found.check).map_or(&[], |check| check.prevents),
    }
}
