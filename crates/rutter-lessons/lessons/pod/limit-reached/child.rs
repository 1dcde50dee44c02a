//! A process that the kernel killed in a container that lives on: no status shows it, only a node agent's event.

use rutter_cluster::objects::{Event, Pod};

use super::{ID, facts};
use crate::{Confidence, Context, Evidence, Finding, Severity, containers};

/// Events about it that are older, in seconds, tell nothing about now.
const RECENT: i64 = 3600;

/// `PodOOMKilling`, `pod was OOM killed. node:N pod:P namespace:S uuid:U`, from the node problem detector of Alibaba
/// Cloud, on the node, or on the pod where kube-eventer passed it on. The plain `OOMKilling` names a process and no pod.
pub(super) fn killed(context: &Context<'_>, pod: &Pod) -> Option<Finding> {
    if pod.is_finished() || pod.spec.node_name.is_empty() {
        return None;
    }
    let event = on_pod(context, pod).or_else(|| on_node(context, pod))?;
    let running = pod.container_statuses().any(|(status, init)| !init && status.state.running.is_some());
    if !running || event.last_seen().is_none_or(|seen| context.age(seen) > RECENT) {
        return None;
    }
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = "child";
    finding.since = event.first_seen();
    finding.severity = if pod.is_ready() { Severity::Low } else { containers::severity(context, pod) };
    finding.confidence = Confidence::Likely;
    finding.evidence.push(Evidence::event(event));
    // Where several containers have limits, the event doesn't tell which.
    let bounds =
        pod.spec.containers.iter().map(|container| (&container.name, facts::bound(pod, &container.name)));
    let limited: Vec<_> = bounds.filter(|(_, bound)| bound.limit().is_some()).collect();
    let limit = match limited.as_slice() {
        [(name, bound)] => {
            finding.container = Some((*name).clone());
            finding.evidence.extend(bound.evidence(pod, name));
            bound.limit().map_or_else(String::new, |limit| format!(" at the memory limit of {limit}"))
        }
        _ => String::new(),
    };
    let of =
        finding.container.as_deref().map_or_else(|| "the pod".to_owned(), |name| format!("container {name}"));
    finding.message = format!(
        "a process in {of} was killed by the kernel{limit}, and the container lived on: its status does not show it"
    );
    Some(finding)
}

fn on_pod<'c>(context: &Context<'c>, pod: &Pod) -> Option<&'c Event> {
    context.events(pod).ok()?.into_iter().rev().find(|event| event.reason == "PodOOMKilling")
}

fn on_node<'c>(context: &Context<'c>, pod: &Pod) -> Option<&'c Event> {
    let node = context.node(&pod.spec.node_name).ok()??;
    let mine = |event: &&Event| event.reason == "PodOOMKilling" && names(&event.message, pod);
    context.events(node).ok()?.into_iter().rev().find(mine)
}

fn names(message: &str, pod: &Pod) -> bool {
    let value = |key: &str| message.split_whitespace().find_map(|word| word.strip_prefix(key));
    let uid = value("uuid:").filter(|uid| !uid.is_empty() && !pod.meta.uid.is_empty());
    value("pod:") == Some(&pod.meta.name)
        && value("namespace:") == Some(&pod.meta.namespace)
        && uid.is_none_or(|uid| pod.meta.uid == *uid)
}
