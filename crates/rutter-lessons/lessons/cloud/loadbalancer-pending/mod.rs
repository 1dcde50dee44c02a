//! A Service of type LoadBalancer that gets no address from outside: `EXTERNAL-IP <pending>`.
//!
//! Variants: `refused` (whoever makes load balancers tried, and says why not), `stuck` (it began and says nothing since),
//! `no-address` (it is done, and there is no address), `controller-down` (what makes them is there and doesn't run),
//! `leader-stale` (none of its replicas leads), `class` (the Service asks for a class that nobody answers for), `no-controller`
//! (nothing here makes load balancers), `unanswered` (nobody has said anything), `unknown` (events were not seen).

mod causes;
mod controllers;
mod detect;
mod remedies;
mod verdict;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "loadbalancer-pending";

/// A cloud may take so long, in seconds, for its first load balancer.
const START: i64 = 180;

/// Within this time, in seconds, a controller says something again: it tries each 5 minutes at the latest.
const QUIET: i64 = 900;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Cloud,
    title: "a Service of type LoadBalancer gets no address",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Service]),
    uses: KindSet::of(&[Kind::Event, Kind::Pod, Kind::ReplicaSet, Kind::Node, Kind::Lease, Kind::Endpoints]),
    evaluate: &[Evaluate::Service(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
