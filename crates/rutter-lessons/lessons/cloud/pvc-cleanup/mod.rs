//! Storage that nobody uses any more, and that nobody removes: claims of a StatefulSet, volumes without a claim.
//!
//! Variants: `scaled-down` (claims of numbers that the StatefulSet has no more), `set-gone` (claims of a StatefulSet that was
//! deleted), `released` (volumes whose claim is gone and whose policy keeps them), `not-deleted` (volumes that should have been
//! deleted with their claim, and weren't).

mod claims;
mod members;
mod plan;
mod remedies;
mod volumes;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "pvc-cleanup";

const DAY: i64 = 86_400;

/// What is kept on purpose for a while is kept at least so long, in seconds.
const KEPT: i64 = 7 * DAY;

/// So many are told by name.
const NAMED: usize = 3;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Cloud,
    title: "storage is left that nobody uses any more",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[]),
    uses: KindSet::of(&[
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
        Kind::StatefulSet,
        Kind::Deployment,
        Kind::DaemonSet,
        Kind::Pod,
        Kind::HorizontalPodAutoscaler,
        Kind::Event,
        Kind::Node,
    ]),
    evaluate: &[Evaluate::Claim(claims::evaluate), Evaluate::Volume(volumes::evaluate)],
    causes: &[],
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
