//! Why a pod finds no node: event `FailedScheduling`, condition `PodScheduled=False` (reason `Unschedulable`).
//!
//! The scheduler's `framework/types.go` (`FitError`), 1.12–1.37: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had
//! untolerated taint {…}. preemption: …`; before 1.12 `No nodes are available that match all of the predicates:
//! Insufficient cpu (3), MatchNodeSelector (3).`

use std::fmt;

use super::Era;
use super::scan::{after, after_any, between, has, non_empty, number, quoted, strip_combined, until, word};

/// Why a node doesn't take a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason<'a> {
    /// `Insufficient cpu`.
    Insufficient(&'a str),
    /// `Too many pods`.
    TooManyPods,
    /// A taint that the pod doesn't tolerate; without key since about 1.35 (`had untolerated taint(s)`).
    Taint {
        /// The taint's key.
        key: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// The node's labels: `didn't match Pod's node affinity/selector`, `didn't match node selector`, `MatchNodeSelector`.
    NodeAffinity,
    /// The pod's affinity to other pods.
    PodAffinity,
    /// The pod's, or another pod's, anti-affinity.
    PodAntiAffinity,
    /// Topology spread constraints.
    TopologySpread,
    /// A host port is taken.
    HostPorts,
    /// Cordoned.
    Cordoned,
    /// The node isn't ready, or its network isn't (before 1.12's taints).
    NotReady,
    /// The node has that pressure (before 1.12's taints): `disk`, `memory`, `pid`.
    Pressure(&'a str),
    /// A volume that is in another zone or bound to another node.
    VolumeAffinity,
    /// A claim that isn't bound yet.
    UnboundClaims,
    /// No PersistentVolume fits a claim that waits for this pod.
    NoPersistentVolume,
    /// The node can't attach more volumes.
    VolumeLimit,
    /// A claim that doesn't exist.
    ClaimMissing(&'a str),
    /// A claim or a volume is used by another pod that may not share it.
    VolumeInUse,
    /// Devices of a resource claim (DRA).
    ResourceClaims,
    /// `spec.nodeName` or a name that no node has.
    NodeName,
    /// Words that aren't known.
    Other(&'a str),
}

/// What the scheduler says about a pod that it can't place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unschedulable<'a> {
    /// How many nodes would do; normally 0.
    pub available: Option<u64>,
    /// How many nodes there are.
    pub total: Option<u64>,
    /// For how many nodes which reason holds; without a number it holds for the pod as such.
    pub reasons: Vec<(Option<u64>, Reason<'a>)>,
    /// What preemption would bring, in the scheduler's words (≥ 1.22).
    pub preemption: Option<&'a str>,
    /// `Insufficient cpu (3)` is old (before 1.12).
    pub era: Era,
}

/// Reads the message of a `FailedScheduling` event or a `PodScheduled` condition.
pub fn parse(message: &str) -> Unschedulable<'_> {
    let message = strip_combined(message);
    if let Some((head, rest)) = message.split_once(" nodes are available: ") {
        let counts = head.rsplit(' ').next().and_then(|c| c.split_once('/'));
        let (body, preemption) = preemption(rest);
        return Unschedulable {
            available: counts.and_then(|(available, _)| number(available)),
            total: counts.and_then(|(_, total)| number(total)),
            reasons: counted(body),
            preemption,
            era: if preemption.is_some() { Era::Current } else { Era::Any },
        };
    }
    if let Some(rest) = after_any(message, &["all of the predicates: ", "all of the following predicates:: "])
    {
        return Unschedulable { reasons: counted_behind(rest), era: Era::Old, ..nothing() };
    }
    if message.contains("no nodes available to schedule pods") {
        return Unschedulable { available: Some(0), total: Some(0), ..nothing() };
    }
    let text = message.trim_end_matches('.');
    Unschedulable { reasons: non_empty(text).map(|t| (None, reason(t))).into_iter().collect(), ..nothing() }
}

fn nothing() -> Unschedulable<'static> {
    Unschedulable { available: None, total: None, reasons: Vec::new(), preemption: None, era: Era::Any }
}

/// The reasons, and the words about preemption after them.
fn preemption(text: &str) -> (&str, Option<&str>) {
    let (body, preemption) = match text.split_once("preemption: ") {
        Some((body, preemption)) => (body, Some(preemption.trim_end_matches('.'))),
        None => (text, None),
    };
    let body = until(body, " no new claims to deallocate");
    (body.trim_end_matches([' ', '.', ',']), preemption)
}

/// `1 Insufficient cpu, 2 node(s) had taint {a: b}, that the pod didn't tolerate`: a comma separates only before a number.
fn counted(text: &str) -> Vec<(Option<u64>, Reason<'_>)> {
    let mut reasons = Vec::new();
    let mut from = 0;
    let ends = text.match_indices(", ").map(|(at, _)| at).chain([text.len()]);
    for at in ends {
        let next = text.get(at + 2..).unwrap_or_default();
        if at == text.len() || is_counted(next) {
            reasons.extend(text.get(from..at).filter(|part| !part.is_empty()).map(one_counted));
            from = at + 2;
        }
    }
    reasons
}

fn is_counted(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(head, _)| !head.is_empty() && head.bytes().all(|b| b.is_ascii_digit()))
}

fn one_counted(text: &str) -> (Option<u64>, Reason<'_>) {
    match text.split_once(' ').filter(|_| is_counted(text)) {
        Some((count, rest)) => (number(count), reason(rest)),
        None => (None, reason(text)),
    }
}

/// `Insufficient cpu (3), MatchNodeSelector (3).`
fn counted_behind(text: &str) -> Vec<(Option<u64>, Reason<'_>)> {
    let parts = text.trim_end_matches(['.', ' ']).split(", ").filter(|part| !part.is_empty());
    parts
        .map(|part| match part.rsplit_once(" (") {
            Some((name, count)) => (number(count), reason(name)),
            None => (None, reason(part)),
        })
        .collect()
}

fn reason(text: &str) -> Reason<'_> {
    if let Some(resource) = text.strip_prefix("Insufficient ") {
        return Reason::Insufficient(word(resource));
    }
    if has(
        text,
        &["untolerated taint", "had taint", "PodToleratesNodeTaints", "that the pod didn't tolerate"],
    ) {
        let (key, value) = between(text, "{", "}").and_then(|t| t.split_once(':')).unwrap_or_default();
        return Reason::Taint { key: key.trim(), value: value.trim() };
    }
    if let Some(name) = after(text, "persistentvolumeclaim ").filter(|_| text.contains("not found")) {
        return quoted(name).map_or(Reason::Other(text), Reason::ClaimMissing);
    }
    for (kind, signs) in [
        ("disk", ["disk pressure", "NodeUnderDiskPressure"]),
        ("memory", ["memory pressure", "NodeUnderMemoryPressure"]),
        ("pid", ["pid pressure", "NodeUnderPIDPressure"]),
    ] {
        if has(text, &signs) {
            return Reason::Pressure(kind);
        }
    }
    FIXED.iter().find(|(signs, _)| has(text, signs)).map_or(Reason::Other(text), |(_, reason)| *reason)
}

/// Reasons without a value, old and new; the order matters (anti-affinity before affinity).
const FIXED: &[(&[&str], Reason<'static>)] = &[
    (&["Too many pods"], Reason::TooManyPods),
    (&["anti-affinity", "anti affinity"], Reason::PodAntiAffinity),
    (&["pod affinity", "MatchInterPodAffinity"], Reason::PodAffinity),
    (
        &["volume node affinity", "available volume zone", "NoVolumeZoneConflict", "NoVolumeNodeConflict"],
        Reason::VolumeAffinity,
    ),
    (&["node affinity", "node selector", "MatchNodeSelector"], Reason::NodeAffinity),
    (&["topology spread", "missing required label"], Reason::TopologySpread),
    (&["free ports", "PodFitsHostPorts", "HostPorts"], Reason::HostPorts),
    (&["were unschedulable", "was unschedulable", "NodeUnschedulable"], Reason::Cordoned),
    (
        &["not ready", "NodeNotReady", "NetworkUnavailable", "unavailable network", "NodeOutOfDisk"],
        Reason::NotReady,
    ),
    (
        &["unbound immediate PersistentVolumeClaims", "unbound PersistentVolumeClaims", "is not bound"],
        Reason::UnboundClaims,
    ),
    (
        &["persistent volumes to bind", "VolumeBindingNoMatch", "persistentvolume not found"],
        Reason::NoPersistentVolume,
    ),
    (&["max volume count", "MaxVolumeCount", "MaxCSIVolumeCount"], Reason::VolumeLimit),
    (&["conflicting disk", "no available disk", "NoDiskConflict", "ReadWriteOncePod"], Reason::VolumeInUse),
    (&["cannot allocate all claims", "resourceclaim", "resource claim"], Reason::ResourceClaims),
    (&["requested node name", "requested hostname", "HostName"], Reason::NodeName),
];

impl Unschedulable<'_> {
    /// Whether the same reason, of any number of nodes, is among those given.
    pub fn has(&self, wanted: impl Fn(&Reason<'_>) -> bool) -> bool {
        self.reasons.iter().any(|(_, reason)| wanted(reason))
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Insufficient(resource) => write!(f, "not enough {resource}"),
            Self::Taint { key: "", .. } => f.write_str("a taint that the pod does not tolerate"),
            Self::Taint { key, .. } => write!(f, "the taint {key}"),
            Self::Pressure(kind) => write!(f, "{kind} pressure"),
            Self::ClaimMissing(name) => write!(f, "claim {name} does not exist"),
            Self::Other(text) => f.write_str(text.trim_end_matches('.')),
            _ => f.write_str(self.plain()),
        }
    }
}

impl Reason<'_> {
    fn plain(&self) -> &'static str {
        match self {
            Self::TooManyPods => "too many pods on the node",
            Self::NodeAffinity => "no match with the pod's node selector or affinity",
            Self::PodAffinity => "the pod's affinity to other pods",
            Self::PodAntiAffinity => "anti-affinity between pods",
            Self::TopologySpread => "topology spread constraints",
            Self::HostPorts => "a host port that is taken",
            Self::Cordoned => "cordoned",
            Self::NotReady => "the node is not ready",
            Self::VolumeAffinity => "a volume that belongs to another zone or node",
            Self::UnboundClaims => "a claim that is not bound",
            Self::NoPersistentVolume => "no persistent volume for a claim",
            Self::VolumeLimit => "too many volumes attached to the node",
            Self::VolumeInUse => "a volume that another pod uses alone",
            Self::ResourceClaims => "no device for a resource claim",
            Self::NodeName => "another node's name in the pod",
            _ => "",
        }
    }
}

#[cfg(test)]
#[path = "tests/scheduling.rs"]
mod tests;
