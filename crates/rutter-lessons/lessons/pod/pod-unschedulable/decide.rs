//! Which of the scheduler's reasons decides, and what to say.

use rutter_cluster::objects::Pod;

use super::hints;
use crate::{
    Context, Evidence,
    texts::scheduling::{Reason, Unschedulable},
    words,
};

pub(super) struct Decision {
    pub(super) variant: &'static str,
    pub(super) message: String,
    pub(super) evidence: Vec<Evidence>,
}

/// The scheduler's filters stand in a fixed order and a node is reported with the first that refuses it. So the node
/// that came furthest is the nearest miss: what stopped it decides. Labels that the pod asks for and taints that keep
/// it off control-plane nodes are meant to refuse nodes, and decide only where nothing else does.
pub(super) fn decide(context: &Context<'_>, pod: &Pod, said: &Unschedulable<'_>) -> Decision {
    if said.total == Some(0) {
        return Decision {
            variant: "no-nodes",
            message: "the cluster has no node that the scheduler may use".to_owned(),
            evidence: Vec::new(),
        };
    }
    let variant = variant(context, pod, said);
    let hint = hints::hint(context, pod, variant, said);
    let message = match (sentence(said), hint.text) {
        (said, Some(hint)) => format!("{said}; {hint}"),
        (said, None) => said,
    };
    Decision { variant, message, evidence: hint.evidence }
}

fn variant(context: &Context<'_>, pod: &Pod, said: &Unschedulable<'_>) -> &'static str {
    let reasons = said.reasons.iter().map(|(_, reason)| *reason);
    let Some(deciding) = reasons.max_by_key(stage) else { return "other" };
    let both = said.has(|reason| matches!(reason, Reason::NodeAffinity))
        && said.has(|reason| matches!(reason, Reason::Taint { .. }) && !is_control_plane(reason));
    match deciding {
        // A tainted node may or may not have had the labels: only the nodes themselves tell.
        Reason::NodeAffinity if both && super::fit::some_node_has_labels(context, pod) != Some(false) => {
            "taints"
        }
        reason => name(&reason),
    }
}

/// How far a node with this reason came.
fn stage(reason: &Reason<'_>) -> u8 {
    match reason {
        Reason::ClaimMissing(_) | Reason::UnboundClaims => 9,
        Reason::PodAffinity | Reason::PodAntiAffinity | Reason::TopologySpread => 7,
        Reason::VolumeAffinity | Reason::NoPersistentVolume | Reason::VolumeLimit | Reason::VolumeInUse => 6,
        Reason::Insufficient(_) | Reason::TooManyPods | Reason::ResourceClaims => 5,
        Reason::HostPorts => 4,
        Reason::NodeAffinity => 3,
        Reason::Taint { .. } if is_control_plane(reason) => 0,
        Reason::Taint { key, .. } if is_about_health(key) => 1,
        Reason::Taint { .. } => 2,
        Reason::Cordoned | Reason::NotReady | Reason::Pressure(_) => 1,
        Reason::NodeName | Reason::Other(_) => 0,
    }
}

fn is_control_plane(reason: &Reason<'_>) -> bool {
    matches!(reason, Reason::Taint { key, .. } if key.starts_with("node-role.kubernetes.io/"))
}

/// Taints that the control plane sets for a node's condition, and a cordon.
fn is_about_health(key: &str) -> bool {
    key.starts_with("node.kubernetes.io/")
}

fn name(reason: &Reason<'_>) -> &'static str {
    match reason {
        Reason::ClaimMissing(_)
        | Reason::UnboundClaims
        | Reason::VolumeAffinity
        | Reason::NoPersistentVolume
        | Reason::VolumeLimit
        | Reason::VolumeInUse => "volume",
        Reason::PodAffinity | Reason::PodAntiAffinity | Reason::TopologySpread => "pod-affinity",
        Reason::Insufficient(_) | Reason::TooManyPods | Reason::ResourceClaims => "resources",
        Reason::HostPorts => "ports",
        Reason::NodeAffinity | Reason::NodeName => "node-affinity",
        Reason::Taint { key, .. } if is_about_health(key) => "nodes",
        Reason::Taint { .. } => "taints",
        Reason::Cordoned | Reason::NotReady | Reason::Pressure(_) => "nodes",
        Reason::Other(_) => "other",
    }
}

/// `none of 5 nodes takes the pod: not enough cpu (4) and the taint node-role.kubernetes.io/control-plane (1)`: what
/// decides stands first.
fn sentence(said: &Unschedulable<'_>) -> String {
    let reason = |(count, reason): &(Option<u64>, Reason<'_>)| match count {
        Some(count) if said.reasons.len() > 1 || said.total != Some(*count) => format!("{reason} ({count})"),
        _ => reason.to_string(),
    };
    let mut ordered: Vec<&(Option<u64>, Reason<'_>)> = said.reasons.iter().collect();
    ordered.sort_by_key(|(_, reason)| std::cmp::Reverse(stage(reason)));
    let reasons: Vec<String> = ordered.into_iter().map(reason).collect();
    let reasons = words::list(&reasons, 3);
    match said.total {
        _ if reasons.is_empty() => "the scheduler finds no node for the pod and doesn't say why".to_owned(),
        Some(1) => format!("the only node doesn't take the pod: {reasons}"),
        Some(total) => format!("none of {} takes the pod: {reasons}", words::count(total as usize, "node")),
        None => format!("no node takes the pod: {reasons}"),
    }
}
