//! How else a pod came to its end, or was refused: shutdown of the node, no room, preemption, taints, the eviction API,
//! garbage collection of pods. "Who did it" matters more than the phase.
//!
//! Wordings from the kubelet (`nodeshutdown`, `lifecycle/predicate.go`), the controller manager (`tainteviction`,
//! `podgc`, `nodelifecycle`) and the scheduler (`preemption`), 1.12–1.37.

use std::fmt;

use super::eviction::{self, Eviction};
use super::scan::{after, between, has, non_empty, number, sentence, strip_combined, until, word};

/// Who decided that a pod has to go: the reason of its condition `DisruptionTarget` (since 1.26).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disruption {
    /// `PreemptionByScheduler`: for a pod of higher priority.
    Preemption,
    /// `DeletionByTaintManager`: it doesn't tolerate a NoExecute taint.
    Taint,
    /// `EvictionByEvictionAPI`: a drain, an autoscaler, a descheduler.
    EvictionApi,
    /// `DeletionByPodGC`: its node is gone or out of service.
    PodGc,
    /// `TerminationByKubelet`: pressure, shutdown or a critical pod on the node.
    Kubelet,
}

impl Disruption {
    /// The disruption of that reason.
    pub fn of_reason(reason: &str) -> Option<Self> {
        Some(match reason {
            "PreemptionByScheduler" | "PreemptionByKubeScheduler" => Self::Preemption,
            "DeletionByTaintManager" => Self::Taint,
            "EvictionByEvictionAPI" => Self::EvictionApi,
            "DeletionByPodGC" => Self::PodGc,
            "TerminationByKubelet" => Self::Kubelet,
            _ => return None,
        })
    }
}

impl fmt::Display for Disruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preemption => "preempted by the scheduler for a pod of higher priority",
            Self::Taint => "deleted for a NoExecute taint that it does not tolerate",
            Self::EvictionApi => "evicted through the API",
            Self::PodGc => "deleted because its node is gone or out of service",
            Self::Kubelet => "ended by the kubelet",
        })
    }
}

/// Why a pod ended, or never began, on its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PodEnd<'a> {
    /// Evicted, or refused under pressure.
    Evicted(Eviction<'a>),
    /// Ended by a graceful shutdown: `Terminated` (≥ 1.22), `Shutdown` (1.20, 1.21).
    NodeShutdown,
    /// Refused because the node was shutting down: `NodeShutdown`, later also `Pod was rejected as the node is shutting down.`
    RefusedByShutdown,
    /// `OutOfcpu`, `OutOfmemory`, `OutOfpods`, …: no room on a node it was bound to (1.12–1.37).
    OutOf {
        /// The resource.
        resource: &'a str,
        /// What it requested, in units of the resource (cpu in thousandths).
        requested: Option<u64>,
        /// What was in use.
        used: Option<u64>,
        /// What the node has.
        capacity: Option<u64>,
    },
    /// Preempted: by the scheduler, or by the kubelet for a critical pod.
    Preempted {
        /// The pod it gave way to, as the message names it (`ns/name`, or a uid since about 1.22).
        by: Option<&'a str>,
    },
    /// `TaintManagerEviction`: `Marking for deletion Pod ns/name`; `false` when the deletion was cancelled.
    TaintEviction {
        /// Whether it still is to be deleted.
        marked: bool,
        /// The pod, `ns/name`.
        pod: &'a str,
    },
    /// `NodeLost` (up to 1.13): the node's controller stopped hearing of it.
    NodeLost,
    /// `DeadlineExceeded`: past its `activeDeadlineSeconds`.
    DeadlineExceeded,
    /// `UnexpectedAdmissionError`: a device, CPU or topology manager refused it, often after the kubelet's restart.
    UnexpectedAdmission {
        /// The kubelet's words.
        detail: &'a str,
    },
    /// `NodeAffinity`, `NodePorts`, `TopologyAffinityError`, `PodOSNotSupported`, …: refused by the kubelet's checks.
    Refused {
        /// The reason's name.
        reason: &'a str,
    },
}

/// Reads `status.reason` and `status.message` of a failed pod, or reason and message of an event about its end.
pub fn parse<'a>(reason: &'a str, message: &'a str) -> Option<PodEnd<'a>> {
    let message = strip_combined(message);
    match reason {
        "Terminated" | "Shutdown" => return Some(PodEnd::NodeShutdown),
        "NodeShutdown" => return Some(PodEnd::RefusedByShutdown),
        "Preempted" | "Preempting" => return Some(PodEnd::Preempted { by: preemptor(message) }),
        "NodeLost" => return Some(PodEnd::NodeLost),
        "DeadlineExceeded" => return Some(PodEnd::DeadlineExceeded),
        "TaintManagerEviction" => return taint_eviction(message),
        "UnexpectedAdmissionError" => return Some(PodEnd::UnexpectedAdmission { detail: message }),
        "NodeAffinity"
        | "NodePorts"
        | "TopologyAffinityError"
        | "PodOSNotSupported"
        | "InvalidNodeInfo"
        | "PodOSSelectorNodeLabelDoesNotMatch"
        | "SupplementalGroupsPolicyNotSupported"
        | "UnexpectedPredicateFailureType" => {
            return Some(PodEnd::Refused { reason });
        }
        _ => {}
    }
    out_of(reason, message).or_else(|| by_words(message))
}

fn by_words(message: &str) -> Option<PodEnd<'_>> {
    if let Some(eviction) = eviction::parse(message) {
        return Some(PodEnd::Evicted(eviction));
    }
    if has(message, &["imminent node shutdown", "Node is shutting, evicting pods"]) {
        return Some(PodEnd::NodeShutdown);
    }
    if has(message, &["rejected as the node is shutting down"]) {
        return Some(PodEnd::RefusedByShutdown);
    }
    if message.starts_with("Node ") && message.ends_with("is unresponsive") {
        return Some(PodEnd::NodeLost);
    }
    taint_eviction(message)
}

/// `Pod Node didn't have enough resource: cpu, requested: 100, used: 3900, capacity: 4000`.
fn out_of<'a>(reason: &'a str, message: &'a str) -> Option<PodEnd<'a>> {
    let figures = after(message, "Node didn't have enough resource: ");
    let named = figures.map(word).and_then(non_empty);
    let resource = reason.strip_prefix("OutOf").and_then(non_empty).or(named)?;
    let figure = |open| number(after(figures?, open)?);
    Some(PodEnd::OutOf {
        resource,
        requested: figure("requested: "),
        used: figure("used: "),
        capacity: figure("capacity: "),
    })
}

/// `Preempted by ns/name on node n` (1.12), `Preempted by a pod on node n` (about 1.24), `Preempted by pod <uid> on node n`
/// (later); the kubelet's `Preempted in order to admit critical pod` names nobody.
fn preemptor(message: &str) -> Option<&str> {
    let rest = after(message, "Preempted by ")?;
    let pod = until(rest.strip_prefix("pod ").unwrap_or(rest), " on node ");
    non_empty(word(pod)).filter(|_| pod != "a pod")
}

fn taint_eviction(message: &str) -> Option<PodEnd<'_>> {
    let (marked, rest) = match after(message, "Marking for deletion Pod ") {
        Some(rest) => (true, rest),
        None => (false, after(message, "Cancelling deletion of Pod ")?),
    };
    Some(PodEnd::TaintEviction { marked, pod: non_empty(word(rest))? })
}

/// The node that a message of the old node controller names: `Node n which was running pod p is unresponsive` (≤ 1.13).
pub fn lost_node(message: &str) -> Option<&str> {
    between(message, "Node ", " which was running pod ").and_then(non_empty)
}

impl fmt::Display for PodEnd<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evicted(eviction) => eviction.fmt(f),
            Self::NodeShutdown => f.write_str("ended because the node was shutting down"),
            Self::RefusedByShutdown => f.write_str("refused because the node was shutting down"),
            Self::OutOf { resource, requested: Some(n), used: Some(u), capacity: Some(c) } => {
                write!(f, "refused by the node: {n} of {resource} requested, {u} of {c} in use")
            }
            Self::OutOf { resource, .. } => write!(f, "refused by the node, which is out of {resource}"),
            Self::Preempted { by: Some(pod) } => write!(f, "preempted for pod {pod}"),
            Self::Preempted { by: None } => f.write_str("preempted for a pod of higher priority"),
            Self::TaintEviction { marked: true, .. } => {
                f.write_str("marked for deletion for a NoExecute taint")
            }
            Self::TaintEviction { marked: false, .. } => f.write_str("no longer marked for deletion"),
            Self::NodeLost => f.write_str("its node stopped answering"),
            Self::DeadlineExceeded => f.write_str("ran longer than its activeDeadlineSeconds"),
            Self::UnexpectedAdmission { detail } => write!(f, "refused by the kubelet: {}", sentence(detail)),
            Self::Refused { reason } => write!(f, "refused by the kubelet ({reason})"),
        }
    }
}

#[cfg(test)]
#[path = "tests/pod_end.rs"]
mod tests;
