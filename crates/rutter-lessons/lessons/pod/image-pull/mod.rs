//! An image that does not come to the node.
//!
//! Variants, by what stands in the way: `not-found`, `not-found-or-no-rights` (the registry won't say which),
//! `unauthorized`, `rate-limited`, `host-unresolved`, `host-unreachable` (refused, cut, no route), `timeout`, `tls`,
//! `platform` (not made for the node's), `no-space`, `invalid-name`, `never-pull` (not on the node and may not be
//! pulled), `signature`, `registry-error` (5xx), `runtime` (the container runtime doesn't answer), `slow` (the pull takes
//! minutes), `unknown` (the source doesn't tell, or in words that aren't known).

mod causes;
mod elsewhere;
mod failure;
mod on_node;
mod registry;
mod remedies;
mod secrets;
mod slow;
mod told;

use rutter_cluster::{Kind, KindSet, objects::Pod};

use crate::{Context, Evaluate, Finding, Findings, Group, Lesson, Outcome, Severity, heals};

const ID: &str = "image-pull";

/// Trouble that may pass by itself is no finding before this age, in seconds.
const START: i64 = 60;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "an image cannot be pulled",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[Kind::Event, Kind::Node, Kind::Secret, Kind::Deployment, Kind::ReplicaSet]),
    evaluate: &[Evaluate::Pod(evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};

fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if pod.is_finished() || pod.meta.deleted.is_some() {
        return Ok(());
    }
    let mut starting = Vec::new();
    for (status, _) in pod.container_statuses() {
        let Some(waiting) = &status.state.waiting else { continue };
        if told::is_about_image(&waiting.reason) {
            findings.extend(failure::failure(context, pod, status, waiting));
        } else if matches!(waiting.reason.as_str(), "" | "ContainerCreating" | "PodInitializing") {
            starting.push(&status.name);
        }
    }
    if starting.is_empty() {
        slow::was_slow(context, pod, findings);
        return Ok(());
    }
    slow::is_slow(context, pod, &starting, findings)
}

/// A finding about a container of the pod; worse when no other pod of the workload serves.
fn about(context: &Context<'_>, pod: &Pod) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    let others = context.any_ready_under(&finding.object) == Ok(true);
    finding.severity = if others { Severity::Medium } else { Severity::High };
    finding
}
