use rutter_cluster::{Kind, KindSet, objects::Deployment};

use crate::{Context, Evaluate, Finding, Findings, Group, Lesson, Outcome, Remedy};

pub(crate) const LESSON: Lesson = Lesson {
    id: "replicas-unavailable",
    aliases: &[],
    group: Group::Workload,
    title: "a workload has fewer available replicas than wanted",
    since: "0.1",
    requires: KindSet::of(&[Kind::Deployment]),
    uses: KindSet::of(&[Kind::Event]),
    evaluate: &[Evaluate::Deployment(evaluate)],
    causes: &[],
    remedies,
    text: include_str!("lesson.md"),
};

fn evaluate(_context: &Context<'_>, _subject: &Deployment, _findings: &mut Findings) -> Outcome {
    Ok(())
}

fn remedies(_context: &Context<'_>, _finding: &Finding) -> Vec<Remedy> {
    Vec::new()
}
