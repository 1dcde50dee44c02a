//! The cases of the lessons, with which each lesson was written: what they say is a check that nothing fell behind, and no
//! measurement.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::page::list;
use super::tally::share;
use super::views::parse;
use crate::namespace::run;
use crate::scenario::report::{Found, Report};

/// What a case expects of its lesson, as far as it is looked at here.
#[derive(Debug, Deserialize)]
struct Expected {
    origin: String,
    findings: Vec<ExpectedFinding>,
}

#[derive(Debug, Clone, Deserialize)]
struct ExpectedFinding {
    /// As `Deployment shop/web`.
    object: String,
    #[serde(default)]
    variant: String,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    explained_by: Option<String>,
}

/// Sums over cases of one origin.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sums {
    cases: usize,
    silent: usize,
    /// Silent cases in which the lesson is not.
    alarms: usize,
    roots: usize,
    first: usize,
    near: usize,
    found: usize,
    symptoms: usize,
    folded: usize,
    wrong: Vec<String>,
}

/// The table of all cases.
pub(super) fn text(rutter: &Path) -> Result<String> {
    let mut recorded = Sums::default();
    let mut constructed = Sums::default();
    for case in all()? {
        let text = fs::read_to_string(case.folder.join("expect.json"));
        let text = text.with_context(|| format!("{} expects nothing", case.folder.display()))?;
        let expected: Expected = serde_json::from_str(&text)
            .with_context(|| format!("cannot understand what {} expects", case.folder.display()))?;
        let report = parse(&run(&mut case.ask(rutter)?)?)?;
        let sums = if expected.origin.starts_with("recorded") { &mut recorded } else { &mut constructed };
        sums.add(&case.lesson, &case.name, &expected, &report);
    }
    let mut text = "\n### The cases of the lessons\n\n| cases | number | silent ones, false alarms | roots | rank 1 | top 3 | \
                    found | symptoms, folded |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for (title, sums) in [("recorded", &recorded), ("constructed", &constructed)] {
        let of_roots = |number| share(number, sums.roots);
        let _ = writeln!(
            text,
            "| {title} | {} | {}, {} | {} | {} | {} | {} | {}, {} |",
            sums.cases,
            sums.silent,
            sums.alarms,
            sums.roots,
            of_roots(sums.first),
            of_roots(sums.near),
            of_roots(sums.found),
            sums.symptoms,
            sums.folded
        );
    }
    let wrong = [recorded.wrong, constructed.wrong].concat();
    if !wrong.is_empty() {
        let _ = write!(text, "\nWrong, {} in number:\n\n{}", wrong.len(), list(&wrong));
    }
    Ok(text)
}

#[derive(Debug)]
struct Case {
    lesson: String,
    name: String,
    folder: PathBuf,
}

impl Case {
    /// As the cases' own tests read it: `earlier` is the state before.
    fn ask(&self, rutter: &Path) -> Result<Command> {
        let mut command = Command::new(rutter);
        command.args(["diagnose", "-o", "json"]);
        let earlier = self.folder.join("earlier");
        if !earlier.exists() {
            command.arg(&self.folder);
            return Ok(command);
        }
        let inputs = sorted(&self.folder)?.into_iter();
        command.args(inputs.filter(|path| !path.ends_with("earlier") && !path.ends_with("expect.json")));
        command.arg("--since").arg(earlier);
        Ok(command)
    }
}

fn all() -> Result<Vec<Case>> {
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/rutter-lessons/lessons");
    let mut all = Vec::new();
    for group in sorted(&lessons)?.into_iter().filter(|path| path.is_dir()) {
        for lesson in sorted(&group)? {
            let cases = lesson.join("cases");
            for folder in if cases.is_dir() { sorted(&cases)? } else { Vec::new() } {
                let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                all.push(Case { lesson: name(&lesson), name: name(&folder), folder });
            }
        }
    }
    Ok(all)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    crate::scenario::files(folder)
}

impl Sums {
    fn add(&mut self, lesson: &str, name: &str, expected: &Expected, report: &Report) {
        self.cases += 1;
        let mut wrong = Vec::new();
        if name.starts_with("silent") {
            self.silent += 1;
            let mut all =
                report.incidents.iter().flat_map(|incident| incident.explains.iter().chain([&incident.root]));
            if let Some(found) = all.find(|found| found.lesson == lesson) {
                self.alarms += 1;
                wrong.push(format!("false alarm: {found}"));
            }
        }
        let open: Vec<&ExpectedFinding> =
            expected.findings.iter().filter(|finding| finding.until.is_none()).collect();
        let roots = open.iter().filter(|finding| finding.explained_by.is_none()).count();
        for finding in open {
            let fits = |found: &Found| {
                found.lesson == lesson && found.variant == finding.variant && is_about(found, &finding.object)
            };
            if finding.explained_by.is_some() {
                self.symptoms += 1;
                let mut under = report.incidents.iter().flat_map(|incident| &incident.explains);
                if under.any(fits) {
                    self.folded += 1;
                } else {
                    wrong.push(format!("{} is not folded", finding.object));
                }
                continue;
            }
            self.roots += 1;
            match report.incidents.iter().position(|incident| fits(&incident.root)) {
                Some(position) => {
                    self.found += 1;
                    self.first += usize::from(position < roots);
                    self.near += usize::from(position < roots + 2);
                    if position >= roots {
                        let before = &report.incidents[0].root;
                        wrong.push(format!("{} is at rank {}, after {before}", finding.object, position + 1));
                    }
                }
                None => wrong.push(format!("{} is no root", finding.object)),
            }
        }
        self.wrong.extend(wrong.into_iter().map(|what| format!("{lesson}, {name}: {what}")));
    }
}

/// Whether a finding is about an object, as a case writes it.
fn is_about(found: &Found, object: &str) -> bool {
    let about = found.object.to_string();
    about.split_once('/').is_some_and(|(kind, name)| object == format!("{kind} {name}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn found(lesson: &str, name: &str) -> Value {
        let object = json!({ "kind": "Pod", "namespace": "a", "name": name });
        json!({ "lesson": lesson, "variant": "", "object": object, "message": "" })
    }

    fn sums(name: &str, findings: &Value, incidents: &Value) -> Sums {
        let expected = json!({ "origin": "constructed: x", "findings": findings });
        let expected: Expected = serde_json::from_value(expected).unwrap();
        let mut sums = Sums::default();
        let report = parse(&json!({ "incidents": incidents }).to_string()).unwrap();
        sums.add("evicted", name, &expected, &report);
        sums
    }

    #[test]
    fn what_is_missing_later_or_not_folded_is_wrong() {
        let root = json!([{ "object": "Pod a/p" }]);
        let here = json!({ "root": found("evicted", "p") });
        let other = json!({ "root": found("crash-loop", "q") });
        let right = sums("fires-x", &root, &json!([here, other]));
        assert_eq!((right.roots, right.first, right.wrong.len()), (1, 1, 0));
        let later = sums("fires-x", &root, &json!([other, here]));
        assert_eq!((later.first, later.near, later.wrong.len()), (0, 1, 1));
        let missing = sums("fires-x", &root, &json!([other]));
        assert_eq!((missing.found, missing.wrong.len()), (0, 1));
        let symptom = json!([{ "object": "Pod a/p", "explained_by": "crash-loop Pod a/q" }]);
        let folded = json!([{ "root": found("crash-loop", "q"), "explains": [found("evicted", "p")] }]);
        assert_eq!(sums("fires-x", &symptom, &folded).folded, 1);
        assert_eq!(sums("fires-x", &symptom, &json!([here])).wrong.len(), 1);
        // What is over is no root.
        let over = json!([{ "object": "Pod a/p", "until": "2026-03-02T09:50:40Z" }]);
        assert_eq!(sums("fires-x", &over, &json!([])), Sums { cases: 1, ..Sums::default() });
    }

    #[test]
    fn a_silent_case_that_fires_is_a_false_alarm() {
        let alarm = sums("silent-x", &json!([]), &json!([{ "root": found("evicted", "p") }]));
        assert_eq!((alarm.silent, alarm.alarms, alarm.wrong.len()), (1, 1, 1));
        assert_eq!(sums("silent-x", &json!([]), &json!([{ "root": found("pid-cgroup", "p") }])).alarms, 0);
    }
}
