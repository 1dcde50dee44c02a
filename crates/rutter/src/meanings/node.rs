//! Texts about nodes.

use super::Said;
use rutter_lessons::{
    texts::{
        cloud,
        no_space::{self as space, Full},
        node_disk, node_ready, oom as kills,
    },
    words::bytes,
};

const NODE: &str =
    "kubectl describe node NAME; on the node journalctl -u kubelet and of its container runtime";

pub(super) fn ready(text: &str) -> Option<Said> {
    let causes = node_ready::parse(text);
    let known: Vec<&node_ready::NotReady<'_>> =
        causes.iter().filter(|cause| !matches!(cause, node_ready::NotReady::Other(_))).collect();
    let first = known.first()?;
    let lessons: &[&str] = match first {
        node_ready::NotReady::PlegUnhealthy { .. }
        | node_ready::NotReady::PlegNeverSucceeded
        | node_ready::NotReady::RuntimeDown => &["node-not-ready-pleg", "runtime-stuck"],
        node_ready::NotReady::NetworkNotReady { .. } => &["node-network-not-ready", "network-unavailable"],
        node_ready::NotReady::StoppedPosting | node_ready::NotReady::NeverUpdated => &["node-unknown"],
        _ => &["node-not-ready-pleg", "node-unknown"],
    };
    let said: Vec<String> = known.iter().map(ToString::to_string).collect();
    Said::new(
        format!(
            "A node is not Ready: {}. It gets no new pods, and those on it count as not ready",
            said.join("; ")
        ),
        NODE,
        lessons,
    )
}

pub(super) fn oom(text: &str) -> Option<Said> {
    let kill = kills::kill(text)?;
    let whose = match kill.scope {
        kills::Scope::Node => "the node's memory",
        kills::Scope::AllPods => "the memory that all pods of the node share",
        kills::Scope::Pod => "a pod's memory",
        kills::Scope::Container => "a container's memory",
        kills::Scope::System => "the memory reserved for the system",
        kills::Scope::Cgroup => "the memory of some cgroup",
        kills::Scope::Untold => "memory",
    };
    let process = kill.process.map_or_else(|| "a process".to_owned(), |name| format!("process {name}"));
    let held = kill.held.map_or_else(String::new, |held| format!(", which held {}", bytes(held)));
    Said::new(
        format!("The kernel killed {process}{held}, because {whose} ran out"),
        "memory requests and limits of the pods on the node; kubectl describe node NAME",
        &["system-oom", "limit-reached", "memory-pressure"],
    )
}

pub(super) fn system_oom(text: &str) -> Option<Said> {
    let oom = node_disk::system_oom(text)?;
    let process = oom.process.map_or_else(String::new, |name| format!(" and killed the process {name}"));
    Said::new(
        format!("The kernel of a node ran out of memory{process}"),
        NODE,
        &["system-oom", "memory-pressure", "reservations-missing"],
    )
}

pub(super) fn gc(text: &str) -> Option<Said> {
    // Errors of the runtime are everybody's.
    const MARKS: [&str; 7] = [
        "garbage collect",
        "eligible to free",
        "image deletion",
        "imagefs",
        "imageFs",
        "invalid capacity 0",
        " bytes, but ",
    ];
    let failure = node_disk::gc_failure(text);
    if !MARKS.iter().any(|mark| text.contains(mark))
        || failure.kind == node_disk::GcKind::Unknown
        || text.contains("no space left on device")
    {
        return None;
    }
    let numbers = match (failure.wanted, failure.freed) {
        (Some(wanted), Some(freed)) => format!(" ({} wanted, {} freed)", bytes(wanted), bytes(freed)),
        _ => String::new(),
    };
    Said::new(
        format!(
            "The kubelet could not make room on a node's disk by removing images or containers{numbers}: {}",
            failure.kind
        ),
        "df -h on the node, and what fills it: kubectl get --raw /api/v1/nodes/NAME/proxy/stats/summary",
        &["image-gc-failed", "disk-pressure"],
    )
}

pub(super) fn route(text: &str) -> Option<Said> {
    let (route, answer) = cloud::route(text)?;
    Said::new(
        format!("The cloud did not make the route {route} for a node's pods: {}", answer.words),
        "the cloud's route table and its quotas; rights of the cloud-controller-manager",
        &["network-unavailable"],
    )
}

/// Where no other family knows the text: what was to be written there says more.
pub(super) fn no_space(text: &str) -> Option<Said> {
    let (says, look, lessons): (String, _, &'static [&'static str]) = match space::parse(text)? {
        Full::Disk { path } => (
            format!(
                "A file system has no byte or no inode left{}: the node's disk, a volume, or an emptyDir in memory that has reached its limit",
                path.map_or_else(String::new, |path| format!(", and {path} could not be written"))
            ),
            "where the file lies: df -h and df -i on the node, or in the container; kubectl describe node NAME: DiskPressure",
            &["disk-pressure", "image-gc-failed", "evicted"],
        ),
        Full::Cgroups => (
            "No disk is full: the kernel holds as many memory cgroups as it can. Kernels of the 3.10 line leak them (k/k#61937); only a restart of the node frees them".to_owned(),
            "on the node: uname -r, and the line memory of /proc/cgroups (65535 is the end)",
            &["node-versions", "pid-cgroup"],
        ),
        Full::Watches => (
            "No disk is full: the node's user watches as many files as it may (fs.inotify.max_user_watches)".to_owned(),
            "on the node: sysctl fs.inotify.max_user_watches fs.inotify.max_user_instances, and who watches so much",
            &["runtime-stuck"],
        ),
    };
    Said::new(says, look, lessons)
}
