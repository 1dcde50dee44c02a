//! A volume that a pod waits for: a claim that isn't bound, or a volume that can't be attached or mounted.
//!
//! Variants about claims: `lost` (its volume is gone), `class-missing`, `no-default-class`, `no-volume` (static, nothing
//! fits), `wrong-volume` (asks for one that isn't free), `provisioning-failed` (the provisioner says why),
//! `no-provisioner` (nobody answers, or what should is down). About pods: `multi-attach`, `attach`, `driver-missing` (on that node),
//! `object-missing` (ConfigMap or Secret), `claim` (the claim behind it), `mount`, `timeout` (no reason given).

mod causes;
mod claim;
mod pod;
mod provisioner;
mod remedies;
mod texts;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "volume-stuck";

/// What is over within this time, in seconds, is a normal start.
const START: i64 = 60;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &["oss-failed-mount"],
    group: Group::Storage,
    title: "a volume can't be provided, attached or mounted",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[]),
    uses: KindSet::of(&[
        Kind::Node,
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
        Kind::StorageClass,
        Kind::VolumeAttachment,
        Kind::Pod,
        Kind::Event,
        Kind::Deployment,
        Kind::StatefulSet,
    ]),
    evaluate: &[Evaluate::Claim(claim::evaluate), Evaluate::Pod(pod::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
