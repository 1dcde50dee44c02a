//! A pod counts as Running and Ready, and its container runtime has no such container.
//!
//! Variants: `record-lost` (probes that run a command find no container), `still-answers` (the same, and a probe by the network
//! passes), `status-lost` (the kubelet itself asks for a container that the runtime doesn't know, and gives up on the pod).

mod causes;
mod detect;
mod remedies;
mod say;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "running-but-dead";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "a pod is called ready, and its runtime knows no such container",
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
