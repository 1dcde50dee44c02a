//! The cases of all lessons: `crates/rutter-lessons/lessons/*/*/cases/*`.
//!
//! A case is a small source (files as a dump would have them) and `expect.json`: where the input comes from, and what the
//! lesson must say of it; where that depends on an earlier state, `earlier/` holds it. `fires-*` must yield findings, `silent-*` none. Files are read when the test runs, so a changed
//! case rebuilds nothing. `UPDATE_CASES=1` writes what is found into `expect.json`: read the diff before it is committed.
//!
//! `cargo test -p rutter-diagnosis --test cases -- evicted` runs those of one lesson.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]
#![expect(clippy::disallowed_methods, reason = "the code under test does no I/O; its test reads the cases")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use libtest_mimic::{Arguments, Failed, Trial};
use rutter_cluster::Cluster;
use rutter_diagnosis::{Diagnosis, Scope, diagnose, evaluate};
use rutter_lessons::{Context, LESSONS, Lesson, Origin};
use rutter_source::{Input, files::Limits};
use serde::{Deserialize, Serialize};

/// What a case expects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// `recorded: …` or `constructed: …` with the reason.
    origin: String,
    findings: Vec<ExpectedFinding>,
    /// What the lesson could not decide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    undecided: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFinding {
    object: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    container: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    variant: String,
    severity: String,
    confidence: String,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    instances: usize,
    evidence: Vec<String>,
    /// What was not seen and may hold its cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hidden_by: Option<String>,
    /// `lesson object: confidence, because …`, for each finding that this one explains directly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    explains: Vec<String>,
    /// `lesson object`, if another finding explains this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    explained_by: Option<String>,
    /// Title and commands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    remedies: Vec<Vec<String>>,
}

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../rutter-lessons/lessons"));
    let mut trials = Vec::new();
    for lesson in LESSONS {
        let folder = root.join(lesson.group.name()).join(lesson.id);
        for case in folders(&folder.join("cases")) {
            let name = format!("{}::{}", lesson.id, case.file_name().unwrap().to_string_lossy());
            trials.push(Trial::test(name, move || run(lesson, &case)));
        }
        trials.push(Trial::test(format!("{}::has_cases_and_text", lesson.id), move || {
            is_whole(lesson, &folder)
        }));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(path).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn run(lesson: &'static Lesson, case: &Path) -> Result<(), Failed> {
    let file = case.join("expect.json");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let expected: Expected =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    if !["recorded: ", "constructed: "].iter().any(|start| expected.origin.starts_with(start)) {
        return Err("the origin says neither `recorded: …` nor `constructed: …`".into());
    }
    let load =
        |inputs: &[Input]| rutter_source::load(inputs, &Limits::default()).map_err(|error| error.to_string());
    let mut cluster = load(&inputs(case))?;
    let earlier = case.join(EARLIER);
    if earlier.exists() {
        cluster = cluster.with_earlier(load(&[Input::Path(earlier)])?);
    }
    stays_within_its_inputs(lesson, &cluster)?;
    let found = found(lesson, &cluster, expected.origin.clone());
    let name = case.file_name().unwrap().to_string_lossy().into_owned();
    let wrong = match (name.split('-').next(), found.findings.is_empty()) {
        (Some("fires"), true) => Some("it must fire, and is silent"),
        (Some("silent"), false) => Some("it must be silent, and fires"),
        (Some("fires" | "silent"), _) => None,
        _ => Some("the name of a case starts with fires- or silent-"),
    };
    let printed = serde_json::to_string_pretty(&found).unwrap();
    if let Some(wrong) = wrong {
        return Err(format!("{wrong}: {printed}").into());
    }
    if found == expected {
        return Ok(());
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&file, printed + "\n").unwrap();
        return Ok(());
    }
    let wanted = serde_json::to_string_pretty(&expected).unwrap();
    Err(format!("{}\n(UPDATE_CASES=1 accepts this)", difference(&wanted, &printed)).into())
}

/// The folder of a case with the state before it, as `--since` would be given it.
const EARLIER: &str = "earlier";

/// Every file of a case but what is expected of it.
fn inputs(case: &Path) -> Vec<Input> {
    if case.join(EARLIER).exists() {
        let all = folders(case).into_iter();
        let is_input = |path: &PathBuf| !path.ends_with(EARLIER) && !path.ends_with("expect.json");
        return all.filter(is_input).map(Input::Path).collect();
    }
    // One input, because its files were made together. What else lies there holds no objects.
    vec![Input::Path(case.to_owned())]
}

fn found(lesson: &Lesson, cluster: &Cluster, origin: String) -> Expected {
    let diagnosis = diagnose(cluster, &Scope::default());
    let positions = 0..diagnosis.findings.len();
    let mine = positions.filter(|n| diagnosis.findings[*n].finding.lesson == lesson.id);
    let findings = mine.map(|n| expected(lesson, cluster, &diagnosis, n)).collect();
    let undecided = diagnosis.undecided.iter().filter(|undecided| undecided.lesson == lesson.id);
    Expected { origin, findings, undecided: undecided.map(|undecided| undecided.why.clone()).collect() }
}

fn expected(lesson: &Lesson, cluster: &Cluster, diagnosis: &Diagnosis, n: usize) -> ExpectedFinding {
    let finding = &diagnosis.findings[n].finding;
    let name = |n: usize| {
        let other = &diagnosis.findings[n].finding;
        format!("{} {}", other.lesson, other.object)
    };
    let explained = || {
        let all = diagnosis.incidents.iter().chain(&diagnosis.history);
        all.flat_map(|incident| &incident.explains)
    };
    let evidence = finding.evidence.iter().map(|evidence| {
        let origin = match &evidence.origin {
            Origin::Field(path) => path.clone(),
            Origin::Event(reason) => format!("event {reason}"),
            Origin::Log(container) => format!("log {container}"),
        };
        let time = evidence.time.map_or_else(String::new, |time| format!(" [{time}]"));
        format!("{} {origin}: {}{time}", evidence.object, evidence.value)
    });
    let context = Context::new(cluster);
    let remedies = if finding.is_history() { Vec::new() } else { lesson.steps(&context, finding) };
    ExpectedFinding {
        object: finding.object.to_string(),
        container: finding.container.as_deref().unwrap_or_default().to_owned(),
        variant: finding.variant.to_owned(),
        severity: finding.severity.name().to_owned(),
        confidence: finding.confidence.name().to_owned(),
        message: finding.message.clone(),
        since: finding.since.map(|time| time.to_string()),
        until: finding.until.map(|time| time.to_string()),
        instances: finding.instances.len(),
        evidence: evidence.collect(),
        hidden_by: finding.hidden_by.as_ref().map(ToString::to_string),
        explains: explained()
            .filter(|effect| effect.by == n)
            .map(|effect| {
                format!("{}: {}, because {}", name(effect.finding), effect.confidence.name(), effect.why)
            })
            .collect(),
        explained_by: explained().find(|effect| effect.finding == n).map(|effect| name(effect.by)),
        remedies: remedies
            .into_iter()
            .map(|remedy| {
                let title = format!("{} ({})", remedy.title, remedy.risk.name());
                [title].into_iter().chain(remedy.commands).collect()
            })
            .collect(),
    }
}

/// What a lesson reads beyond what it declares is what a live scan would not fetch for it.
fn stays_within_its_inputs(lesson: &'static Lesson, cluster: &Cluster) -> Result<(), Failed> {
    let read = evaluate(&[lesson], cluster).read[0];
    let undeclared = read.without(lesson.inputs());
    if undeclared.is_empty() {
        return Ok(());
    }
    Err(format!("the lesson reads {undeclared:?}, which it does not declare").into())
}

/// The headings that every lesson.md has, in this order.
const HEADINGS: [&str; 8] = [
    "## Symptom",
    "## How to tell",
    "## Why it happens",
    "## What to do",
    "## Prevention",
    "## Versions",
    "## Limits",
    "## Sources",
];

fn is_whole(lesson: &Lesson, folder: &Path) -> Result<(), Failed> {
    let mut missing = Vec::new();
    let cases = folders(&folder.join("cases"));
    let mut counts = BTreeMap::<&str, usize>::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        *counts.entry(name.split('-').next().unwrap_or_default()).or_default() += 1;
    }
    for kind in ["fires", "silent"] {
        if !counts.contains_key(kind) {
            missing.push(format!("no case {kind}-*"));
        }
    }
    let headings: Vec<&str> = lesson.text.lines().filter(|line| line.starts_with("## ")).collect();
    if headings != HEADINGS {
        missing.push(format!("lesson.md has the headings {headings:?}, not {HEADINGS:?}"));
    }
    if !lesson.text.starts_with(&format!("# {}\n", lesson.id)) {
        missing.push(format!("lesson.md doesn't start with `# {}`", lesson.id));
    }
    if missing.is_empty() { Ok(()) } else { Err(missing.join("; ").into()) }
}

/// The lines that differ, as a diff would mark them.
fn difference(wanted: &str, found: &str) -> String {
    let (wanted, found): (Vec<&str>, Vec<&str>) = (wanted.lines().collect(), found.lines().collect());
    let start = wanted.iter().zip(&found).take_while(|(a, b)| a == b).count();
    let rest = wanted.len().min(found.len()) - start;
    let end = wanted.iter().rev().zip(found.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let minus = wanted[start..wanted.len() - end].iter().map(|line| format!("-{line}"));
    let plus = found[start..found.len() - end].iter().map(|line| format!("+{line}"));
    minus.chain(plus).collect::<Vec<_>>().join("\n")
}
