//! A node that is Ready, though its container runtime does not finish single calls: pods of unrelated workloads do not start or
//! do not end there, and garbage collection times out.
//!
//! Variants: `starting` (pods do not come to run), `stopping` (pods do not end), `both`, `listing` (only what asks how things are
//! does not come back: garbage collection, the state of pods).
//!
//! A runtime by which the node becomes NotReady is the business of `node-not-ready-pleg`, one pod that is not made or does not go
//! that of the lessons about pods.

mod causes;
mod detect;
mod gc;
mod remedies;
mod say;
mod signs;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "runtime-stuck";

/// A failure this old, in seconds, says nothing about now: the kubelet tries again within minutes, and of its events about one
/// object it writes one in five minutes when they are many.
const RECENT: i64 = 660;

/// After a start of the node or of its kubelet all pods start at once, and calls may take long, in seconds.
const START: i64 = 300;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "the container runtime of a Ready node does not finish single calls",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node, Kind::Event]),
    uses: KindSet::of(&[Kind::Pod, Kind::ReplicaSet, Kind::Job, Kind::Service]),
    evaluate: &[Evaluate::Node(detect::of_node), Evaluate::Pod(detect::of_pod)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
