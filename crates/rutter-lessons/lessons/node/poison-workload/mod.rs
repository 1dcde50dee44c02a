//! A workload whose pods take node after node down: each node fails soon after a pod of it landed there, the next one after
//! the pod was replaced, and nodes without it live on.

mod causes;
mod detect;
mod failures;
mod landings;
mod plan;
mod remedies;
mod say;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "poison-workload";

/// A node fails within this time of the landing, in seconds, if that is why.
const SOON: i64 = 1800;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "nodes fail one after another, each after a pod of the same workload landed there",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node, Kind::Pod]),
    uses: KindSet::of(&[Kind::Event, Kind::Deployment, Kind::StatefulSet]),
    evaluate: &[Evaluate::Node(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
