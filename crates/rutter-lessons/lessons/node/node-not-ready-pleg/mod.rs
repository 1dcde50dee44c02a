//! A node that isn't Ready because its container runtime doesn't do what the kubelet asks of it.
//!
//! Variants: `runtime-down` (the runtime doesn't answer at all; that PLEG is unhealthy is an effect of it),
//! `runtime-not-ready` (it answers that it isn't ready), `pleg` (it answers, but the kubelet can't list or inspect its
//! containers in time), `flapping` (Ready now, and not a while ago, several times), `recovered` (history).

mod causes;
mod detect;
mod past;
mod remedies;
mod stays;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson};

const ID: &str = "node-not-ready-pleg";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Node,
    title: "the container runtime does not answer the kubelet",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node]),
    uses: KindSet::of(&[Kind::Event, Kind::Pod, Kind::Lease, Kind::Service]),
    evaluate: &[Evaluate::Node(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: stays::stays,
    text: include_str!("lesson.md"),
};
