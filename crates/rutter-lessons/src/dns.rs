//! The cluster's DNS: what the lessons that depend on it share.

use rutter_cluster::objects::{Pod, Service};

use crate::{Context, Seen};

/// Whether the cluster's names resolve through this Service: `kube-dns` of kubeadm and the clouds, `coredns`, RKE2's, or
/// OpenShift's `dns-default`.
pub(crate) fn is_cluster_dns(service: &Service) -> bool {
    let meta = &service.meta;
    let labelled =
        meta.labels.get("k8s-app").is_some_and(|app| matches!(app.as_str(), "kube-dns" | "coredns"));
    let named = matches!(meta.name.as_str(), "kube-dns" | "coredns");
    let own = match meta.namespace.as_str() {
        // What the node-local cache asks has the labels, too: behind it are the same pods.
        "kube-system" => (named || labelled) && meta.name != "kube-dns-upstream",
        "openshift-dns" => meta.name == "dns-default",
        _ => false,
    };
    own && !service.spec.selector.is_empty()
        && !service.is_headless()
        && service.spec.ports.iter().any(|port| port.port == 53)
}

/// The Service of the cluster's DNS, where it has one as others do.
pub(crate) fn of_cluster<'c>(context: &Context<'c>) -> Seen<Option<&'c Service>> {
    for namespace in ["kube-system", "openshift-dns"] {
        let found = context.services_in(namespace)?.iter().find(|service| is_cluster_dns(service));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Whether a pod asks the cluster's DNS, and not its node's or servers of its own.
pub(crate) fn asks_cluster(pod: &Pod) -> bool {
    match pod.spec.dns_policy.as_str() {
        "" | "ClusterFirst" => !pod.spec.host_network,
        policy => policy == "ClusterFirstWithHostNet",
    }
}

/// Whether a cache of names runs on the nodes: `node-local-dns`, as it is called in most clusters.
pub(crate) fn is_cached(context: &Context<'_>, namespace: &str) -> bool {
    let sets = context.daemon_sets_in(namespace).unwrap_or_default();
    sets.iter().any(|set| {
        let name = set.meta.name.as_str();
        (name.contains("local-dns") || name.contains("localdns")) && set.status.number_ready > 0
    })
}

/// The Service of the cluster's DNS, if none of its pods is ready, and nothing else answers.
pub(crate) fn without_pods<'c>(context: &Context<'c>) -> Option<&'c Service> {
    let service = context.service("kube-system", "kube-dns").ok()??;
    let pods = context.pods_selected_by(service).ok().filter(|_| is_cluster_dns(service))?;
    (!pods.iter().any(|pod| pod.is_ready()) && !stands_in(context, service)).then_some(service)
}

/// Whether a pod looks like one that answers for the cluster's names.
pub(crate) fn is_server(pod: &Pod) -> bool {
    let app = pod.meta.labels.get("k8s-app").map_or("", |app| app.as_str());
    match pod.meta.namespace.as_str() {
        "kube-system" => matches!(app, "kube-dns" | "coredns"),
        "openshift-dns" => pod.meta.name.starts_with("dns-default"),
        _ => false,
    }
}

/// Whether something else in the namespace answers for names: another server with a ready pod, or a cache on each node that a
/// cloud's DNS stands behind.
pub(crate) fn stands_in(context: &Context<'_>, service: &Service) -> bool {
    let namespace = &service.meta.namespace;
    let others = context.services_in(namespace).unwrap_or_default();
    let answers = |other: &Service| {
        let asked = other.spec.ports.iter().any(|port| port.port == 53) && !other.spec.selector.is_empty();
        let found = || context.service(&other.meta.namespace, &other.meta.name).ok().flatten();
        let pods = || found().and_then(|other| context.pods_selected_by(other).ok()).unwrap_or_default();
        other.meta.name != service.meta.name && asked && pods().iter().any(|pod| pod.is_ready())
    };
    is_cached(context, namespace) || others.iter().any(answers)
}
