//! Nodes of the same size offer less memory to pods than before, mostly since an upgrade: more is reserved on each.
//!
//! Variants: `shrunk` (two states of the cluster were compared), `uneven` (an upgrade is under way: nodes of one size that are
//! upgraded offer less than those that are not yet).

mod causes;
mod detect;
mod offer;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "allocatable-shrunk";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Cloud,
    title: "nodes of the same size offer pods less memory than before",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node]),
    uses: KindSet::of(&[Kind::Pod]),
    evaluate: &[Evaluate::Node(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
