//! How replicas on other nodes fare with the same image.

use std::collections::BTreeSet;

use rutter_cluster::{
    Time,
    objects::{ContainerStatus, Event, Pod},
};

use crate::{Context, Evidence, texts::image_pull};

/// How many replicas are looked at: enough to tell, few enough for the largest workloads.
const MOST: usize = 200;

/// Replicas on other nodes that have the image, while none lacks it there.
pub(super) struct Elsewhere {
    nodes: usize,
    /// Whether one of them pulled it after the failure began.
    pulled_since: bool,
    pub(super) evidence: Evidence,
}

/// Whether the image is missing on this pod's node only, among the replicas of its workload.
pub(super) fn elsewhere(
    context: &Context<'_>,
    pod: &Pod,
    status: &ContainerStatus,
    since: Option<Time>,
) -> Option<Elsewhere> {
    let image = &pod.container(&status.name)?.image;
    let siblings = context.pods_under(&context.top_owner(pod)).ok()?;
    let same =
        |other: &&&Pod| other.container(&status.name).is_some_and(|container| container.image == *image);
    let mut having = Vec::new();
    for other in siblings.iter().take(MOST).filter(same) {
        let here = other.spec.node_name == pod.spec.node_name;
        match other.container_statuses().find(|(other, _)| other.name == status.name) {
            Some((container, _)) if has_started(container) && here => return None,
            Some((container, _)) if has_started(container) => having.push((*other, container)),
            Some((container, _)) if !here && lacks(container) => return None,
            _ => {}
        }
    }
    let (first, container) = having.first()?;
    let nodes: BTreeSet<_> = having.iter().map(|(other, _)| &other.spec.node_name).collect();
    let pulled_since = having.iter().take(5).any(|(other, _)| pulled_since(context, other, since));
    let started = container.state.running.and_then(|running| running.started_at);
    let path = format!("status.containerStatuses[{}].state", status.name);
    let evidence = Evidence::field(*first, path, format!("running on {}", first.spec.node_name), started);
    Some(Elsewhere { nodes: nodes.len(), pulled_since, evidence })
}

fn has_started(status: &ContainerStatus) -> bool {
    status.state.running.is_some()
}

fn lacks(status: &ContainerStatus) -> bool {
    status.state.waiting.as_ref().is_some_and(|waiting| super::told::is_about_image(&waiting.reason))
}

fn pulled_since(context: &Context<'_>, pod: &Pod, since: Option<Time>) -> bool {
    let (Ok(events), Some(since)) = (context.events(pod), since) else { return false };
    let fresh = |event: &&Event| {
        event.last_seen().is_some_and(|time| time >= since)
            && image_pull::pulled(&event.message).is_some_and(|pulled| !pulled.already_present)
    };
    events.iter().any(fresh)
}

impl Elsewhere {
    /// What follows for a failure of that form; no node is blamed for what fails `widely`.
    pub(super) fn phrase(&self, variant: &str, node: &str, widely: bool) -> String {
        let others = format!("{} other {}", self.nodes, if self.nodes == 1 { "node" } else { "nodes" });
        match variant {
            _ if widely && self.pulled_since => format!("; replicas on {others} pulled it since"),
            _ if self.pulled_since => {
                format!("; the fault is {node}'s: replicas on {others} pulled it since")
            }
            "not-found" | "not-found-or-no-rights" | "unauthorized" => {
                format!("; replicas on {others} still run from copies pulled earlier")
            }
            "rate-limited" | "registry-error" | "signature" => String::new(),
            _ if widely => format!("; replicas on {others} have it"),
            _ => format!("; only {node} lacks it: replicas on {others} have it"),
        }
    }
}

/// The node that alone lacks the image, for remedies.
pub(super) fn lonely_node(context: &Context<'_>, pod: &Pod, container: &str) -> bool {
    let status = pod.container_statuses().find(|(status, _)| status.name == container);
    status.is_some_and(|(status, _)| elsewhere(context, pod, status, None).is_some())
}
