//! A node that ran out of memory, so that its kernel killed processes.
//!
//! Variants: `node` (all of its memory), `pods` (what it has for pods, by its reservations), `system` (what is reserved for the
//! system), `past` (once, and over: history). A container or a pod that reached its own limit is the business of `limit-reached`.

mod causes;
mod detect;
mod kills;
mod remedies;
mod say;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "system-oom";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "the node ran out of memory, and its kernel killed processes",
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
