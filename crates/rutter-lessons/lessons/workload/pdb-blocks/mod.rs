//! A PodDisruptionBudget that lets no pod be evicted, so that drains wait for ever.
//!
//! Variants: `no-room` (by construction: it demands as many healthy pods as there should be), `two-budgets` (two select the same
//! pod), `unhealthy` (broken members keep the count short, and may not be evicted either), `not-computed` (the controller can't
//! tell how many pods there should be). A budget that is only short while pods are replaced is as it should be.

mod covered;
mod detect;
mod drains;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "pdb-blocks";

/// The controller counts within seconds; what is new gets this long, in seconds.
const START: i64 = 120;

/// Members that are not ready for so long, in seconds, don't just start.
const BROKEN: i64 = 600;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Workload,
    title: "a disruption budget lets no pod be evicted",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::PodDisruptionBudget]),
    uses: KindSet::of(&[
        Kind::Pod,
        Kind::Node,
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::ReplicaSet,
        Kind::ReplicationController,
        Kind::Job,
    ]),
    evaluate: &[Evaluate::Budget(detect::evaluate)],
    causes: &[],
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
