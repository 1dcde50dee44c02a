//! Why a node isn't Ready: the message of its condition `Ready`, which may join several causes.
//!
//! The kubelet's `nodestatus/setters.go` and `runtime.go`: 1.12 joins its errors by `,`; since about 1.14 they are an
//! aggregate `[a, b]`. `NodeStatusUnknown` and `NodeStatusNeverUpdated` come from the node lifecycle controller.
//! The same texts stand in the kubelet's log after `skipping pod synchronization`.

use std::fmt;
use std::time::Duration;

use super::quantity::is_never;
use super::scan::{after, has, strip_combined, word};
use super::{Era, go_duration};

/// When the kubelet's pod lifecycle event generator last looked at its containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastSeen {
    /// So long ago.
    Ago(Duration),
    /// Never: Go's greatest duration, `2562047h47m16.8s`.
    Never,
    /// The message doesn't say.
    Unknown,
}

/// One cause of a node's not being Ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady<'a> {
    /// `PLEG is not healthy: pleg was last seen active 4m7.7s ago; threshold is 3m0s`.
    PlegUnhealthy {
        /// When it was last seen.
        last_seen: LastSeen,
        /// 3 min; 10 min with the evented PLEG.
        threshold: Option<Duration>,
    },
    /// `pleg has yet to be successful`: the kubelet has just started, or the runtime never answered it.
    PlegNeverSucceeded,
    /// `container runtime is down`: no status of it for 30 s.
    RuntimeDown,
    /// `container runtime status check may not have completed yet`: the kubelet has just started.
    RuntimeStatusNotChecked,
    /// `container runtime not ready: RuntimeReady=false reason:R message:M`.
    RuntimeNotReady {
        /// The runtime's reason, may be empty.
        reason: &'a str,
        /// The runtime's message.
        message: &'a str,
    },
    /// `container runtime network not ready: NetworkReady=false reason:R message:M`.
    NetworkNotReady {
        /// Usually `NetworkPluginNotReady`.
        reason: &'a str,
        /// The runtime's message.
        message: &'a str,
        /// `runtime network not ready:` is old (up to about 1.20).
        era: Era,
    },
    /// `node is shutting down` (since 1.20).
    NodeShuttingDown,
    /// `CSINode is not yet initialized` and its like (since 1.14).
    CsiNodeNotReady,
    /// `missing node capacity for resources: …`.
    CapacityMissing,
    /// `Kubelet stopped posting node status.`: the controller manager's word, Ready=Unknown.
    StoppedPosting,
    /// `Kubelet never posted node status.`: it never was Ready.
    NeverUpdated,
    /// Words that aren't known.
    Other(&'a str),
}

/// How each part of a message begins. A comma only separates parts if one of these follows it.
const STARTS: &[&str] = &[
    "PLEG is not healthy",
    "pleg was last seen active",
    "pleg has yet to be successful",
    "EventedPLEG ",
    "container runtime is down",
    "runtime is down",
    "container runtime status check may not have completed yet",
    "container runtime not ready",
    "runtime not ready",
    "container runtime network not ready",
    "runtime network not ready",
    "node is shutting down",
    "CSINode ",
    "failed to initialize CSINode",
    "missing node capacity for resources",
    "Kubelet stopped posting node status",
    "Kubelet never posted node status",
];

/// The causes that a message joins, in its order; none for an empty message and for `kubelet is posting ready status`.
pub fn parse(message: &str) -> Vec<NotReady<'_>> {
    let message = strip_combined(message);
    let inner = message.strip_prefix('[').map_or(message, |rest| rest.strip_suffix(']').unwrap_or(rest));
    let parts = parts(inner).into_iter().map(str::trim).filter(|part| !part.is_empty());
    parts.filter(|part| !part.starts_with("kubelet is posting ready status")).map(part).collect()
}

fn is_start(text: &str) -> bool {
    let text = text.trim_start();
    STARTS.iter().any(|start| text.starts_with(start))
}

fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(',') {
        if text.get(at + 1..).is_some_and(is_start) {
            parts.extend(text.get(from..at));
            from = at + 1;
        }
    }
    parts.extend(text.get(from..));
    parts
}

fn part(text: &str) -> NotReady<'_> {
    if let Some(pleg) = pleg(text) {
        return pleg;
    }
    let is = |start: &str| text.starts_with(start);
    if is("container runtime network not ready") || is("runtime network not ready") {
        let era = if is("runtime") { Era::Old } else { Era::Current };
        let (reason, message) = reason_and_message(text);
        return NotReady::NetworkNotReady { reason, message, era };
    }
    if is("container runtime not ready") || is("runtime not ready") {
        let (reason, message) = reason_and_message(text);
        return NotReady::RuntimeNotReady { reason, message };
    }
    if is("container runtime is down") || is("runtime is down") {
        NotReady::RuntimeDown
    } else if is("container runtime status check") {
        NotReady::RuntimeStatusNotChecked
    } else if is("node is shutting down") {
        NotReady::NodeShuttingDown
    } else if text.contains("CSINode") {
        NotReady::CsiNodeNotReady
    } else if is("missing node capacity") {
        NotReady::CapacityMissing
    } else if is("Kubelet stopped posting") {
        NotReady::StoppedPosting
    } else if is("Kubelet never posted") {
        NotReady::NeverUpdated
    } else {
        NotReady::Other(text)
    }
}

fn pleg(text: &str) -> Option<NotReady<'_>> {
    if text.contains("pleg has yet to be successful") {
        return Some(NotReady::PlegNeverSucceeded);
    }
    if !has(text, &["PLEG is not healthy", "pleg was last seen active", "EventedPLEG"]) {
        return None;
    }
    let duration = |open| go_duration(word(after(text, open)?));
    let last_seen = match duration("last seen active ") {
        Some(ago) if is_never(ago) => LastSeen::Never,
        Some(ago) => LastSeen::Ago(ago),
        None => LastSeen::Unknown,
    };
    Some(NotReady::PlegUnhealthy { last_seen, threshold: duration("threshold is ") })
}

/// `…: NetworkReady=false reason:R message:M` as R and M; without them, what follows the colon is the message.
fn reason_and_message(text: &str) -> (&str, &str) {
    let rest = after(text, "ready: ").unwrap_or_default();
    match after(rest, "reason:") {
        Some(said) => said.split_once("message:").map_or((said.trim(), ""), |(r, m)| (r.trim(), m.trim())),
        None => ("", rest.trim()),
    }
}

impl NotReady<'_> {
    /// Whether it says that the container runtime doesn't answer, or is a consequence of that.
    pub fn is_runtime(self) -> bool {
        matches!(
            self,
            Self::PlegUnhealthy { .. }
                | Self::PlegNeverSucceeded
                | Self::RuntimeDown
                | Self::RuntimeNotReady { .. }
        )
    }

    /// Whether it is usual for the first seconds of a kubelet.
    pub fn is_start_up(self) -> bool {
        matches!(self, Self::PlegNeverSucceeded | Self::RuntimeStatusNotChecked | Self::CsiNodeNotReady)
    }
}

impl fmt::Display for NotReady<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PlegUnhealthy { last_seen: LastSeen::Ago(ago), .. } => {
                write!(f, "the kubelet could not list its containers for {}s (PLEG)", ago.as_secs())
            }
            Self::PlegUnhealthy { .. } => f.write_str("the kubelet can not list its containers (PLEG)"),
            Self::PlegNeverSucceeded => f.write_str("the kubelet has not yet listed its containers (PLEG)"),
            Self::RuntimeDown => f.write_str("the container runtime is down"),
            Self::RuntimeStatusNotChecked => f.write_str("the container runtime has not yet been checked"),
            Self::RuntimeNotReady { message: "", .. } => f.write_str("the container runtime is not ready"),
            Self::RuntimeNotReady { message, .. } => {
                write!(f, "the container runtime is not ready: {message}")
            }
            Self::NetworkNotReady { message: "", .. } => f.write_str("the pod network is not ready"),
            Self::NetworkNotReady { message, .. } => write!(f, "the pod network is not ready: {message}"),
            Self::NodeShuttingDown => f.write_str("the node is shutting down"),
            Self::CsiNodeNotReady => f.write_str("the node's CSINode object is not yet written"),
            Self::CapacityMissing => f.write_str("the node does not yet know its capacity"),
            Self::StoppedPosting => f.write_str("the kubelet stopped reporting"),
            Self::NeverUpdated => f.write_str("the kubelet never reported"),
            Self::Other(text) => f.write_str(text.trim_end_matches('.')),
        }
    }
}

#[cfg(test)]
#[path = "tests/node_ready.rs"]
mod tests;
