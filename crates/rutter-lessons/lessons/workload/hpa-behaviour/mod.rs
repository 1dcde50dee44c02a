//! A HorizontalPodAutoscaler that doesn't scale, is held at its limit, or quarrels with somebody.
//!
//! Variants: `target-missing` (what it is to scale is not there), `no-scale` (its size can't be read or set), `metrics-api` (nobody
//! serves its metrics), `no-samples` (of its pods there are no measurements), `missing-request` (a container states none of what is
//! measured against it), `no-metric` (a metric can't be had), `invalid` (selector or metric source), `partial` (one of several
//! metrics can't be had: it goes up, never down), `ambiguous` (two for the same pods), `at-max` (it wants more than it may),
//! `set-back` (somebody else sets its target's size), `flapping` (it goes up and down all the time).

mod conditions;
mod detect;
mod fights;
mod limits;
mod remedies;
mod target;
mod why;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "hpa-behaviour";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Workload,
    title: "an autoscaler doesn't scale, or not as wanted",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::HorizontalPodAutoscaler]),
    uses: KindSet::of(&[
        Kind::Event,
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::ReplicaSet,
        Kind::ReplicationController,
        Kind::Pod,
        Kind::ApiService,
    ]),
    evaluate: &[Evaluate::Autoscaler(detect::evaluate)],
    causes: &[],
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
