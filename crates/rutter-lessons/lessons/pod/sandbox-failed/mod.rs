//! A pod without a sandbox: the frame (network, cgroup, pause process) that its containers need.
//!
//! Variants, by what fails: `cni-not-ready` (no network configuration on the node), `cni-plugin`, `no-ip` (no address
//! left), `name-reserved` (an earlier attempt never ended), `runtime` (not there, or its shim or OCI runtime fails),
//! `deadline` (the runtime takes too long), `no-space`, `pause-image`, `cgroup`, `runtime-class` (the runtime lacks the
//! handler), `other`.

mod agent;
mod causes;
mod detect;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "sandbox-failed";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "pod sandboxes cannot be created",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[Kind::Event, Kind::Node]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
