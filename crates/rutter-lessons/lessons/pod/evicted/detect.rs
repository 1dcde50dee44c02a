//! Pods that failed because their node ended them or did not let them in.

use rutter_cluster::{Time, objects::Pod};

use super::{ID, ended, leaving, owner, phrase};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity,
    texts::{
        eviction::Eviction,
        pod_end::{self, PodEnd},
    },
};

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if pod.status.phase == "Failed" {
        findings.extend(failed(context, pod));
    } else if pod.meta.deleted.is_some() {
        findings.extend(leaving::leaving(context, pod));
    }
    Ok(())
}

/// Why a failed pod ended, as far as that is its node's doing.
pub(super) fn end(pod: &Pod) -> Option<PodEnd<'_>> {
    let (reason, message) = (&pod.status.reason, &pod.status.message);
    match pod_end::parse(reason, message) {
        Some(PodEnd::DeadlineExceeded | PodEnd::TaintEviction { .. }) => None,
        Some(end) => Some(end),
        // Never started, and a reason of which only the kubelet's admission is left.
        None if pod.status.container_statuses.is_empty() && !reason.is_empty() && reason != "Evicted" => {
            Some(PodEnd::Refused { reason })
        }
        None => None,
    }
}

fn failed(context: &Context<'_>, pod: &Pod) -> Option<Finding> {
    let end = end(pod);
    if end.is_none() && pod.status.reason != "Evicted" {
        return None;
    }
    let variant = end.as_ref().map_or("other", variant);
    let at = ended::when(context, pod);
    let owner = owner::owner(context, pod, at);
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = variant;
    finding.since = at;
    finding.until = ended::over(context, pod, end.as_ref(), at, &owner);
    finding.severity = if finding.is_history() { Severity::Info } else { owner.severity(variant) };
    let known = pod_end::parse(&pod.status.reason, &pod.status.message).is_some();
    finding.confidence = if known { Confidence::Certain } else { Confidence::Likely };
    if let Some(PodEnd::Evicted(Eviction::ContainerLimit { container, .. })) = &end {
        finding.container = Some((*container).into());
    }
    finding.message = match &end {
        Some(end) => phrase::message(context, pod, end),
        None => format!("evicted by the kubelet: {}", pod.status.message.trim()),
    };
    finding.evidence = evidence(context, pod, end.as_ref(), at);
    if is_of_node(variant) {
        finding.hidden_with_node(context);
    }
    Some(finding)
}

/// The form of the lesson that an end stands for.
pub(super) fn variant(end: &PodEnd<'_>) -> &'static str {
    match end {
        PodEnd::Evicted(Eviction::NodeLow { .. }) => "node-low",
        PodEnd::Evicted(Eviction::Refused { .. }) => "rejected",
        PodEnd::Evicted(Eviction::EmptyDirLimit { .. }) => "emptydir-limit",
        PodEnd::Evicted(Eviction::ContainerLimit { .. }) => "container-limit",
        PodEnd::Evicted(Eviction::PodLimit { .. }) => "pod-limit",
        PodEnd::OutOf { .. } => "no-room",
        PodEnd::UnexpectedAdmission { .. } | PodEnd::Refused { .. } => "refused",
        PodEnd::NodeShutdown | PodEnd::RefusedByShutdown => "shutdown",
        PodEnd::Preempted { .. } => "preempted",
        PodEnd::TaintEviction { .. } => "taint",
        PodEnd::NodeLost => "node-lost",
        PodEnd::DeadlineExceeded => "other",
    }
}

/// Whether the node's own trouble may be behind it, and not the pod's.
fn is_of_node(variant: &str) -> bool {
    matches!(variant, "node-low" | "rejected" | "no-room" | "shutdown" | "other")
}

fn evidence(context: &Context<'_>, pod: &Pod, end: Option<&PodEnd<'_>>, at: Option<Time>) -> Vec<Evidence> {
    let said = format!("{}: {}", pod.status.reason, pod.status.message.trim());
    let mut all = vec![Evidence::field(pod, "status.message", said, at)];
    if let Some(PodEnd::Evicted(eviction)) = end {
        all.extend(phrase::figures(pod, eviction));
    }
    let target = pod.condition("DisruptionTarget").filter(|target| target.is_true());
    all.extend(target.map(|target| {
        let path = "status.conditions[DisruptionTarget].reason";
        Evidence::field(pod, path, target.reason.as_str(), target.last_transition_time)
    }));
    all.extend(end.and_then(|end| ended::pressure(context, pod, end)));
    all
}
