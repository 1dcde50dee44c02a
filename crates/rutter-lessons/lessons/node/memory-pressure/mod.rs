//! A node that is short of memory.
//!
//! Variants: `pressure` (the kubelet evicts, and takes no new pods of the lowest class), `tail` (the condition outlasts a
//! shortage that is over), `flapping` (in and out of it, out at the moment), `taint-only` (the taint without the condition),
//! `recovered` (history).

mod causes;
mod detect;
mod facts;
mod rank;
mod remedies;
mod say;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson};

const ID: &str = "memory-pressure";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "the node is short of memory",
    since: "0.1",
    requires: KindSet::of(&[Kind::Node]),
    uses: KindSet::of(&[Kind::Event, Kind::Pod]),
    evaluate: &[Evaluate::Node(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    text: include_str!("lesson.md"),
};
