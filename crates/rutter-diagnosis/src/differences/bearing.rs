//! Which other objects bear on one: a change of them may be why it fails.

use rutter_cluster::{
    Cluster, Kind, ObjectRef, Str,
    objects::{ConfigRef, PodSpec},
};

/// The object itself; of a pod also its node, its owner and its configuration, of a workload its configuration.
pub fn bears_on(cluster: &Cluster, object: &ObjectRef) -> Vec<ObjectRef> {
    let mut all = vec![object.clone()];
    let (namespace, name) = (&object.namespace, &object.name);
    if let Some(pod) = cluster.pods.get(namespace, name).filter(|_| object.kind == "Pod") {
        all.push(cluster.top_owner(pod));
        all.extend(cluster.find(Kind::Node, "", &pod.spec.node_name));
        all.extend(configuration(cluster, namespace, &pod.spec));
    }
    if let Some(spec) = template(cluster, object) {
        all.extend(configuration(cluster, namespace, spec));
    }
    all
}

fn template<'c>(cluster: &'c Cluster, object: &ObjectRef) -> Option<&'c PodSpec> {
    let (namespace, name) = (&object.namespace, &object.name);
    match object.kind.as_str() {
        "Deployment" => cluster.deployments.get(namespace, name).map(|of| &of.spec.template.spec),
        "StatefulSet" => cluster.stateful_sets.get(namespace, name).map(|of| &of.spec.template.spec),
        "DaemonSet" => cluster.daemon_sets.get(namespace, name).map(|of| &of.spec.template.spec),
        _ => None,
    }
}

/// The ConfigMaps, Secrets and claims that a pod uses.
fn configuration<'c>(
    cluster: &'c Cluster,
    namespace: &'c str,
    spec: &'c PodSpec,
) -> impl Iterator<Item = ObjectRef> + use<'c> {
    let containers = spec.init_containers.iter().chain(&spec.containers);
    let from_environment =
        containers.flat_map(|container| container.env_refs.iter().chain(&container.env_from));
    let from_environment = from_environment.filter_map(|of: &ConfigRef| match of.kind {
        "ConfigMap" => Some((Kind::ConfigMap, &of.name)),
        "Secret" => Some((Kind::Secret, &of.name)),
        _ => None,
    });
    let from_volumes = spec.volumes.iter().flat_map(|volume| {
        let map = volume.config_map.as_ref().map(|map| (Kind::ConfigMap, &map.name));
        let secret = volume.secret.as_ref().map(|secret| (Kind::Secret, &secret.secret_name));
        let claim = volume.persistent_volume_claim.as_ref();
        let claim = claim.map(|claim| (Kind::PersistentVolumeClaim, &claim.claim_name));
        [map, secret, claim].into_iter().flatten()
    });
    from_environment
        .chain(from_volumes)
        // What is gone bears on it most of all.
        .map(move |(kind, name)| {
            cluster.find(kind, namespace, name).unwrap_or_else(|| ObjectRef {
                api_version: kind.api_version().into(),
                kind: kind.name().into(),
                namespace: namespace.into(),
                name: name.clone(),
                uid: Str::default(),
            })
        })
}
