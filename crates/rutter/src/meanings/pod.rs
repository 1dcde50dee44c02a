//! Texts about pods: where they are put, their sandbox, their volumes, their end.

use super::{Said, sentence};
use rutter_lessons::texts::{
    eviction, placed as places, pod_end, sandbox as sandboxes, scheduling as schedule, volume as volumes,
};

pub(super) fn scheduling(text: &str) -> Option<Said> {
    let is_one = text.contains("nodes are available: ")
        || text.contains("no nodes available to schedule pods")
        || text.contains("of the predicates: ");
    if !is_one {
        return None;
    }
    let told = schedule::parse(text);
    let nodes = match (told.available, told.total) {
        (Some(0), Some(0)) => {
            return Said::new(
                "The scheduler found no node at all to look at: none is there, or none is registered",
                "kubectl get nodes",
                &["pod-unschedulable"],
            );
        }
        (Some(available), Some(total)) => format!("Of {total} nodes {available} can take the pod"),
        _ => "No node can take the pod".to_owned(),
    };
    let reasons = told.reasons.iter().map(|(number, reason)| match number {
        Some(number) => format!("{number}: {reason}"),
        None => reason.to_string(),
    });
    let reasons: Vec<String> = reasons.collect();
    let colon = if reasons.is_empty() { "" } else { ", by number of nodes: " };
    let preemption = told.preemption.map_or_else(String::new, |words| {
        format!(". Removing pods of lower priority would not help, or was not tried ({words})")
    });
    Said::new(
        format!(
            "The scheduler found no place for a pod, so it stays Pending. {nodes}{colon}{}{preemption}",
            reasons.join("; ")
        ),
        "the pod's requests, nodeSelector, affinity and tolerations beside kubectl describe nodes",
        &["pod-unschedulable", "autoscaler-cannot-add", "node-cordoned"],
    )
}

pub(super) fn eviction(text: &str) -> Option<Said> {
    let evicted = eviction::parse(text)?;
    Said::new(
        format!("The kubelet ended or refused a pod: {evicted}"),
        "kubectl describe node NAME: its conditions and events; requests and limits of the pod",
        &["evicted", "disk-pressure", "memory-pressure"],
    )
}

/// By the reason alone, or by a reason before its message.
pub(super) fn end(text: &str) -> Option<Said> {
    let (reason, message) = text.split_once(": ").unwrap_or((text, ""));
    // `Terminated` alone is the state of any container that ended, `DeadlineExceeded` also a code of gRPC.
    if reason.contains(' ') || reason == "DeadlineExceeded" || text == "Terminated" {
        return None;
    }
    let end = pod_end::parse(reason, message)?;
    if let pod_end::PodEnd::TaintEviction { marked: false, pod } = end {
        return Said::new(
            format!("Pod {pod} stays: its node's NoExecute taint went before the pod had to go"),
            "nothing now; why the node was tainted: kubectl describe node NAME",
            &["node-unknown"],
        );
    }
    Said::new(
        format!("A pod ended on its node, or never began there: {end}"),
        "kubectl get pod NAME -o jsonpath={.status}, and the node's events",
        &["evicted", "job-failing"],
    )
}

pub(super) fn sandbox(text: &str) -> Option<Said> {
    const MARKS: [&str; 5] = [
        "pod sandbox",
        "PodSandbox",
        "cni plugin not initialized",
        "cni config uninitialized",
        "failed to setup network for sandbox",
    ];
    if !MARKS.iter().any(|mark| text.contains(mark)) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let is_failure = ["fail", "error", "unable", "not initialized", "uninitialized", "reserved for"]
        .iter()
        .any(|word| lower.contains(word));
    if !is_failure || lower.contains("successfully") || lower.contains("returns sandbox id") {
        return None;
    }
    let failure = sandboxes::parse(text);
    let is_end =
        ["KillPodSandbox", "StopPodSandbox", "RemovePodSandbox"].iter().any(|call| text.contains(call));
    if is_end && !lower.contains("create pod sandbox") {
        return Said::new(
            format!(
                "The pod's sandbox (its network and cgroup) could not be taken down, so the pod can stay Terminating; the kubelet tries again: {}",
                failure.cause
            ),
            "the node: its CNI plugin's pod, the container runtime",
            &["stuck-terminating", "sandbox-failed"],
        );
    }
    if lower.contains("sandbox status") || lower.contains("sandboxstatus") {
        return Said::new(
            format!("The kubelet could not read the state of a pod's sandbox: {}", failure.cause),
            "the node: its container runtime",
            &["sandbox-failed", "runtime-stuck"],
        );
    }
    Said::new(
        format!(
            "The pod's sandbox (its network and cgroup) could not be made, so none of its containers starts: {}",
            failure.cause
        ),
        "the node: its CNI plugin's pod, the container runtime, free addresses",
        &["sandbox-failed", "node-network-not-ready"],
    )
}

pub(super) fn volume(text: &str) -> Option<Said> {
    const LOOK: &str = "kubectl describe pod NAME, kubectl get pvc,pv,volumeattachment";
    const LESSONS: &[&str] = &["volume-stuck", "container-config-error"];
    if let Some(driver) = volumes::unregistered_driver(text) {
        return Said::new(
            format!(
                "The CSI driver {driver} is not registered on the node: its node plugin does not run there"
            ),
            "the pods of the driver's DaemonSet on that node, and kubectl get csinode",
            LESSONS,
        );
    }
    // `MountVolume.SetUp failed for volume "v" : …`; the same calls tell of their success.
    let name = |open: &str| {
        let (call, rest) = text.split_once(open)?.1.split_once("for volume ")?;
        let volume = rest.split('"').nth(1)?;
        call.contains("failed").then(|| volume.to_owned())
    };
    let (volume, what) = if let Some(volume) = name("MountVolume.") {
        (volume, "could not be mounted")
    } else if let Some(volume) = name("AttachVolume.") {
        (volume, "could not be attached to the node")
    } else if text.contains("Multi-Attach error") {
        (
            text.split_once("for volume ")?.1.split('"').nth(1)?.to_owned(),
            "is attached to another node, and can be attached to one only; it comes free when its pod there is gone",
        )
    } else if text.contains("Unable to attach or mount volumes") || text.contains("unmounted volumes=") {
        return Said::new(
            "The kubelet waited for the pod's volumes and gave up for now; it goes on trying. Which error holds them up stands in the events FailedMount and FailedAttachVolume",
            LOOK,
            LESSONS,
        );
    } else {
        return None;
    };
    let why =
        text.split_once(" : ").map_or_else(String::new, |(_, why)| match super::container::config(why) {
            Some(said) => format!(". {}", said.says),
            None => format!(": {why}"),
        });
    Said::new(
        format!("Volume {volume} {what}, so the pod's containers don't start{why}"),
        LOOK,
        if why.contains("is not in the pod's namespace") {
            &["container-config-error", "volume-stuck"]
        } else {
            LESSONS
        },
    )
}

pub(super) fn placed(text: &str) -> Option<Said> {
    if let Some(node) = places::assigned_node(text) {
        return Said::new(
            format!("The scheduler gave the pod to node {node}; from now on its kubelet has it"),
            "nothing: this is as it should be",
            &[],
        );
    }
    let pod = places::created_pod(text)?;
    Said::new(sentence(&format!("a controller made the pod {pod}")), "nothing: this is as it should be", &[])
}
