//! Nodes that were taken out of service and not put back.
//!
//! Variants: `forgotten` (nothing on the node says that somebody works on it), `mark-left` (a tool's mark says so, for longer
//! than any work takes).

mod causes;
mod detect;
mod marks;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "node-cordoned";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "the node is cordoned, and nobody seems to work on it",
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
