use rutter_cluster::{Kind, KindSet, objects::PersistentVolumeClaim};

use crate::{Context, Evaluate, Finding, Findings, Group, Lesson, Outcome, Remedy};

pub(crate) const LESSON: Lesson = Lesson {
    id: "volume-stuck",
    aliases: &[],
    group: Group::Storage,
    title: "a claim is not bound or a volume cannot be mounted",
    since: "0.1",
    requires: KindSet::of(&[Kind::PersistentVolumeClaim]),
    uses: KindSet::of(&[Kind::Event]),
    evaluate: &[Evaluate::Claim(evaluate)],
    causes: &[],
    remedies,
    text: include_str!("lesson.md"),
};

fn evaluate(_context: &Context<'_>, _subject: &PersistentVolumeClaim, _findings: &mut Findings) -> Outcome {
    Ok(())
}

fn remedies(_context: &Context<'_>, _finding: &Finding) -> Vec<Remedy> {
    Vec::new()
}
