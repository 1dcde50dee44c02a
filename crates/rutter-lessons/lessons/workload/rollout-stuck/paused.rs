//! A pause that was forgotten: a person's decision wins, so it is told, and no more.

use rutter_cluster::objects::Deployment;

use super::ID;
use crate::{Context, Evidence, Finding, Severity, words};

/// Who pauses a rollout looks at it, and goes on or back within a day, in seconds.
const FORGOTTEN: i64 = 86_400;

/// The controller's own note of a pause (`deployment/util`: `PausedDeployReason`), with its time.
const PAUSED: &str = "DeploymentPaused";

pub(super) fn finding(context: &Context<'_>, deployment: &Deployment) -> Option<Finding> {
    let noted = deployment.status.condition("Progressing").filter(|condition| condition.reason == PAUSED)?;
    let since = noted.last_transition_time.or(noted.last_update_time)?;
    // What was paused before its first rollout is not there yet on purpose; what scales by itself may be.
    let status = &deployment.status;
    let (updated, made) = (status.updated_replicas, status.replicas);
    let is_observed = status.observed_generation >= deployment.meta.generation;
    if context.is_younger(since, FORGOTTEN) || updated >= made || !is_observed {
        return None;
    }
    let mut finding = Finding::about(ID, deployment);
    finding.variant = "paused";
    finding.severity = Severity::Low;
    finding.since = Some(since);
    let done = match updated {
        0 => "none of its pods has the present template".to_owned(),
        some => format!("{some} of {made} pods have the present template, the others an older one"),
    };
    let age = words::duration(context.now().since(since));
    finding.message = format!("its rollout has been paused for {age}: {done}");
    finding.evidence = vec![
        Evidence::field(deployment, "spec.paused", "true", None),
        Evidence::field(deployment, "status.conditions[Progressing]", PAUSED, Some(since)),
        Evidence::field(deployment, "status.updatedReplicas", format!("{updated} of {made}"), None),
    ];
    Some(finding)
}
