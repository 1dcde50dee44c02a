//! An API that a server of its own serves (metrics, an operator's), and nobody answers for.
//!
//! Variants, by what the API server says: `no-service`, `no-port`, `no-endpoints` (the Service behind it isn't there, lacks the
//! port, has no ready endpoint), `no-answer` (it is there and does not answer as it should), `unknown` (the API server could not tell).

mod causes;
mod detect;
mod harm;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "apiservice-unavailable";

/// A server may need this long, in seconds, to start or to be replaced; it is checked every 30 s.
const START: i64 = 120;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::ControlPlane,
    title: "an aggregated API has no server that answers",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::ApiService]),
    uses: KindSet::of(&[Kind::Service, Kind::HorizontalPodAutoscaler, Kind::Namespace]),
    evaluate: &[Evaluate::ApiService(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
