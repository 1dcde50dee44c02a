use rutter_cluster::{Kind, KindSet, objects::Node};

use crate::{Context, Evaluate, Finding, Findings, Group, Lesson, Outcome, Remedy};

pub(crate) const LESSON: Lesson = Lesson {
    id: "image-gc-failed",
    aliases: &[],
    group: Group::Node,
    title: "the kubelet cannot free enough disk space by removing images",
    since: "0.1",
    requires: KindSet::of(&[Kind::Node]),
    uses: KindSet::of(&[Kind::Event]),
    evaluate: &[Evaluate::Node(evaluate)],
    causes: &[],
    remedies,
    text: include_str!("lesson.md"),
};

fn evaluate(_context: &Context<'_>, _subject: &Node, _findings: &mut Findings) -> Outcome {
    Ok(())
}

fn remedies(_context: &Context<'_>, _finding: &Finding) -> Vec<Remedy> {
    Vec::new()
}
