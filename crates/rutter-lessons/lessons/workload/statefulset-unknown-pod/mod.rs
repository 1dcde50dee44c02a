//! A StatefulSet's pod on a node of which nothing is heard: no other takes its place, because it may still run.
//!
//! Variants: `waits` (it is deleted, and nobody confirms its end), `kept` (it tolerates the silence for ever, so that it is
//! not even deleted), `taken-over` (its record was struck off, and its successor waits for a volume that the silent node
//! holds).
//!
//! That the node is silent is told by `node-unknown`, which is the root of this.

mod causes;
mod detect;
mod remedies;
mod say;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "statefulset-unknown-pod";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Workload,
    title: "a StatefulSet's pod on a silent node is not replaced",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::StatefulSet]),
    uses: KindSet::of(&[
        Kind::Pod,
        Kind::Node,
        Kind::Lease,
        Kind::Event,
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
        Kind::VolumeAttachment,
    ]),
    evaluate: &[Evaluate::StatefulSet(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
