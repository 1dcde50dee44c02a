//! The plan of a cluster: who exists, who owns whom, what runs where and what is broken.
//!
//! It holds a few words per pod, so that a cluster of any size fits into memory; all that can be computed from it again
//! (uids, addresses, times) is.

use std::ops::Range;

use super::rng::{Rng, digest, name_suffix, uid};

/// The moment of the snapshot: 2026-11-23T23:32:38Z.
pub(super) const NOW: i64 = 1_795_476_758;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeFault {
    None,
    /// The kubelet itself says NotReady: its runtime hangs. Its pods stay Ready, as the kubelet keeps saying so.
    RuntimeHung,
    /// The kubelet went silent: the node controller says Unknown and marks the pods not ready.
    Unreachable,
    DiskPressure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkloadFault {
    None,
    CrashLoop,
    ImagePull,
    /// The quota of the namespace lets no pod be created.
    Quota,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Deployment,
    StatefulSet,
    DaemonSet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    None,
    ClusterIp,
    Headless,
    /// A Service whose selector matches no pod.
    Mismatched,
}

pub(super) struct Node {
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) fault: NodeFault,
    pub(super) created: i64,
}

pub(super) struct Namespace {
    pub(super) name: String,
    pub(super) workloads: Range<usize>,
    pub(super) created: i64,
}

#[expect(clippy::struct_excessive_bools, reason = "each says whether the workload has something")]
pub(super) struct Workload {
    pub(super) namespace: usize,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// As its specification asks for; a DaemonSet's is the number of nodes.
    pub(super) replicas: usize,
    pub(super) pods: Range<usize>,
    pub(super) fault: WorkloadFault,
    pub(super) access: Access,
    pub(super) created: i64,
    /// When its pods were last replaced.
    pub(super) rolled_out: i64,
    pub(super) old_revisions: usize,
    pub(super) cpu_millis: u32,
    pub(super) memory_mib: u32,
    /// Has an environment, constraints and a scratch volume; many workloads of real clusters have none.
    pub(super) elaborate: bool,
    pub(super) sidecar: bool,
    pub(super) config_map: bool,
    pub(super) autoscaled: bool,
    pub(super) disruption_budget: bool,
    pub(super) host_network: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Pod {
    pub(super) workload: u32,
    pub(super) node: u32,
    /// Counts the pods of the node: the last part of the address.
    pub(super) slot: u16,
    pub(super) evicted: bool,
    /// Becomes the end of the name; the ordinal for a StatefulSet.
    pub(super) suffix: u32,
}

pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) nodes: Vec<Node>,
    pub(super) namespaces: Vec<Namespace>,
    pub(super) workloads: Vec<Workload>,
    pub(super) pods: Vec<Pod>,
    /// The namespace whose quota is used up.
    pub(super) full_namespace: Option<usize>,
}

impl Plan {
    pub(super) fn uid(&self, what: &str, index: usize) -> String {
        uid(self.seed, what, index)
    }

    pub(super) fn rng(&self, what: &str, index: usize) -> Rng {
        Rng::of(self.seed, what, index)
    }

    pub(super) fn digest(&self, what: &str, index: usize) -> String {
        digest(self.seed, what, index)
    }

    pub(super) fn workload_of(&self, pod: usize) -> &Workload {
        &self.workloads[self.pods[pod].workload as usize]
    }

    pub(super) fn node_of(&self, pod: usize) -> &Node {
        &self.nodes[self.pods[pod].node as usize]
    }

    pub(super) fn namespace_of(&self, workload: &Workload) -> &str {
        &self.namespaces[workload.namespace].name
    }

    pub(super) fn pods_in(&self, namespace: &Namespace) -> Range<usize> {
        let workloads = &self.workloads[namespace.workloads.clone()];
        match (workloads.first(), workloads.last()) {
            (Some(first), Some(last)) => first.pods.start..last.pods.end,
            _ => 0..0,
        }
    }

    /// What Kubernetes puts into `pod-template-hash`; revisions count from 1.
    pub(super) fn template_hash(&self, workload: usize, revision: usize) -> String {
        let mut rng = self.rng("template", workload * 64 + revision);
        name_suffix(rng.next(), 10)
    }

    pub(super) fn revision(&self, workload: usize) -> usize {
        self.workloads[workload].old_revisions + 1
    }

    pub(super) fn pod_name(&self, pod: usize) -> String {
        let Pod { workload: owner, suffix, .. } = self.pods[pod];
        let workload = &self.workloads[owner as usize];
        match workload.kind {
            Kind::StatefulSet => format!("{}-{suffix}", workload.name),
            Kind::DaemonSet => format!("{}-{}", workload.name, name_suffix(suffix.into(), 5)),
            Kind::Deployment => {
                let hash = self.template_hash(owner as usize, self.revision(owner as usize));
                format!("{}-{hash}-{}", workload.name, name_suffix(suffix.into(), 5))
            }
        }
    }

    pub(super) fn node_ip(node: usize) -> String {
        format!("172.{}.{}.{}", 16 + node / 62_500, node / 250 % 250, 4 + node % 250)
    }

    pub(super) fn pod_ip(&self, pod: usize) -> String {
        let Pod { node, slot, .. } = self.pods[pod];
        if self.workload_of(pod).host_network {
            return Plan::node_ip(node as usize);
        }
        format!("10.{}.{}.{}", node / 256, node % 256, u32::from(slot) + 2)
    }

    pub(super) fn cluster_ip(workload: usize) -> String {
        let number = workload + 20;
        format!("100.{}.{}.{}", 64 + number / 62_500, number / 250 % 250, 1 + number % 250)
    }

    /// When the pod was made: some seconds after the roll-out began, a DaemonSet's when its node came.
    pub(super) fn pod_created(&self, pod: usize) -> i64 {
        let workload = self.workload_of(pod);
        let later = self.rng("pod-created", pod).seconds(0, 40);
        let base = match workload.kind {
            Kind::DaemonSet => workload.rolled_out.max(self.node_of(pod).created),
            _ => workload.rolled_out,
        };
        base + later
    }

    pub(super) fn pod_ready(&self, pod: usize) -> bool {
        let fault = self.workload_of(pod).fault;
        !self.pods[pod].evicted
            && fault == WorkloadFault::None
            && self.node_of(pod).fault != NodeFault::Unreachable
    }

    /// The pods of a workload that count as its replicas: evicted ones don't.
    pub(super) fn replicas_of(&self, workload: &Workload) -> impl Iterator<Item = usize> + use<'_> {
        workload.pods.clone().filter(|&pod| !self.pods[pod].evicted)
    }

    pub(super) fn ready_replicas(&self, workload: &Workload) -> usize {
        self.replicas_of(workload).filter(|&pod| self.pod_ready(pod)).count()
    }

    /// How many may be missing before a Deployment of the default strategy stops being Available.
    pub(super) fn tolerates_missing(workload: &Workload) -> usize {
        workload.replicas / 4
    }

    pub(super) fn is_available(&self, workload: &Workload) -> bool {
        self.ready_replicas(workload) + Plan::tolerates_missing(workload) >= workload.replicas
    }
}
