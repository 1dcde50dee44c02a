use rutter_cluster::{Kind, KindSet, objects::Job};

use crate::{Context, Evaluate, Finding, Findings, Group, Lesson, Outcome, Remedy};

pub(crate) const LESSON: Lesson = Lesson {
    id: "job-failing",
    aliases: &[],
    group: Group::Workload,
    title: "a Job failed or does not finish",
    since: "0.1",
    requires: KindSet::of(&[Kind::Job]),
    uses: KindSet::of(&[Kind::Event]),
    evaluate: &[Evaluate::Job(evaluate)],
    causes: &[],
    remedies,
    text: include_str!("lesson.md"),
};

fn evaluate(_context: &Context<'_>, _subject: &Job, _findings: &mut Findings) -> Outcome {
    Ok(())
}

fn remedies(_context: &Context<'_>, _finding: &Finding) -> Vec<Remedy> {
    Vec::new()
}
