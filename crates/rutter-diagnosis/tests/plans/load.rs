//! Loading cases, and what is found in them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rutter_cluster::Cluster;
use rutter_diagnosis::{Diagnosis, Scope, diagnose};
use rutter_lessons::{Context, Finding, LESSONS};
use rutter_plan::{Action, ClusterIdentity, Draft, Object, Plan, Step};
use rutter_source::{Input, files::Limits, load_stream};

pub(crate) const LESSONS_AT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../rutter-lessons/lessons");

/// The folders of a folder, sorted.
pub(crate) fn folders(path: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(path).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

pub(crate) fn cluster(case: &Path) -> Cluster {
    let is_input = |path: &PathBuf| !path.ends_with("earlier") && !path.ends_with("expect.json");
    let inputs = if case.join("earlier").exists() {
        folders(case).into_iter().filter(is_input).map(Input::Path).collect()
    } else {
        vec![Input::Path(case.to_owned())]
    };
    rutter_source::load(&inputs, &Limits::default()).unwrap()
}

/// A finding with the plans of what its lesson would do.
pub(crate) struct Planned {
    pub(crate) finding: Finding,
    pub(crate) drafts: Vec<Draft>,
    /// What is told to do by hand.
    pub(crate) commands: Vec<String>,
}

/// Every finding of a cluster that is not over, with its plans.
pub(crate) fn planned(cluster: &Cluster) -> Vec<Planned> {
    let diagnosis: Diagnosis = diagnose(cluster, &Scope::default());
    let current =
        diagnosis.findings.iter().map(|known| &known.finding).filter(|finding| !finding.is_history());
    current
        .map(|finding| {
            let lesson = LESSONS.iter().find(|lesson| lesson.id == finding.lesson).unwrap();
            let steps = lesson.steps(&Context::new(cluster), finding);
            let commands = steps.iter().flat_map(|remedy| remedy.commands.clone()).collect();
            let drafts = steps.into_iter().filter_map(|remedy| remedy.plan).map(|plan| *plan).collect();
            Planned { finding: finding.clone(), drafts, commands }
        })
        .collect()
}

/// The first plan of a lesson in one of its cases.
pub(crate) fn plan(lesson: &str, case: &str) -> Plan {
    maybe(lesson, case).unwrap_or_else(|| panic!("{lesson} has no plan in {case}"))
}

pub(crate) fn maybe(lesson: &str, case: &str) -> Option<Plan> {
    plan_of(lesson, &cluster(&place(lesson, case)))
}

/// The same, of what `edit` makes of the case's files, one after the other.
#[expect(clippy::disallowed_methods, reason = "the code under test does no I/O; its test reads the cases")]
pub(crate) fn plan_of_edited(lesson: &str, case: &str, edit: impl FnOnce(String) -> String) -> Plan {
    let files = folders(&place(lesson, case)).into_iter().filter(|path| !path.ends_with("expect.json"));
    let texts: Vec<String> = files.map(|path| fs::read_to_string(path).unwrap()).collect();
    let cluster = load_stream("case", edit(texts.join("\n---\n")).as_bytes(), &Limits::default()).unwrap();
    plan_of(lesson, &cluster).unwrap_or_else(|| panic!("{lesson} has no plan in the edited {case}"))
}

fn place(lesson: &str, case: &str) -> PathBuf {
    let group = LESSONS.iter().find(|known| known.id == lesson).unwrap().group;
    let case = Path::new(LESSONS_AT).join(group.name()).join(lesson).join("cases").join(case);
    assert!(case.exists(), "{}", case.display());
    case
}

fn plan_of(lesson: &str, cluster: &Cluster) -> Option<Plan> {
    let mut all = planned(cluster).into_iter().filter(|one| one.finding.lesson == lesson);
    let draft = all.find_map(|one| one.drafts.into_iter().next())?;
    Some(draft.plan("fix-1", ClusterIdentity::default(), "2026-01-01T00:00:00Z"))
}

/// The step whose name begins so.
pub(crate) fn step<'p>(plan: &'p Plan, begins: &str) -> &'p Step {
    let found = plan.steps.iter().find(|step| step.id.starts_with(begins));
    found.unwrap_or_else(|| panic!("no step {begins:?} in {plan:#?}"))
}

/// What a step writes to.
pub(crate) fn target(step: &Step) -> Object {
    step.action.writes_to().unwrap()
}

/// What a step's patch writes, without the mark of the operation.
pub(crate) fn body(action: &Action) -> serde_json::Value {
    let Action::Patch { body, .. } = action else { panic!("{action:?}") };
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove("metadata");
    body
}

/// The body by which a step is undone.
pub(crate) fn undo(step: &Step) -> serde_json::Value {
    match &step.undo {
        rutter_plan::Undo::Act { action, .. } => body(action),
        other => panic!("{other:?}"),
    }
}

/// The names of the steps, in order.
pub(crate) fn ids(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.id.as_str()).collect()
}
