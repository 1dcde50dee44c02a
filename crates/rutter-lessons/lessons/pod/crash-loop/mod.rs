//! A container that ends, is started again, and ends again.
//!
//! Variants, by why: `crash` (it ended with an error or by a signal), `completed` (it ended well, but is to run for
//! ever), `killed-by-probe` (the kubelet kills it, because its liveness or startup probe fails), `dependency` (its log
//! says that something that it needs does not answer), `start-failed` (it ran for a moment, and its log says that its
//! command could not be executed).
//!
//! A container that was killed at its memory limit is the business of the lesson `limit-reached`, one that never ran that of
//! `container-config-error`, and one that may not be started again (`restartPolicy: Never`) that of its Job.

mod before;
mod causes;
mod depends;
mod detect;
mod log;
mod remedies;
mod stage;
mod why;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "crash-loop";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "a container keeps crashing",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[Kind::Event, Kind::Node, Kind::Deployment, Kind::ReplicaSet, Kind::Service]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
