//! Nodes whose software is too old, too new, or not that of their neighbours.
//!
//! Variants: `too-old` and `too-new` (a kubelet further from the API server than is supported), `old-kernel` and `old-runtime`
//! (which nobody mends any more), `cgroup-v1` (on a kubelet that will not start with it by default), `odd-one` (one node of a
//! pool that differs from all others, for weeks).

mod causes;
mod detect;
mod pool;
mod remedies;
mod skew;
mod table;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "node-versions";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "nodes run software that is not supported, or not that of their neighbours",
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
