//! An autoscaler that could make a node for a waiting pod, and says why it does not: cluster-autoscaler or Karpenter.
//!
//! Variants: `max-size` (its groups, or the cluster, are as large as they may be), `failed` (it tried, and the cloud gave none),
//! `not-ready` (its groups are not in a state to grow), `no-fit` (no new node of any group would take the pod).

mod causes;
mod detect;
mod remedies;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "autoscaler-cannot-add";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Workload,
    title: "an autoscaler makes no node for a pod that waits",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod, Kind::Event]),
    uses: KindSet::of(&[]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
