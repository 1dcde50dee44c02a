//! A node reserves no memory for its own system, and paid for it: its pods took all, and the kernel killed what runs the node.
//!
//! Variants: `killed` (the kubelet or the runtime was killed), `not-ready` (the node stopped being Ready right after a kill).

mod causes;
mod detect;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "reservations-missing";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "the node keeps no memory for its own system",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node, Kind::Event]),
    uses: KindSet::of(&[Kind::Pod]),
    evaluate: &[Evaluate::Node(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
