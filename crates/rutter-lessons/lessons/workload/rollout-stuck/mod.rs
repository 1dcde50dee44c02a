//! A rollout that stands still although nothing is wrong with its pods.
//!
//! Variants: `paused` (somebody paused it with a change half rolled out, or not at all, a day ago or more), `no-room` (its new
//! pods need the room of the old ones, and none of these may go first), `nodes-down` (a DaemonSet's, whose nodes that are
//! down use up what may be unavailable).

mod causes;
mod nodes;
mod paused;
mod remedies;
mod room;

use rutter_cluster::{Kind, KindSet, objects::Deployment};

use crate::{Context, Evaluate, Findings, Group, Lesson, Outcome, heals};

const ID: &str = "rollout-stuck";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Workload,
    title: "a rollout stands still, and not because of its pods",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Deployment]),
    uses: KindSet::of(&[Kind::DaemonSet, Kind::ReplicaSet, Kind::Pod, Kind::Node]),
    evaluate: &[Evaluate::Deployment(deployment), Evaluate::DaemonSet(nodes::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};

fn deployment(context: &Context<'_>, deployment: &Deployment, findings: &mut Findings) -> Outcome {
    let is_asked_for = deployment.meta.deleted.is_none() && deployment.wanted() > 0;
    if !is_asked_for || deployment.status.updated_replicas >= deployment.wanted() {
        return Ok(());
    }
    if deployment.spec.paused {
        findings.extend(paused::finding(context, deployment));
    } else {
        findings.extend(room::finding(context, deployment)?);
    }
    Ok(())
}
