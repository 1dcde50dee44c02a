//! A Deployment that may lack no pod while it is updated (`maxUnavailable` 0), on nodes that have no room for one more.

use rutter_cluster::objects::{Deployment, IntOrString, Pod, Rounded};

use super::ID;
use crate::{
    Confidence, Context, Evidence, Finding, Seen, Severity, placement,
    texts::scheduling::{self, Reason},
    words,
};

/// A pod that gets its node within this time, in seconds, was scheduled normally.
const START: i64 = 60;

pub(super) fn finding(context: &Context<'_>, deployment: &Deployment) -> Seen<Option<Finding>> {
    let status = &deployment.status;
    let wanted = deployment.wanted();
    // Every pod that is wanted is there, in the old form: only then nothing but the new one's room is missing.
    let old_serve = status.available_replicas >= wanted && status.updated_replicas > 0;
    if !old_serve || status.replicas <= wanted || lacks(deployment) != Some(0) {
        return Ok(None);
    }
    let object = rutter_cluster::Resource::object_ref(deployment);
    let pods = context.unready_under(&object)?;
    if pods.is_empty() {
        return Ok(None);
    }
    let all = context.pods_under(&object)?;
    let old = all.iter().find(|pod| pod.is_ready()).copied();
    let waiting: Vec<(&Pod, String)> =
        pods.iter().filter_map(|pod| Some((*pod, wants_room(context, pod, old?)?))).collect();
    // All of the new pods that are missing wait for room; one that crashes would stop the rollout, too.
    if waiting.is_empty() || waiting.len() < pods.len() {
        return Ok(None);
    }
    Ok(Some(about(deployment, &waiting)))
}

fn about(deployment: &Deployment, waiting: &[(&Pod, String)]) -> Finding {
    let mut finding = Finding::about(ID, deployment);
    finding.variant = "no-room";
    finding.severity = Severity::Medium;
    finding.confidence = Confidence::Likely;
    let scheduled =
        |pod: &Pod| pod.condition("PodScheduled").and_then(|condition| condition.last_transition_time);
    finding.since = waiting.iter().filter_map(|(pod, _)| scheduled(pod)).min();
    let what = waiting.first().map(|(_, what)| what.as_str()).unwrap_or_default();
    let pods = if waiting.len() == 1 {
        "its new pod waits".to_owned()
    } else {
        format!("{} wait", words::count(waiting.len(), "new pod"))
    };
    finding.message = format!(
        "{pods} for {what} that an old pod holds, and maxUnavailable {} lets none go first: the rollout can't go on",
        written(deployment),
    );
    let condition = |pod: &Pod| pod.condition("PodScheduled").map(|condition| condition.message.to_string());
    let said = waiting.iter().take(2).filter_map(|(pod, _)| {
        Some(Evidence::field(*pod, "status.conditions[PodScheduled]", condition(pod)?, scheduled(pod)))
    });
    let strategy = Evidence::field(deployment, "spec.strategy.rollingUpdate", strategy(deployment), None);
    let counts = format!(
        "{} available of {} wanted, {} of the new template",
        deployment.status.available_replicas,
        deployment.wanted(),
        deployment.status.updated_replicas
    );
    finding.evidence =
        [strategy, Evidence::field(deployment, "status", counts, None)].into_iter().chain(said).collect();
    finding
}

/// What a pod waits for that one of its predecessors has: nothing else refuses it.
fn wants_room(context: &Context<'_>, pod: &Pod, old: &Pod) -> Option<String> {
    let condition = pod.condition("PodScheduled").filter(|condition| condition.is_false())?;
    let since = condition.last_transition_time?;
    if condition.reason != "Unschedulable" || context.is_younger(since, START) || pod.meta.deleted.is_some() {
        return None;
    }
    let said = scheduling::parse(&condition.message);
    said.reasons.iter().find_map(|(_, reason)| match *reason {
        Reason::HostPorts => Some("the host port".to_owned()),
        Reason::PodAntiAffinity => Some("a node of its own (anti-affinity)".to_owned()),
        // What an old pod doesn't hold, it can't leave.
        Reason::Insufficient(resource) => {
            let holds = placement::request(old, resource) >= placement::request(pod, resource);
            holds.then(|| resource.to_owned())
        }
        Reason::TooManyPods => Some("one of the pods that a node may have".to_owned()),
        _ => None,
    })
}

/// How many pods may be missing during a rollout, as the controller resolves it (`deployment/util` `ResolveFenceposts`):
/// percentages are rounded down, surges up; if both are 0, one may.
fn lacks(deployment: &Deployment) -> Option<i64> {
    let strategy = &deployment.spec.strategy;
    let update = strategy.rolling_update.as_ref().filter(|_| strategy.kind != "Recreate")?;
    let missing = update.max_unavailable.scaled(deployment.wanted(), Rounded::Down)?;
    let more = update.max_surge.scaled(deployment.wanted(), Rounded::Up)?;
    Some(if missing == 0 && more == 0 { 1 } else { missing })
}

/// `0`, or `25% (of 3: 0)`.
fn written(deployment: &Deployment) -> String {
    let update = deployment.spec.strategy.rolling_update.as_ref();
    match update.map(|update| &update.max_unavailable) {
        Some(IntOrString::Name(percent)) => format!("{percent} (of {}: 0)", deployment.wanted()),
        _ => "0".to_owned(),
    }
}

fn strategy(deployment: &Deployment) -> String {
    let update = deployment.spec.strategy.rolling_update.as_ref();
    update.map_or_else(String::new, |update| {
        format!("maxUnavailable {}, maxSurge {}", update.max_unavailable, update.max_surge)
    })
}
