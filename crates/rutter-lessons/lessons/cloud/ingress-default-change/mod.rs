//! The Service whose address an ingress-nginx writes into all Ingresses (`--publish-service`): moved to another load balancer, and not
//! all the way.
//!
//! Variants: `service-missing` (the controller doesn't start without it), `stale` (Ingresses still show another address).

mod causes;
mod detect;
mod plan;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "ingress-default-change";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Cloud,
    title: "an ingress controller was moved to another load balancer, and not all the way",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Deployment]),
    uses: KindSet::of(&[Kind::DaemonSet, Kind::Service, Kind::Ingress, Kind::IngressClass]),
    evaluate: &[Evaluate::Deployment(detect::deployment), Evaluate::DaemonSet(detect::daemon_set)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
