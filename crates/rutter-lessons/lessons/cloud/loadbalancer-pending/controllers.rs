//! What makes load balancers in this cluster, as far as it runs as pods.

use rutter_cluster::objects::{Pod, Service};

use super::START;
use crate::Context;

/// Where such controllers are installed, by their own instructions.
const NAMESPACES: [&str; 6] =
    ["kube-system", "metallb-system", "metallb", "kube-vip", "cilium", "openelb-system"];

/// Names of programs that give Services their addresses; they stand in the names of the pods.
const NAMES: [&str; 9] = [
    "cloud-controller",
    "metallb",
    "kube-vip",
    "aws-load-balancer-controller",
    "openelb",
    "load-balancer-controller",
    "loadbalancer-controller",
    "loxilb",
    "cilium-operator",
];

/// How the ids of machines begin that are no cloud's.
const LOCAL: [&str; 3] = ["kind://", "k3s://", "minikube://"];

/// The pods that make load balancers, as far as seen.
pub(super) fn pods<'c>(context: &Context<'c>) -> Vec<&'c Pod> {
    let all = NAMESPACES.iter().filter_map(|namespace| context.pods_in(namespace).ok()).flatten();
    let makes = |pod: &&Pod| {
        let own = pod.meta.namespace == "metallb-system" && pod.meta.name.starts_with("controller-");
        own || NAMES.iter().any(|name| pod.meta.name.contains(name))
    };
    all.filter(makes).filter(|pod| !pod.is_finished() && pod.meta.deleted.is_none()).collect()
}

/// The pods by which K3s gives this Service the addresses of its nodes.
pub(super) fn of_service<'c>(context: &Context<'c>, service: &Service) -> Vec<&'c Pod> {
    let label = |pod: &Pod, key: &str, value: &str| pod.meta.labels.get(key).is_some_and(|own| *own == value);
    let mine = |pod: &&Pod| {
        label(pod, "svccontroller.k3s.cattle.io/svcname", &service.meta.name)
            && label(pod, "svccontroller.k3s.cattle.io/svcnamespace", &service.meta.namespace)
    };
    context.pods_in("kube-system").into_iter().flatten().filter(mine).collect()
}

/// Whether there may be controllers that are not seen: a provider runs them elsewhere, or pods were not read.
pub(super) fn may_be_hidden(context: &Context<'_>) -> bool {
    if NAMESPACES.iter().any(|namespace| context.pods_in(namespace).is_err()) {
        return true;
    }
    let nodes = context.nodes().into_iter().flatten();
    let mut ids = nodes.map(|node| node.spec.provider_id.as_str());
    // Before 1.29 the clouds' controllers could also be built into the kube-controller-manager; nodes then have such an id too.
    ids.any(|id| !id.is_empty() && !LOCAL.iter().any(|local| id.starts_with(local)))
}

/// Whether a pod has had the time to start.
pub(super) fn is_old(context: &Context<'_>, pod: &Pod) -> bool {
    pod.meta.created.is_none_or(|created| context.is_past(created.plus(START)))
}
