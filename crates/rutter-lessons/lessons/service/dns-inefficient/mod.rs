//! Unrelated workloads get no answer when they look up names, although the cluster's DNS has ready pods.
//!
//! Variants: `upstream` (only names outside of the cluster: the servers that those are handed on to don't answer), `overloaded` (the
//! DNS says that it refuses what is too much at once), `unanswered` (neither is told: its load, or the way to it).

mod causes;
mod detect;
mod remedies;
mod say;
mod server;
mod sufferer;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "dns-inefficient";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Service,
    title: "names are not answered in time, although the cluster's DNS is there",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Service, Kind::Pod]),
    uses: KindSet::of(&[
        Kind::Node,
        Kind::DaemonSet,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::Job,
        Kind::Event,
    ]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
