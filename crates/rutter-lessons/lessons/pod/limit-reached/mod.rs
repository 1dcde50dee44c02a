//! A container that was killed because there was no memory left for it.
//!
//! Variants, by whose memory it was: `container` (its own limit), `pod-limit` (the limit of the whole pod, where it has
//! none of its own), `node-memory` (it has no limit at all: its node ran out), `child` (a process in it was killed, and it
//! lived on), `too-low` (the limit does not even let it start).

mod causes;
mod child;
mod detect;
mod facts;
mod remedies;
mod stage;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "limit-reached";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "a container was killed at its memory limit",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[Kind::Event, Kind::Node, Kind::Deployment, Kind::ReplicaSet]),
    evaluate: &[Evaluate::Pod(detect::evaluate), Evaluate::Node(child::on_node)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
