//! A node that is Ready, but lacks an agent without which it can't do a part of its work.
//!
//! Variants, by what the agent does: `network` (CNI), `proxy` (kube-proxy), `storage` (a CSI driver), `devices`. One finding
//! for each DaemonSet, about all nodes that lack it.

mod causes;
mod detect;
mod lack;
mod plan;
mod remedies;
mod say;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "node-agent-missing";

/// A new node's or DaemonSet's agent must pull its image first; in seconds.
const START: i64 = 300;

/// An update or a restart of the agent is over within this time, in seconds.
const RESTART: i64 = 120;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "a Ready node lacks an agent that it needs (CNI, kube-proxy, CSI, devices)",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::DaemonSet, Kind::Node, Kind::Pod]),
    uses: KindSet::of(&[Kind::Event]),
    evaluate: &[Evaluate::DaemonSet(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
