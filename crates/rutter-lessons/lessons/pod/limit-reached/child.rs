//! A process that the kernel killed in a container that lives on: no status shows it, only a node agent's event.

use rutter_cluster::{
    ObjectRef,
    objects::{Event, Node, Pod},
};

use super::{ID, detect, facts};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, containers};

/// What the node problem detector says of it.
const REASON: &str = "PodOOMKilling";

/// Events about it that are older, in seconds, tell nothing about now.
const RECENT: i64 = 3600;

/// As told by an event about the pod itself, which kube-eventer passed on.
pub(super) fn on_pod(context: &Context<'_>, pod: &Pod) -> Option<Finding> {
    let events = context.events(pod).ok()?;
    killed(context, pod, events.into_iter().rev().find(|event| event.reason == REASON)?)
}

/// As told by events about the pod's node: `PodOOMKilling`, `pod was OOM killed. node:N pod:P namespace:S uuid:U`, from the
/// node problem detector of Alibaba Cloud. The plain `OOMKilling` names a process and no pod.
pub(super) fn on_node(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let mut known: Vec<ObjectRef> = Vec::new();
    // Only some clusters have such an agent: without events the lesson loses nothing that others would miss.
    for event in
        context.events(node).unwrap_or_default().into_iter().rev().filter(|event| event.reason == REASON)
    {
        let Some(pod) = victim(context, node, event) else { continue };
        let victim = rutter_cluster::Resource::object_ref(pod);
        if known.iter().any(|known| known.same(&victim)) {
            continue;
        }
        known.push(victim);
        let mut by_status = Findings::default();
        detect::evaluate(context, pod, &mut by_status)?;
        if by_status.is_empty() {
            findings.extend(killed(context, pod, event));
        }
    }
    Ok(())
}

/// The pod that an event about its node names, if it is there and not on its way out.
fn victim<'c>(context: &Context<'c>, node: &Node, event: &Event) -> Option<&'c Pod> {
    let value = |key: &str| event.message.split_whitespace().find_map(|word| word.strip_prefix(key));
    let (name, namespace) = (value("pod:")?.into(), value("namespace:")?.into());
    let pod = context.pod(&ObjectRef { name, namespace, ..ObjectRef::default() })?;
    let uid = value("uuid:").filter(|uid| !uid.is_empty() && !pod.meta.uid.is_empty());
    let is_it = pod.spec.node_name == node.meta.name && uid.is_none_or(|uid| pod.meta.uid == *uid);
    (is_it && pod.meta.deleted.is_none()).then_some(pod)
}

fn killed(context: &Context<'_>, pod: &Pod, event: &Event) -> Option<Finding> {
    if pod.is_finished() || pod.spec.node_name.is_empty() {
        return None;
    }
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
