//! A node that is short of memory.
//!
//! Variants: those of every pressure; see `pressure`.

mod causes;
mod detect;
mod rank;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "memory-pressure";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "the node is short of memory",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node]),
    uses: KindSet::of(&[Kind::Event, Kind::Pod]),
    evaluate: &[Evaluate::Node(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
