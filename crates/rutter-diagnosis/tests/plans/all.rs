//! What holds for every plan of every lesson, whatever the cluster.

use std::{collections::BTreeSet, path::Path};

use rutter_plan::{Action, ClusterIdentity, Condition, Plan, Undo};

use crate::load::{LESSONS_AT, Planned, cluster, folders, planned};

/// Lessons whose remedies must be able to run.
const WITH_PLANS: [&str; 15] = [
    "controller-silent",
    "crash-loop",
    "dns-down",
    "evicted",
    "image-pull",
    "ingress-default-change",
    "nginx-ingress-tuning",
    "node-agent-missing",
    "node-unknown",
    "poison-workload",
    "pvc-cleanup",
    "rollout-stuck",
    "service-no-backends",
    "statefulset-stuck",
    "traffic-avalanche",
];

#[test]
fn every_plan_of_every_case_is_safe() {
    let mut wrong = Vec::new();
    let mut lessons = BTreeSet::new();
    for lesson in folders(Path::new(LESSONS_AT)).iter().flat_map(|group| folders(group)) {
        let cases = folders(&lesson.join("cases")).into_iter();
        for case in cases.filter(|case| case.file_name().unwrap().to_string_lossy().starts_with("fires-")) {
            for one in planned(&cluster(&case)) {
                lessons.extend((!one.drafts.is_empty()).then_some(one.finding.lesson));
                let faults = faults(&one);
                wrong.extend(faults.into_iter().map(|fault| format!("{}: {fault}", case.display())));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let lacking: Vec<_> = WITH_PLANS.iter().filter(|lesson| !lessons.contains(**lesson)).collect();
    assert!(lacking.is_empty(), "no case of these has a plan: {lacking:?}, only {lessons:?}");
}

fn faults(one: &Planned) -> Vec<String> {
    let plans = one
        .drafts
        .iter()
        .map(|draft| draft.clone().plan("fix-1", ClusterIdentity::default(), "2026-01-01T00:00:00Z"));
    plans
        .flat_map(|plan| {
            let all = [of_form(&plan), of_writes(&plan), of_fencing(&plan), of_deletions(&plan, one)];
            all.into_iter().flatten().map(move |fault| format!("{}: {fault}", plan.title)).collect::<Vec<_>>()
        })
        .collect()
}

fn of_form(plan: &Plan) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(plan.sound().err().map(|why| why.0));
    all.extend(plan.steps.is_empty().then(|| "it has no steps".to_owned()));
    for step in &plan.steps {
        all.extend((step.deadline_seconds == 0).then(|| format!("{} has no deadline", step.id)));
        let waits = step.action == Action::Wait && step.until.is_empty();
        all.extend(waits.then(|| format!("{} waits for nothing", step.id)));
    }
    all
}

fn of_writes(plan: &Plan) -> Vec<String> {
    let mut all = Vec::new();
    for step in &plan.steps {
        let Some(object) = step.action.writes_to() else { continue };
        let creates = matches!(step.action, Action::Create { .. });
        all.extend(
            (object.uid.is_empty() && !creates).then(|| format!("{} may hit another {object}", step.id)),
        );
        all.extend(step.needs.is_empty().then(|| format!("{} looks at nothing before", step.id)));
        all.extend((step.undo == Undo::Nothing).then(|| format!("{} claims to change nothing", step.id)));
        if let Undo::Act { action, needs, .. } = &step.undo {
            let other = action.writes_to().is_none_or(|target| target != object);
            all.extend(other.then(|| format!("{} is undone on something else", step.id)));
            all.extend(needs.is_empty().then(|| format!("{} is undone whatever is so", step.id)));
        }
    }
    all
}

/// I7: nothing that lets go of what a machine may still hold, before a person has said how it is known to be off.
fn of_fencing(plan: &Plan) -> Vec<String> {
    let proven = |before: usize| {
        plan.steps.iter().take(before).any(|step| matches!(step.action, Action::Person { proof: true, .. }))
    };
    let is_forced = |action: &Action| match action {
        Action::Taint { key, .. } => key.contains("out-of-service"),
        Action::Delete { object, grace_seconds, .. } => *grace_seconds == Some(0) || object.kind == "Node",
        _ => false,
    };
    let mut all = Vec::new();
    for (place, step) in plan.steps.iter().enumerate() {
        let forced = is_forced(&step.action) && !proven(place);
        all.extend(forced.then(|| format!("{} goes without a proof", step.id)));
        let taints = matches!(&step.action, Action::Taint { .. });
        let looks = step.needs.iter().any(|need| matches!(need, Condition::NotReady { .. }));
        all.extend((taints && !looks).then(|| format!("{} may hit a node that is Ready", step.id)));
        let finalizers = format!("{:?}", step.action).contains("finalizers");
        all.extend(finalizers.then(|| format!("{} touches finalizers", step.id)));
    }
    all
}

/// What goes is what the finding is about or shows, or what its remedies say to delete.
fn of_deletions(plan: &Plan, one: &Planned) -> Vec<String> {
    let finding = &one.finding;
    let shown = finding.evidence.iter().map(|evidence| &evidence.object);
    let named: Vec<_> = finding.instances.iter().chain([&finding.object]).chain(shown).collect();
    let deleted = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Delete { object, .. } | Action::Evict { pod: object, .. } => Some(object),
        _ => None,
    });
    deleted
        .filter(|object| {
            let told = format!("delete pod {}", object.name);
            let is_told = one.commands.iter().any(|command| command.ends_with(&told));
            !is_told
                && !named.iter().any(|known| {
                    known.kind == *object.kind
                        && known.namespace == *object.namespace
                        && known.name == *object.name
                })
        })
        .map(|object| format!("{object} goes, which {} names nowhere", finding.lesson))
        .collect()
}
