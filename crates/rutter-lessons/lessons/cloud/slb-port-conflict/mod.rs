//! Services that share a load balancer and want the same port of it.
//!
//! Variants: `override` (one of them is told to take the port over), `shared` (they want one port, and the controller may leave
//! either without).

mod detect;
mod remedies;
mod share;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "slb-port-conflict";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &["lb-port-conflict"],
    group: Group::Cloud,
    title: "Services that share a load balancer want the same port",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Service]),
    uses: KindSet::of(&[]),
    evaluate: &[Evaluate::Service(detect::evaluate)],
    causes: &[],
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
