//! Settings of ingress-nginx that do nothing, or not what was meant; and that it is given up.
//!
//! Variants: `file` (a whole file where one key for each setting belongs), `ignored` (values that can't be read, keys with a
//! slip of the pen), `workers` (more worker processes than the CPU limit bears), `missing` (the ConfigMap isn't there),
//! `retired` (nobody mends ingress-nginx any more).

mod detect;
mod judge;
mod plan;
mod remedies;
mod settings;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "nginx-ingress-tuning";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Service,
    title: "settings of ingress-nginx that do nothing, or harm",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Deployment]),
    uses: KindSet::of(&[Kind::DaemonSet, Kind::ConfigMap]),
    evaluate: &[Evaluate::Deployment(detect::deployment), Evaluate::DaemonSet(detect::daemon_set)],
    causes: &[],
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
