//! In what a template of pods stands: checks are silent about what is a part only, a test, or an agent of the node by design.

use crate::{
    context::Context,
    image,
    template::{Controller, Template},
};

/// Whether a manifest is only a part, to be laid over another: a patch. What is missing in it may be in the other.
pub(crate) fn is_patch(template: &Template<'_>) -> bool {
    let object = template.object;
    let lacks = |field: &str| object.at(&["spec", field]).is_none();
    let part = match template.controller {
        Controller::Deployment | Controller::ReplicaSet | Controller::StatefulSet | Controller::DaemonSet => {
            object.api_version == "apps/v1" && lacks("selector")
        }
        Controller::CronJob => lacks("schedule"),
        _ => false,
    };
    part || template.containers().any(|container| container.image().is_empty())
}

/// Whether an admission webhook completes the pods: what is missing in the manifest, or unused, may be for that.
pub(crate) fn is_injected(template: &Template<'_>) -> bool {
    let metadata = template.metadata;
    let keys = |map: &str| metadata.map_or(&[][..], |metadata| metadata.entries_at(&[map])).iter();
    let marks = |key: &str| key.contains("inject") || key.contains("gcsfuse");
    keys("annotations").chain(keys("labels")).any(|(key, _)| key.text().is_some_and(marks))
        || template.containers().any(|container| image::is_injected(container.image()))
}

/// Whether Helm runs it as a hook: a test, a migration.
pub(crate) fn is_hook(template: &Template<'_>) -> bool {
    template.object.annotation("helm.sh/hook").is_some()
}

/// Whether it is part of the cluster itself: by its namespace or its priority.
pub(crate) fn is_of_system(context: &Context<'_>, template: &Template<'_>) -> bool {
    const NAMESPACES: [&str; 12] = [
        "kube-system",
        "kube-node-lease",
        "kube-flannel",
        "calico-system",
        "tigera-operator",
        "cilium",
        "longhorn-system",
        "metallb-system",
        "rook-ceph",
        "gpu-operator",
        "node-feature-discovery",
        "kubevirt",
    ];
    let namespace = context.namespace(template.object);
    let priority = template.spec.text_at(&["priorityClassName"]);
    NAMESPACES.contains(&namespace)
        || ["openshift-", "gke-"].iter().any(|start| namespace.starts_with(start))
        || matches!(priority, Some("system-node-critical" | "system-cluster-critical"))
}

/// Whether it works on the nodes themselves and needs rights there by design: every DaemonSet may be one.
pub(crate) fn is_agent(context: &Context<'_>, template: &Template<'_>) -> bool {
    template.controller == Controller::DaemonSet || is_of_system(context, template)
}

/// Whether a path is this folder, or in it.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
