//! A controller of the control plane that has no leader, so that nobody does its work.
//!
//! Variants: `controller-manager` (nobody makes pods, publishes endpoints, marks dead nodes), `scheduler` (no pod gets a node),
//! `cloud` (no load balancer, no new node is taken into service).
//!
//! What it leaves undone is found by the lessons about that: pods without a node, workloads without pods. Here it has its cause.

mod causes;
mod detect;
mod plan;
mod remedies;
mod undone;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "controller-silent";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::ControlPlane,
    title: "a controller of the control plane has no leader",
    since: "0.1",
    lives_in: &["kube-system"],
    requires: KindSet::of(&[Kind::Lease]),
    uses: KindSet::of(&[
        Kind::Endpoints,
        Kind::Event,
        Kind::Pod,
        Kind::Node,
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Service,
    ]),
    evaluate: &[Evaluate::Lease(detect::lease), Evaluate::Endpoints(detect::endpoints)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
