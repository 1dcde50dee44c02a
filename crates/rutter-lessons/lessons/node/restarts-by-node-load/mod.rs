//! A node on which unrelated workloads fail their probes by time-out, while their replicas elsewhere answer.
//!
//! Variants, by what is slow: `exec` (only probes that run a command: the runtime, or the processors), `network` (only
//! probes that ask a port: the node, or the way to its pods), `both` (the node itself).

mod causes;
mod detect;
mod remedies;
mod say;
mod slow;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "restarts-by-node-load";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "the node is too slow for the probes of its pods",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod, Kind::Event]),
    uses: KindSet::of(&[Kind::Node, Kind::ReplicaSet, Kind::Job]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
