//! What a node that was deleted leaves behind: volumes that exist on it alone, attachments to it, pods that are bound to it.
//!
//! Variants: `claim` (a claim whose volume no node can mount any more), `volumes` (volumes without a claim that were on it),
//! `attachments` (volumes that still count as attached to it), `pods` (pods that still count as running there).

mod causes;
mod gone;
mod kept;
mod pods;
mod remedies;
mod volumes;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "node-leftovers";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &["node-delete"],
    group: Group::Node,
    title: "a deleted node has left something behind",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node]),
    uses: KindSet::of(&[
        Kind::Pod,
        Kind::PersistentVolume,
        Kind::PersistentVolumeClaim,
        Kind::VolumeAttachment,
        Kind::Event,
        Kind::Lease,
        Kind::Endpoints,
    ]),
    evaluate: &[
        Evaluate::Claim(volumes::claim),
        Evaluate::Volume(volumes::volume),
        Evaluate::Pod(pods::evaluate),
    ],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
