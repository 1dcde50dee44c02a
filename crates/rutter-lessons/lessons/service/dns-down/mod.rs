//! The cluster's DNS does not answer: nothing that is looked up by name is found.
//!
//! Variants of the Service: `not-ready` (none of its pods is), `no-pods` (what should make them has none), `scaled-to-zero`
//! (it is told to have none), `no-match` (nothing makes pods for it). Of its pods: `loop` (CoreDNS asks itself and ends),
//! `corefile` (CoreDNS does not understand its configuration).

mod causes;
mod plan;
mod pod;
mod remedies;
mod service;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "dns-down";

/// CoreDNS may need this long, in seconds, to start or to be replaced.
const START: i64 = 60;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Service,
    title: "the cluster's DNS does not answer",
    since: "0.1",
    lives_in: &["kube-system", "openshift-dns"],
    requires: KindSet::of(&[Kind::Service, Kind::Pod]),
    uses: KindSet::of(&[
        Kind::EndpointSlice,
        Kind::Endpoints,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::DaemonSet,
        Kind::Event,
    ]),
    evaluate: &[Evaluate::Service(service::evaluate), Evaluate::Pod(pod::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
