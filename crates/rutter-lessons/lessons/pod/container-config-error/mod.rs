//! A container that never comes to run: the kubelet cannot put its settings together, or the runtime cannot make or start it.
//!
//! Variants: `config-missing` (a ConfigMap, a Secret or a key is not there), `config-unread` (it is there, but the kubelet does
//! not get it), `config-error` (the kubelet refuses its settings, or cannot use them), `start-failed` (the runtime cannot make
//! it, or cannot start its command), `runtime` (the runtime does not finish).
//!
//! What is missing for a volume is the business of `volume-stuck`, a container that ran and ended that of `crash-loop`, and one
//! that its memory limit does not let start that of `limit-reached`.

mod causes;
mod detect;
mod remedies;
mod told;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "container-config-error";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "a container cannot be created or started",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[
        Kind::Event,
        Kind::Node,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::ConfigMap,
        Kind::Secret,
    ]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
