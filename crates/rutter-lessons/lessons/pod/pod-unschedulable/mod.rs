use rutter_cluster::{Kind, KindSet, objects::Pod};

use crate::{Context, Evaluate, Finding, Findings, Group, Lesson, Outcome, Remedy};

pub(crate) const LESSON: Lesson = Lesson {
    id: "pod-unschedulable",
    aliases: &[],
    group: Group::Pod,
    title: "no node fits a pod",
    since: "0.1",
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[Kind::Event]),
    evaluate: &[Evaluate::Pod(evaluate)],
    causes: &[],
    remedies,
    text: include_str!("lesson.md"),
};

fn evaluate(_context: &Context<'_>, _subject: &Pod, _findings: &mut Findings) -> Outcome {
    Ok(())
}

fn remedies(_context: &Context<'_>, _finding: &Finding) -> Vec<Remedy> {
    Vec::new()
}
