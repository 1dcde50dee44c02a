//! A kubelet that can't free the disk of its images.
//!
//! Variants: `nothing-to-free` (no unused image is left), `partly-freed`, `deletion-errors` (images could not be deleted),
//! `stats` (it doesn't know how full the disk is), `runtime` (the container runtime failed the call), `other` (words that
//! aren't known).

mod causes;
mod detect;
mod remedies;
mod usage;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "image-gc-failed";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    // What people call it where statistics time out while the collector works.
    aliases: &["gc-cpu-spike"],
    group: Group::Node,
    title: "the kubelet cannot free enough disk space by removing images",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node, Kind::Event]),
    uses: KindSet::of(&[Kind::Pod]),
    evaluate: &[Evaluate::Node(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
