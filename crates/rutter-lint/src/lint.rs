//! From texts to what a person is told: reading, asking, then what was accepted, what is known, and where things were written.

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use rutter_cluster::{Cluster, ObjectRef};
use rutter_lessons::Severity;

use crate::{
    baseline::Baseline,
    check::Check,
    config::{self, Ignore},
    context::{Context, Settings},
    finding::Finding,
    fingerprint::fingerprint,
    manifest::{self, Object, Read, Role, Source},
    origin::{self, Place},
    path, run,
    suppress::{self, Accepted},
    yaml::Span,
};

/// The check that says that a text can't be read: the reader asks it, not [`run`].
pub const UNREADABLE: &str = "manifest-unreadable";

/// What to lint, and how.
pub struct Input<'a> {
    /// The texts.
    pub sources: &'a [Source],
    /// The cluster that they are to be applied to.
    pub cluster: Option<&'a Cluster>,
    /// What the checks measure by.
    pub settings: &'a Settings,
    /// The checks that are asked.
    pub checks: &'a [&'static Check],
    /// Severities and rules.
    pub config: &'a config::Lint,
    /// What is known.
    pub baseline: Option<&'a Baseline>,
    /// The day, for acceptances that end; where it isn't known none has ended.
    pub today: Option<Date>,
}

/// What is thought of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It counts.
    Open,
    /// Somebody accepted it.
    Accepted(Accepted),
    /// It is in the baseline.
    Known,
}

/// A finding with all that is to be said of it.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What the check said.
    pub finding: Finding,
    /// How bad, after what the configuration says.
    pub severity: Severity,
    /// The way to the value: `spec.containers[web].image`.
    pub path: String,
    /// See [`fingerprint()`].
    pub fingerprint: String,
    /// Where somebody wrote it.
    pub place: Place,
    /// What is thought of it.
    pub state: State,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// All findings, accepted ones too, in the order of sources and lines.
    pub problems: Vec<Problem>,
    /// What is wrong with acceptances, and other things that a person should know.
    pub notes: Vec<String>,
    /// How many objects were looked at.
    pub objects: usize,
    /// How many documents were no Kubernetes objects.
    pub others: usize,
}

/// Reads the texts and asks the checks.
pub fn lint(input: &Input<'_>) -> Outcome {
    let mut reads: Vec<Read> = input
        .sources
        .par_iter()
        .enumerate()
        .map(|(index, source)| manifest::read(index, &source.text))
        .collect();
    let mut outcome = Outcome::default();
    let mut findings = Vec::new();
    let (mut objects, mut originals) = (Vec::new(), Vec::new());
    for (index, read) in reads.iter_mut().enumerate() {
        let source = &input.sources[index];
        if source.role == Role::Origin {
            originals.append(&mut read.objects);
            continue;
        }
        if input.checks.iter().any(|check| check.id == UNREADABLE) {
            findings.extend(read.broken.iter().map(|broken| unreadable(index, source, broken)));
        }
        outcome.others += read.others;
        objects.append(&mut read.objects);
    }
    outcome.objects = objects.len();
    let context = Context::new(&objects, input.cluster, input.settings);
    findings.append(&mut run(&context, input.checks));
    let owners = Owners::new(&objects);
    outcome.problems = problems(input, findings, &owners, &originals);
    accept(input, &objects, &mut outcome);
    note_baseline(input, &mut outcome);
    outcome
}

/// Which object stands at a place: to find the object of a finding again.
struct Owners<'o>(FxHashMap<usize, Vec<&'o Object>>);

impl<'o> Owners<'o> {
    fn new(objects: &'o [Object]) -> Self {
        let mut by_source: FxHashMap<usize, Vec<&Object>> = FxHashMap::default();
        for object in objects {
            by_source.entry(object.source).or_default().push(object);
        }
        for objects in by_source.values_mut() {
            objects.sort_by_key(|object| object.root.span.start);
        }
        Self(by_source)
    }

    fn at(&self, source: usize, span: Span) -> Option<&'o Object> {
        let objects = self.0.get(&source)?;
        let after = objects.partition_point(|object| object.root.span.start <= span.start);
        objects.get(after.checked_sub(1)?).copied()
    }
}

fn unreadable(index: usize, source: &Source, broken: &crate::yaml::Broken) -> Finding {
    let lines = source.text.lines().take(broken.line.saturating_sub(1) as usize);
    let start = lines.map(|line| line.len() + 1).sum::<usize>().min(source.text.len()) as u32;
    Finding {
        check: UNREADABLE,
        object: ObjectRef { kind: "File".into(), name: source.name.as_str().into(), ..ObjectRef::default() },
        container: None,
        source: index,
        span: Span { start, end: start, line: broken.line, column: broken.column },
        message: format!("this is no YAML: {}", broken.why),
        advice: None,
        fix: None,
    }
}

fn problems(
    input: &Input<'_>,
    findings: Vec<Finding>,
    owners: &Owners<'_>,
    originals: &[Object],
) -> Vec<Problem> {
    let mut seen: FxHashMap<(&'static str, ObjectRef, String), usize> = FxHashMap::default();
    let mut problems: Vec<Problem> = Vec::with_capacity(findings.len());
    for finding in findings {
        let object = owners.at(finding.source, finding.span);
        let path =
            object.map(|object| path::shown(&path::to(&object.root, finding.span))).unwrap_or_default();
        let nth = seen.entry((finding.check, finding.object.clone(), path.clone())).or_default();
        let fingerprint = fingerprint(finding.check, &finding.object, &path, *nth);
        *nth += 1;
        let severity =
            crate::check(finding.check).map_or(Severity::Medium, |check| input.config.checks.severity(check));
        let place = written(input.sources, &finding, object, originals);
        problems.push(Problem { finding, severity, path, fingerprint, place, state: State::Open });
    }
    problems.sort_by(|a, b| {
        let key = |problem: &Problem| {
            (problem.place.source, problem.place.line, problem.place.column, problem.finding.check)
        };
        key(a).cmp(&key(b))
    });
    // Several renderings of one base say the same of the same line.
    problems.dedup_by(|a, b| {
        a.finding.source != b.finding.source
            && (a.place, a.finding.check, &a.finding.container)
                == (b.place, b.finding.check, &b.finding.container)
    });
    problems
}

/// Where somebody wrote what a finding is about.
fn written(sources: &[Source], finding: &Finding, object: Option<&Object>, originals: &[Object]) -> Place {
    let here = Place { source: finding.source, line: finding.span.line, column: finding.span.column };
    let Role::Rendered { from } = &sources[finding.source].role else { return here };
    let related: Vec<&Object> = originals.iter().filter(|original| from.contains(&original.source)).collect();
    if let Some(place) = object.and_then(|object| origin::in_manifests(object, finding.span, &related)) {
        return place;
    }
    match from.as_slice() {
        [template] => {
            let (line, column) =
                origin::in_template(&sources[*template].text, &sources[finding.source].text, here.line);
            Place { source: *template, line, column }
        }
        _ => here,
    }
}

/// Marks what was accepted, and notes acceptances that are wrong, have ended or accept nothing.
fn accept(input: &Input<'_>, objects: &[Object], outcome: &mut Outcome) {
    let asked: FxHashSet<&str> = input.checks.iter().map(|check| check.id).collect();
    let is_over = |until: Option<Date>| until.zip(input.today).is_some_and(|(until, today)| until < today);
    let mut by_object: FxHashMap<(usize, ObjectRef), Vec<usize>> = FxHashMap::default();
    for (index, problem) in outcome.problems.iter().enumerate() {
        by_object.entry((problem.finding.source, problem.finding.object.clone())).or_default().push(index);
    }
    for object in objects {
        for annotation in suppress::annotations(object) {
            let name = &input.sources[object.source].name;
            let place = format!("{name}:{}", annotation.node.span.line);
            let what = format!("{}{}", suppress::ANNOTATION, annotation.check);
            if let Some(fault) = annotation.fault {
                outcome.notes.push(format!("{place}: the annotation {what} accepts nothing: {fault}"));
                continue;
            }
            let related = by_object.get(&(object.source, object.object_ref())).map_or(&[][..], Vec::as_slice);
            let matching: Vec<usize> = related
                .iter()
                .copied()
                .filter(|index| annotation.is_about(&outcome.problems[*index].finding))
                .collect();
            if is_over(annotation.until) {
                if !matching.is_empty() {
                    let until = annotation.until.map(|day| day.to_string()).unwrap_or_default();
                    outcome.notes.push(format!(
                        "{place}: the annotation {what} held until {until}: it accepts nothing any more"
                    ));
                }
                continue;
            }
            if matching.is_empty() && asked.contains(annotation.check) {
                outcome.notes.push(format!(
                    "{place}: the annotation {what} accepts nothing that is here: take it away"
                ));
            }
            for index in matching {
                outcome.problems[index].state = State::Accepted(Accepted {
                    by: "annotation".into(),
                    reason: annotation.reason.into(),
                    until: annotation.until,
                });
            }
        }
    }
    for rule in &input.config.ignore {
        accept_by_rule(input, rule, is_over(rule.until()), outcome);
    }
}

fn accept_by_rule(input: &Input<'_>, rule: &Ignore, is_over: bool, outcome: &mut Outcome) {
    let mut any = false;
    for problem in &mut outcome.problems {
        let names = [&input.sources[problem.place.source].name, &input.sources[problem.finding.source].name];
        if !names.iter().any(|name| rule.is_about(&problem.finding, name)) {
            continue;
        }
        any = true;
        if !is_over && problem.state == State::Open {
            problem.state = State::Accepted(Accepted {
                by: format!("rule of {} ({})", config::NAME, rule.shown()),
                reason: rule.reason.clone(),
                until: rule.until(),
            });
        }
    }
    let what = rule.shown();
    if is_over && any {
        let until = rule.until.clone().unwrap_or_default();
        outcome.notes.push(format!(
            "{}: the rule to ignore {what} held until {until}: it accepts nothing any more",
            config::NAME
        ));
    } else if !any && !is_over {
        outcome
            .notes
            .push(format!("{}: the rule to ignore {what} accepts nothing that is here", config::NAME));
    }
}

/// Marks what is known, and notes what of that is mended.
fn note_baseline(input: &Input<'_>, outcome: &mut Outcome) {
    let Some(baseline) = input.baseline else { return };
    let mut found = FxHashSet::default();
    for problem in &mut outcome.problems {
        if baseline.knows(&problem.fingerprint) {
            found.insert(problem.fingerprint.clone());
            if problem.state == State::Open {
                problem.state = State::Known;
            }
        }
    }
    let gone = baseline.fingerprints().filter(|known| !found.contains(*known)).count();
    if gone > 0 {
        outcome.notes.push(format!(
            "{gone} of the {} findings in the baseline are gone: write it anew, so that they can't come back",
            baseline.len()
        ));
    }
}
