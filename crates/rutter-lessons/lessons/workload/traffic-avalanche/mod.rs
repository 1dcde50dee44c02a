//! Replicas behind a Service fall one after another: each while those before it are out, and their share of the requests is its own.
//!
//! Variants, by how they fall: `memory` (each at its memory limit), `probe` (each stopped for a liveness probe without an answer in time),
//! `both`.

mod causes;
mod detect;
mod fall;
mod plan;
mod remedies;
mod say;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "traffic-avalanche";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Workload,
    title: "replicas fall one after another under the load of those that fell",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod, Kind::Service]),
    uses: KindSet::of(&[
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::ReplicaSet,
        Kind::Event,
        Kind::HorizontalPodAutoscaler,
    ]),
    evaluate: &[Evaluate::Deployment(detect::deployment), Evaluate::StatefulSet(detect::stateful_set)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
