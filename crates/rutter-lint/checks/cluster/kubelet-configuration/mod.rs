//! The kubelet's settings leave nothing for the system, or contradict each other.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic};

pub(crate) static CHECK: Check = Check {
    id: "kubelet-configuration",
    topic: Topic::Cluster,
    title: "the kubelet's settings leave nothing for the system, or contradict each other",
    severity: Severity::Medium,
    default: true,
    prevents: &["reservations-missing", "system-oom", "image-gc-failed", "disk-pressure"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("kubelet.config.k8s.io", "KubeletConfiguration") {
        return;
    }
    let reserves =
        ["systemReserved", "kubeReserved"].iter().any(|field| object.at(&[field, "memory"]).is_some());
    if !reserves {
        let message = "no memory is reserved for system and kubelet: pods may take it all, and the kernel then kills what it finds";
        found.at(object.head(), message).advice("systemReserved and kubeReserved, by the size of the node");
    }
    let number = |field: &str, default: i64| {
        object.at(&[field]).map_or((None, Some(default)), |node| (Some(node), node.integer()))
    };
    let (high_node, high) = number("imageGCHighThresholdPercent", 85);
    let (low_node, low) = number("imageGCLowThresholdPercent", 80);
    if let (Some(high), Some(low)) = (high, low)
        && let Some(node) = high_node.or(low_node)
        && low >= high
    {
        found.at(
            node,
            format!(
                "images are to be deleted from {high} % on until {low} % are used: the kubelet doesn't start"
            ),
        );
    }
    if let Some(node) = object.at(&["podPidsLimit"])
        && node.integer().is_some_and(|limit| limit <= 0)
    {
        found
            .at(
                node,
                "pods may have any number of processes: one that forks without end takes its node with it",
            )
            .advice("some thousands");
    }
}
