//! What tells that somebody, or some tool, has taken a node out of service and is at work.

use rutter_cluster::objects::{Node, Taint};

use super::detect::CORDON;
use crate::{Context, Evidence};

/// A tool's mark.
pub(super) struct Mark {
    /// Whose it is, for a person.
    pub(super) who: &'static str,
    pub(super) evidence: Evidence,
    /// Whether the tool itself says that it gave the node up.
    pub(super) is_given_up: bool,
}

impl Mark {
    fn new(who: &'static str, evidence: Evidence) -> Self {
        Self { who, evidence, is_given_up: false }
    }
}

/// Taints, by the beginning of their keys.
const TAINTS: [(&str, &str); 11] = [
    ("ToBeDeletedByClusterAutoscaler", "the cluster autoscaler"),
    ("karpenter.sh/", "Karpenter"),
    ("medik8s.io/drain", "the node maintenance operator"),
    // `medik8s.io/remediation` by self-node-remediation, `medik8s.io/fence-agents-remediation` and, later,
    // `remediation.medik8s.io/fence-agents-remediation` by fence-agents-remediation.
    ("medik8s.io/", "a remediation of medik8s"),
    ("remediation.medik8s.io/", "a remediation of medik8s"),
    // It marks the Machine for the rest, not the node.
    ("node.cluster.x-k8s.io/outdated-revision", "Cluster API, which replaces it"),
    ("aws-node-termination-handler/", "the AWS node termination handler"),
    ("cloud.google.com/impending-node-termination", "the cloud"),
    ("node.cloudprovider.kubernetes.io/shutdown", "the cloud's controller"),
    ("node.kubernetes.io/out-of-service", "somebody who declared it out of service"),
    ("weave.works/kured-node-reboot", "kured"),
];

/// Annotations and labels that stand there only as long as the work goes on. Rancher and Cluster API write theirs (`rke.cattle.io/…`,
/// `cluster.x-k8s.io/remediate-machine`) on Machines.
const KEYS: [(&str, &str); 3] = [
    ("weave.works/kured-reboot-in-progress", "kured"),
    ("draino/drain-retry", "draino"),
    (AKS, "an upgrade by AKS"),
];

const AKS: &str = "kubernetes.azure.com/upgrade-status";

/// With `undrainableNodeBehavior: Cordon`, AKS leaves a node that it could not drain with this value, and goes on with the others.
const QUARANTINED: &str = "Quarantined";

/// Where a person wrote why, in whatever words.
const WORDS: [&str; 7] =
    ["maintenance", "drain", "reboot", "upgrade", "quarantine", "repair", "decommission"];

/// The mark on a node, if there is one.
pub(super) fn mark(context: &Context<'_>, node: &Node) -> Option<Mark> {
    by_taint(node)
        .or_else(|| by_key(node))
        .or_else(|| by_machine_config(node))
        .or_else(|| by_condition(node))
        .or_else(|| by_job(context, node))
}

fn by_taint(node: &Node) -> Option<Mark> {
    let taints = || node.spec.taints.iter().filter(|taint| taint.key != CORDON);
    let known = taints().find_map(|taint| {
        TAINTS.iter().find(|(key, _)| taint.key.starts_with(key)).map(|(_, who)| (taint, *who))
    });
    let worded = |taint: &&Taint| {
        let text = format!("{} {}", taint.key, taint.value).to_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    };
    let (taint, who) = known.or_else(|| Some((taints().find(worded)?, "a person or a tool")))?;
    let value = format!("{}={}:{}", taint.key, taint.value, taint.effect).replace("=:", ":");
    Some(Mark::new(who, Evidence::field(node, "spec.taints", value, taint.time_added)))
}

fn by_key(node: &Node) -> Option<Mark> {
    KEYS.iter().find_map(|(key, who)| {
        let (map, value) = match (node.meta.annotations.get(key), node.meta.labels.get(key)) {
            (Some(value), _) => ("annotations", value),
            (_, Some(value)) => ("labels", value),
            _ => return None,
        };
        let path = format!("metadata.{map}[{key}]");
        let mark = Mark::new(who, Evidence::field(node, path, value.as_str(), None));
        let is_given_up = *key == AKS && *value == QUARANTINED;
        let who = if is_given_up { "an upgrade by AKS that could not drain it" } else { mark.who };
        Some(Mark { who, is_given_up, ..mark })
    })
}

/// OpenShift's machine config: the daemon works, or was asked for a drain that it has not finished.
fn by_machine_config(node: &Node) -> Option<Mark> {
    let get = |name: &str| {
        let key = format!("machineconfiguration.openshift.io/{name}");
        node.meta.annotations.get(key.as_str()).map(|value| (key, value.as_str()))
    };
    let (key, value) = match (get("state"), get("desiredDrain"), get("lastAppliedDrain")) {
        (Some((key, state)), ..) if state != "Done" => (key, state),
        (_, Some((key, wanted)), applied)
            if wanted.starts_with("drain-")
                || applied.as_ref().is_none_or(|(_, applied)| *applied != wanted) =>
        {
            (key, wanted)
        }
        _ => return None,
    };
    let evidence = Evidence::field(node, format!("metadata.annotations[{key}]"), value, None);
    Some(Mark::new("OpenShift's machine config", evidence))
}

/// draino writes what it plans into a condition.
fn by_condition(node: &Node) -> Option<Mark> {
    let planned = node.condition("DrainScheduled").filter(|condition| condition.is_true())?;
    let evidence = Evidence::field(
        node,
        "status.conditions[DrainScheduled].status",
        planned.status.as_str(),
        planned.last_transition_time,
    );
    Some(Mark::new("draino", evidence))
}

/// The system upgrade controller works by the pod of a Job on the node.
fn by_job(context: &Context<'_>, node: &Node) -> Option<Mark> {
    let pods = context.pods_on(&node.meta.name).ok()?;
    let pod = pods
        .into_iter()
        .find(|pod| !pod.is_finished() && pod.meta.labels.get("upgrade.cattle.io/plan").is_some())?;
    let evidence = Evidence::field(pod, "status.phase", pod.status.phase.as_str(), pod.meta.created);
    Some(Mark::new("the system upgrade controller", evidence))
}
