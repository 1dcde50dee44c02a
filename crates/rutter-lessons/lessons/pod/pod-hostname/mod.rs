//! A pod is asked for by a name that cannot resolve.
//!
//! Variants, by why: `no-service` (the Service that would give the names isn't there), `not-selected` (it doesn't select
//! the pod), `not-headless` (it has an address of its own, and the cluster's DNS is kube-dns), `not-published` (the pod is
//! not ready, and only ready ones have names), `no-name` (the pod has no hostname or subdomain), `other-name` (it has
//! another one), `no-pod` (there is no such member).

mod causes;
mod detect;
mod names;
mod remedies;
mod signs;
mod why;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "pod-hostname";

/// Service and pods may be made in any order, and names are known a little later; in seconds.
const START: i64 = 120;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "a pod is asked for by a name that cannot resolve",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod, Kind::Service]),
    uses: KindSet::of(&[Kind::StatefulSet, Kind::Deployment, Kind::ReplicaSet, Kind::Event]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
