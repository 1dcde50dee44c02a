//! A StatefulSet's rollout that waits for one pod of an earlier template, which the present template can't reach.
//!
//! Variants: `never-ready` (the pod was made of a template that doesn't work, and that was corrected since), `lost` (the pod
//! was ready once; the rollout goes on by itself when it is again).

mod causes;
mod data;
mod detect;
mod plan;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "statefulset-stuck";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Workload,
    title: "a StatefulSet's rollout waits for one broken pod",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::StatefulSet]),
    uses: KindSet::of(&[
        Kind::Pod,
        Kind::Node,
        Kind::Event,
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
        Kind::PodDisruptionBudget,
    ]),
    evaluate: &[Evaluate::StatefulSet(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
