use rutter_cluster::{Kind, KindSet, objects::Service};

use crate::{Context, Evaluate, Finding, Findings, Group, Lesson, Outcome, Remedy};

pub(crate) const LESSON: Lesson = Lesson {
    id: "service-no-backends",
    aliases: &[],
    group: Group::Service,
    title: "a Service has no ready backend",
    since: "0.1",
    requires: KindSet::of(&[Kind::Service]),
    uses: KindSet::of(&[Kind::Event]),
    evaluate: &[Evaluate::Service(evaluate)],
    causes: &[],
    remedies,
    text: include_str!("lesson.md"),
};

fn evaluate(_context: &Context<'_>, _subject: &Service, _findings: &mut Findings) -> Outcome {
    Ok(())
}

fn remedies(_context: &Context<'_>, _finding: &Finding) -> Vec<Remedy> {
    Vec::new()
}
