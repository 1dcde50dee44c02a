//! A probe that fails: the kubelet asks a container how it is, and gets no good answer.
//!
//! Variants, by what came of it: `refused` (nothing listens), `reset`, `timeout`, `exec-timeout`, `exec-failed` (the
//! runtime could not run the command), `command-missing` (the image lacks it), `command-failed` (it ended with another
//! code than 0), `http-status`, `grpc`, `tls`, `dns`, `no-route`, `named-port` (the probe's port is a name that the
//! container doesn't declare), `unknown` (the source doesn't tell why, or in words that aren't known).

mod causes;
mod detect;
mod failing;
mod port;
mod remedies;
mod say;
mod siblings;
mod untold;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "probe-refused";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "probes of a container fail",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[Kind::Event, Kind::Node, Kind::Lease]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
