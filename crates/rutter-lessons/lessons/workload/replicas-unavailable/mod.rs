//! A workload that has fewer ready pods than it wants.
//!
//! Variants: `cannot-create` (the API server refuses its pods), `cannot-schedule` (they find no node), `not-ready` (they
//! are there and aren't ready), `new-revision` (those of the new revision aren't; the old one serves), `missing-pods`
//! (they aren't there, and nothing says why), `not-observed` (its controller hasn't looked at its last change), `stale`
//! (its status says that all is well, its pods say otherwise), `surplus` (it has all it wants, and an old pod too many).

mod causes;
mod create;
mod detect;
mod hidden;
mod observed;
mod pods;
mod remedies;
mod rollout;
mod security;
mod workload;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "replicas-unavailable";

/// Trouble that is over within this time, in seconds, is part of any start and of any replacement.
const START: i64 = 60;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Workload,
    title: "a workload has fewer available replicas than wanted",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Deployment]),
    uses: KindSet::of(&[
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::ReplicaSet,
        Kind::ReplicationController,
        Kind::Pod,
        Kind::Node,
        Kind::Event,
        Kind::Lease,
        Kind::Endpoints,
        Kind::ResourceQuota,
        Kind::ValidatingWebhookConfiguration,
        Kind::MutatingWebhookConfiguration,
    ]),
    evaluate: &[
        Evaluate::Deployment(detect::deployment),
        Evaluate::StatefulSet(detect::stateful_set),
        Evaluate::DaemonSet(detect::daemon_set),
        Evaluate::ReplicaSet(detect::replica_set),
        Evaluate::ReplicationController(detect::replication_controller),
    ],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
