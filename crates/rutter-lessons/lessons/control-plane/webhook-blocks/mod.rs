//! An admission webhook that can't be asked, so that the API server refuses what it should be asked about.
//!
//! Variants, by why it can't be asked: `no-service`, `no-port`, `no-endpoints` (its Service isn't there, lacks the port, has no
//! ready endpoint), `deadlock` (it has none because its own pods are refused for want of its answer), `certificate`, `timeout`,
//! `unreachable`, `bad-answer`; `slow` (its policy lets everything through, after a wait).

mod backend;
mod by_text;
mod causes;
mod detect;
mod remedies;
mod scope;
mod slow;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "webhook-blocks";

/// Trouble that is over within this time, in seconds, is part of any start and of any replacement.
const START: i64 = 120;

/// What was refused is tried again, ever more rarely: a ReplicaSet's controller waits for 1000 s at most. What was said last
/// longer ago than this, in seconds, may be over.
const RETRY: i64 = 1_100;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::ControlPlane,
    title: "an admission webhook that can't be asked blocks changes",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::ValidatingWebhookConfiguration, Kind::MutatingWebhookConfiguration]),
    uses: KindSet::of(&[
        Kind::Service,
        Kind::EndpointSlice,
        Kind::Endpoints,
        Kind::Pod,
        Kind::Namespace,
        Kind::Event,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
    ]),
    evaluate: &[
        Evaluate::ValidatingWebhook(detect::validating),
        Evaluate::MutatingWebhook(detect::mutating),
        Evaluate::Service(detect::unconfigured),
    ],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
