//! A node whose pods no other node can reach, as whoever sets up the network there says.
//!
//! Variants: `refused` (the cloud refuses the route for its pods), `no-cidr` (it has no range of addresses to give to pods),
//! `no-route` (it has no route, and why is not told), `left-over` (nobody tries to give it one any more), `agent-down` (its
//! network's agent says that it is down).

mod causes;
mod detect;
mod remedies;
mod why;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "network-unavailable";

/// The route controller looks every 10 s, and a cloud may take a minute to make a route; in seconds.
const START: i64 = 120;

/// Events of one object come at least this often while the controller tries, in seconds: clients let one through each 5
/// minutes.
const QUIET: i64 = 900;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Cloud,
    title: "a node has no route for its pods, and takes no new ones",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Node]),
    uses: KindSet::of(&[Kind::Event, Kind::Pod, Kind::Lease, Kind::Endpoints]),
    evaluate: &[Evaluate::Node(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
