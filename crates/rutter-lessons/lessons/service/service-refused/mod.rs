//! A Service whose clients are refused, though its pods are ready.
//!
//! Variants: `wrong-port` (it sends to a port that its pods neither declare nor are probed at), `headless-port` (it has no address
//! of its own, so that clients reach the pods at its port, where nothing is declared), `local-only` (it sends only to pods on the
//! client's own node, and most nodes have none).

mod causes;
mod detect;
mod headless;
mod local;
mod ports;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "service-refused";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &["service-headless"],
    group: Group::Service,
    title: "a Service refuses its clients though its pods are ready",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Service, Kind::Pod]),
    uses: KindSet::of(&[Kind::Node, Kind::Ingress, Kind::ReplicaSet]),
    evaluate: &[Evaluate::Service(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
