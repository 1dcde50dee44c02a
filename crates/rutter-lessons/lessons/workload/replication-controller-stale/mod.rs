//! A ReplicationController whose template was changed, and whose pods were not: it never replaces pods that run.
//!
//! No variants.

mod detect;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "replication-controller-stale";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Workload,
    title: "pods of a ReplicationController do not follow its template",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::ReplicationController, Kind::Pod]),
    uses: KindSet::of(&[]),
    evaluate: &[Evaluate::ReplicationController(detect::evaluate)],
    causes: &[],
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
