//! Memory that a console shows as used is mostly the kernel's cache of files, which it gives back when somebody needs it.
//!
//! No variants.

mod detect;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "memory-usage-misread";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Cloud,
    title: "memory that looks used is the kernel's cache",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: &[],
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
