//! A node from which nothing is heard.
//!
//! Variants: `lost` (the control plane stopped hearing of it), `many-at-once` (of several within the same minute: what
//! they share is suspected first), `never-reported` (registered, and its kubelet never wrote a status), `stale-lease`
//! (silent for long, yet still called Ready: nobody marks dead nodes), `recovered` (history).

mod causes;
mod detect;
mod past;
mod remedies;
mod stale;
mod stays;
mod together;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson};

const ID: &str = "node-unknown";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "the kubelet stopped reporting",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node]),
    uses: KindSet::of(&[Kind::Event, Kind::Pod, Kind::Lease, Kind::Service, Kind::VolumeAttachment]),
    evaluate: &[Evaluate::Node(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: stays::stays,
    text: include_str!("lesson.md"),
};
