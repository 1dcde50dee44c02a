//! Nodes that a pod may go to, now or later.

use rutter_cluster::{
    Cluster, Kind,
    objects::{Node, Pod, Taint},
    placement,
};

/// Taints that say how the node is at the moment, and go by themselves or when somebody is done; agents' own end in `-not-ready`.
const PASSING: [&str; 9] = [
    "node.kubernetes.io/unschedulable",
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
    "node.kubernetes.io/memory-pressure",
    "node.kubernetes.io/disk-pressure",
    "node.kubernetes.io/pid-pressure",
    "node.kubernetes.io/network-unavailable",
    "node.kubernetes.io/out-of-service",
    "node.cloudprovider.kubernetes.io/uninitialized",
];

/// The taint that keeps the pod off the node for good. One that bears the name of a device which the pod asks for is tolerated by
/// an admission controller on many clusters.
pub fn keeping_off<'n>(pod: &Pod, node: &'n Node) -> Option<&'n Taint> {
    node.spec.taints.iter().find(|taint| {
        placement::keeps_off(&pod.spec, taint)
            && !PASSING.contains(&taint.key.as_str())
            && !taint.key.ends_with("-not-ready")
            && placement::request(pod, &taint.key) == 0
    })
}

/// Whether the node admits the pod by its labels and taints.
pub fn admits(pod: &Pod, node: &Node) -> bool {
    placement::has_labels(&pod.spec, node) && keeping_off(pod, node).is_none()
}

/// What the autoscaler writes, in `kube-system`.
const STATUS: &str = "cluster-autoscaler-status";

/// Whether something may add other nodes than there are, or that isn't known.
pub fn may_grow(cluster: &Cluster) -> bool {
    let unseen = |kind, namespace| cluster.coverage().check(kind, namespace).is_err();
    if unseen(Kind::Deployment, "") {
        return true;
    }
    let named = |name: &str| {
        ["autoscaler", "karpenter", "goatscaler", "machine-controller", "capi-controller"]
            .iter()
            .any(|part| name.contains(part))
            && ["pod-autoscaler", "dns-autoscaler", "proportional-autoscaler"]
                .iter()
                .all(|other| !name.contains(other))
    };
    if cluster.deployments.iter().any(|one| one.spec.replicas != Some(0) && named(&one.meta.name)) {
        return true;
    }
    let hosted = |node: &Node| {
        let provider = node.spec.provider_id.as_str();
        !provider.is_empty()
            && !["kind:", "k3s:", "minikube:", "vsphere:"].iter().any(|own| provider.starts_with(own))
    };
    // The autoscaler of a hosted control plane is seen by what it writes.
    cluster.config_maps.get("kube-system", STATUS).is_some()
        || unseen(Kind::ConfigMap, "kube-system") && cluster.nodes.iter().any(hosted)
        || cluster.nodes.iter().any(|node| {
            let has = |key: &str| node.meta.labels.contains_key(key);
            has("karpenter.sh/nodepool")
                || has("karpenter.sh/provisioner-name")
                || has("goatscaler.io/managed")
                || node.meta.labels.get("eks.amazonaws.com/compute-type").is_some()
                || node.meta.annotations.contains_key("cluster.x-k8s.io/machine")
        })
}
