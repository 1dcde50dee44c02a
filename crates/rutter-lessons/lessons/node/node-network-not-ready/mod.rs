//! A node that isn't Ready only because nobody has set up its pod network.
//!
//! Variants: `one-node` (or some), `all-nodes` (no node has one).

mod agent;
mod causes;
mod detect;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "node-network-not-ready";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "the node is not Ready because its pod network is not set up",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node]),
    uses: KindSet::of(&[Kind::Pod, Kind::Service, Kind::Event]),
    evaluate: &[Evaluate::Node(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
