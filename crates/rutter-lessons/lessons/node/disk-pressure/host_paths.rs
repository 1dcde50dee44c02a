//! Pods that write to the node's own folders: space that belongs to no pod, that no eviction frees, and that no limit bounds.

use rutter_cluster::{
    Resource,
    objects::{Pod, Volume},
};

use crate::{Evidence, hosting};

/// A user of the host's folders.
pub(super) struct Writer<'c> {
    pub(super) pod: &'c Pod,
    pub(super) volume: &'c Volume,
    pub(super) path: &'c str,
}

/// Folders that hold no data of pods: sockets, devices, the system's own.
const SYSTEM: [&str; 12] = [
    "/proc",
    "/sys",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/usr",
    "/run",
    "/var/run",
    "/boot",
    "/opt/cni",
    "/var/lib/cni",
];

/// What the agents of a node read there: its logs, its runtime's and its kubelet's files.
const READ_BY_AGENTS: [&str; 5] =
    ["/var/log", "/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet"];

/// The pods of a node that may write there: not the system's own; agents of each node last, for they seldom write much.
pub(super) fn writers<'c>(pods: &[&'c Pod]) -> Vec<Writer<'c>> {
    let guests = pods.iter().copied().filter(|pod| !is_system(pod));
    let mut writers: Vec<Writer<'c>> = guests.filter_map(writer).collect();
    // What a pod wrote stays when it has ended.
    writers.sort_by_key(|writer| (hosting::belongs_to_node(writer.pod), writer.pod.is_finished()));
    writers
}

fn is_system(pod: &Pod) -> bool {
    pod.meta.namespace.starts_with("kube-")
        || pod.spec.priority.is_some_and(|priority| priority >= 2_000_000_000)
}

fn writer(pod: &Pod) -> Option<Writer<'_>> {
    pod.spec.volumes.iter().find_map(|volume| {
        let path = volume.host_path.as_ref()?.path.as_str();
        is_data(path, hosting::belongs_to_node(pod)).then_some(Writer { pod, volume, path })
    })
}

fn is_data(path: &str, agent: bool) -> bool {
    let path = path.trim_end_matches('/');
    let within =
        |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let system = path.is_empty() || is_socket(path) || SYSTEM.iter().any(|folder| within(folder));
    let read_only = agent && READ_BY_AGENTS.iter().any(|folder| within(folder));
    !system && !read_only
}

fn is_socket(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, kind)| kind == "sock")
}

impl Writer<'_> {
    /// `shop/cache-0 (/data/cache)`.
    pub(super) fn name(&self) -> String {
        format!("{}/{} ({})", self.pod.object_ref().namespace, self.pod.object_ref().name, self.path)
    }

    pub(super) fn evidence(&self) -> Evidence {
        Evidence::field(
            self.pod,
            format!("spec.volumes[{}].hostPath.path", self.volume.name),
            self.path,
            None,
        )
    }
}
