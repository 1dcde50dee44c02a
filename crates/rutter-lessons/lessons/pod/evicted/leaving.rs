//! Pods that were told to go and are still there, because their node doesn't answer.

use rutter_cluster::{
    Time,
    objects::{Node, Pod},
};

use super::{ID, owner};
use crate::{
    Context, Evidence, Finding,
    texts::pod_end::{self, Disruption, PodEnd},
    words,
};

/// A kubelet that works may need this long, in seconds, after the deadline to kill, unmount and confirm.
const LATE: i64 = 120;

/// Whether the pod's node can confirm that it is gone.
pub(super) fn node_is_ready(context: &Context<'_>, pod: &Pod) -> bool {
    context.node(&pod.spec.node_name).ok().flatten().is_some_and(Node::is_ready)
}

pub(super) fn leaving(context: &Context<'_>, pod: &Pod) -> Option<Finding> {
    // The time in the object is the one at which it must be gone: until then it leaves as it should, and where its node
    // is well a little later too.
    let patience = if node_is_ready(context, pod) { LATE } else { 0 };
    if pod.meta.deleted.is_none_or(|gone| context.now().since(gone) < patience) {
        return None;
    }
    if pod.status.reason == "NodeLost" {
        return Some(node_lost(context, pod));
    }
    let target = pod.condition("DisruptionTarget").filter(|target| target.is_true());
    match target.map(|target| (Disruption::of_reason(&target.reason), target)) {
        Some((Some(Disruption::Taint), target)) => {
            let path = "status.conditions[DisruptionTarget].reason";
            let evidence = Evidence::field(
                pod,
                path,
                format!("{}: {}", target.reason, target.message),
                target.last_transition_time,
            );
            Some(taint(context, pod, target.last_transition_time, evidence))
        }
        // Drained or preempted: somebody meant it.
        Some(_) => None,
        // Before 1.26 only an event tells.
        None => {
            let events = context.events(pod).ok()?;
            let said = events.iter().rev().find(|event| event.reason == "TaintManagerEviction")?;
            let marked = matches!(
                pod_end::parse(&said.reason, &said.message),
                Some(PodEnd::TaintEviction { marked: true, .. })
            );
            marked.then(|| taint(context, pod, said.last_seen(), Evidence::event(said)))
        }
    }
}

fn taint(context: &Context<'_>, pod: &Pod, at: Option<Time>, evidence: Evidence) -> Finding {
    let mut finding = about(context, pod, "taint", at);
    let name = &pod.spec.node_name;
    let node = context.node(name).ok().flatten();
    let taints = node.map(no_execute).unwrap_or_default();
    let of = if taints.is_empty() { String::new() } else { format!(" {}", words::list(&taints, 3)) };
    let why = match node {
        Some(node) if node.is_ready() => "has not gone yet".to_owned(),
        _ => format!("has not gone, because {name} does not confirm it"),
    };
    finding.message =
        format!("deleted for a NoExecute taint{of} of its node that it does not tolerate, but {why}");
    finding.evidence.push(evidence);
    finding
}

fn no_execute(node: &Node) -> Vec<&str> {
    node.spec
        .taints
        .iter()
        .filter(|taint| taint.effect == "NoExecute")
        .map(|taint| taint.key.as_str())
        .collect()
}

/// Up to 1.13 the node's controller wrote this into the pods of a node that went silent.
fn node_lost(context: &Context<'_>, pod: &Pod) -> Finding {
    let mut finding = about(context, pod, "node-lost", None);
    let node = pod_end::lost_node(&pod.status.message).unwrap_or(&pod.spec.node_name);
    finding.message = format!("its node {node} went silent: whether it still runs there is not known");
    let said = format!("NodeLost: {}", pod.status.message);
    finding.evidence.push(Evidence::field(pod, "status.reason", said, None));
    finding
}

fn about(context: &Context<'_>, pod: &Pod, variant: &'static str, at: Option<Time>) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    let grace = pod.meta.deletion_grace_period_seconds.max(0);
    let asked = pod.meta.deleted.map(|gone| gone.plus(grace.saturating_neg()));
    finding.variant = variant;
    finding.since = at.or(asked);
    finding.severity = owner::owner(context, pod, finding.since).severity(variant);
    finding.hidden_with_node(context);
    finding
}
