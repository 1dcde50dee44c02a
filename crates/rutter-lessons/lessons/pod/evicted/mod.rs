//! A pod that was ended by its node, or was never let in.
//!
//! Variants, by who did it and why: `node-low` (evicted, the node ran low on a resource), `emptydir-limit`,
//! `container-limit`, `pod-limit` (evicted for its own limits), `rejected` (not let in: the node was under pressure),
//! `no-room` (not let in: `OutOfcpu` and its like), `refused` (not let in: labels, ports, topology, devices), `shutdown`
//! (the node was shut down), `preempted` (by the kubelet, for a critical pod), `taint` (deleted for a NoExecute taint, and
//! still there), `node-lost` (its node went silent; up to 1.13), `other` (evicted, in words that aren't known).

mod causes;
mod detect;
mod ended;
mod leaving;
mod owner;
mod phrase;
mod plan;
mod remedies;
mod stays;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson};

const ID: &str = "evicted";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "pods were evicted",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[Kind::Event, Kind::Node, Kind::Deployment, Kind::ReplicaSet]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: stays::stays,
    text: include_str!("lesson.md"),
};
