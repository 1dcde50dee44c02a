//! The agents of a node: pods of DaemonSets without which it can't do a part of its work. They are known by what they mount
//! and run, whatever their names.

use rutter_cluster::{
    ObjectRef, Str,
    objects::{Container, PodSpec},
};

use crate::{Because, Confidence, Context, Finding, hosting};

/// What a node can't do without its agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Gives pods their network: writes the configuration of CNI, or serves its plugin.
    Network,
    /// kube-proxy: leads the addresses of Services to pods.
    Proxy,
    /// Mounts the volumes of a CSI driver.
    Storage,
    /// Offers devices: a device plugin, or a driver of dynamic resource allocation.
    Devices,
}

impl Role {
    /// The role of such pods, if they have one.
    pub(crate) fn of(spec: &PodSpec) -> Option<Self> {
        if sets_up_network(spec) {
            return Some(Self::Network);
        }
        if spec.host_network && spec.containers.iter().any(is_proxy) {
            return Some(Self::Proxy);
        }
        if host_paths(spec).any(|path| path.ends_with("/plugins_registry")) {
            let storage = spec.containers.iter().any(serves_volumes);
            return Some(if storage { Self::Storage } else { Self::Devices });
        }
        host_paths(spec).any(|path| path.ends_with("/device-plugins")).then_some(Self::Devices)
    }
}

/// Whether such pods set up a network: they write its configuration to the host, and need the host's own network because
/// there is no other yet.
pub(crate) fn sets_up_network(spec: &PodSpec) -> bool {
    // Calico keeps only logs there.
    let writes = |path: &str| path.contains("/cni") && !path.contains("/calico/cni");
    spec.host_network && host_paths(spec).any(writes)
}

/// The names of the CSI drivers that such pods serve: each has a folder of its name for its socket.
pub(crate) fn drivers(spec: &PodSpec) -> impl Iterator<Item = &str> {
    host_paths(spec).filter_map(|path| {
        let (_, folder) = path.split_once("/kubelet/plugins/")?;
        folder.split('/').next()
    })
}

fn host_paths(spec: &PodSpec) -> impl Iterator<Item = &str> {
    let paths = spec.volumes.iter().filter_map(|volume| volume.host_path.as_ref());
    paths.map(|host| host.path.trim_end_matches('/'))
}

/// By its image (`registry.k8s.io/kube-proxy:v1.34.4`) or its command (`/usr/local/bin/kube-proxy --config=…`).
fn is_proxy(container: &Container) -> bool {
    let file = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let image = file(&container.image);
    image.split([':', '@']).next().is_some_and(|name| name.contains("kube-proxy"))
        || words(container).any(|word| file(word) == "kube-proxy")
}

/// The sidecar that registers a driver with the kubelet has one of these flags, whatever its image.
fn serves_volumes(container: &Container) -> bool {
    container.image.contains("driver-registrar")
        || words(container)
            .any(|word| word.contains("--csi-address") || word.contains("--kubelet-registration-path"))
}

fn words(container: &Container) -> impl Iterator<Item = &str> {
    container.command.iter().chain(&container.args).map(Str::as_str)
}

/// The node of a DaemonSet's pod: where it runs, or which it names in its affinity and waits for (1.12+).
pub(crate) fn nodes_of(spec: &PodSpec) -> impl Iterator<Item = &str> {
    let bound = (!spec.node_name.is_empty()).then_some(spec.node_name.as_str());
    let fields = spec.affinity.node_terms.iter().flat_map(|term| &term.match_fields);
    let named = fields.filter(|field| field.operator == "In").flat_map(|field| &field.values);
    bound.into_iter().chain(named.map(Str::as_str))
}

/// How far trouble of an agent's pods explains that nodes lack it: by how many of these nodes have a pod that shows it.
pub(crate) fn explains(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if cause.is_history() || effect.is_history() {
        return None;
    }
    let pods = cause.instances.iter().filter_map(|instance| context.pod(instance));
    let mut nodes: Vec<&str> = pods.flat_map(|pod| nodes_of(&pod.spec)).collect();
    nodes.retain(|node| hosting::concerns(effect, node));
    nodes.sort_unstable();
    nodes.dedup();
    let confidence = match nodes.len() {
        0 => return None,
        number if number >= effect.instances.len() => Confidence::Certain,
        number if number * 2 >= effect.instances.len() => Confidence::Likely,
        _ => Confidence::Possible,
    };
    Some(Because::new(confidence.min(cause.confidence), cause.message.clone()))
}

/// A container may run into its first ends, and through a back-off, before it is told that it crashes; in seconds.
const TOLD: i64 = 600;

/// How far trouble of the network's agent explains that pods on its nodes get no sandbox, or that these nodes have no network:
/// by how many of them have a pod of the agent that shows it. The effect's evidence names one.
pub(crate) fn cuts_off(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = match effect.lesson {
        "sandbox-failed" => matches!(effect.variant, "cni-not-ready" | "cni-plugin" | "no-ip"),
        _ => true,
    };
    if !fits || cause.is_history() || effect.is_history() || !hosting::in_time(cause, effect, TOLD) {
        return None;
    }
    let agents = cause.instances.iter().filter_map(|pod| context.pod(pod));
    let nodes: Vec<&Str> = agents.filter(|pod| !pod.is_ready()).map(|pod| &pod.spec.node_name).collect();
    let of = |one: &ObjectRef| match one.kind.as_str() {
        "Node" => Some(one.name.clone()),
        _ => context.pod(one).map(|pod| pod.spec.node_name.clone()),
    };
    let concerned: Vec<Str> = effect.instances.iter().filter_map(of).collect();
    let number = concerned.iter().filter(|node| nodes.contains(node)).count();
    let confidence = match number {
        0 => return None,
        number if number == concerned.len() => Confidence::Likely,
        _ => Confidence::Possible,
    };
    let why = format!("{} sets up the network there, and {}", cause.object, cause.message);
    Some(Because::new(confidence.min(cause.confidence), why))
}

#[cfg(test)]
mod tests {
    use rutter_cluster::objects::Volume;

    use super::*;

    fn mounted(path: &str) -> Volume {
        let mut volume = Volume { host_path: Some(<_>::default()), ..Volume::default() };
        if let Some(host) = &mut volume.host_path {
            host.path = path.into();
        }
        volume
    }

    fn pod(paths: &[&str], image: &str, args: &[&str], host_network: bool) -> PodSpec {
        let args = args.iter().map(|arg| (*arg).into()).collect();
        let container = Container { image: image.into(), args, ..Container::default() };
        PodSpec {
            volumes: paths.iter().map(|path| mounted(path)).collect(),
            containers: [container].into(),
            host_network,
            ..PodSpec::default()
        }
    }

    #[test]
    fn agents_are_known_by_what_they_do() {
        let role = |paths: &[&str], image, args: &[&str], host| Role::of(&pod(paths, image, args, host));
        let registry = "/var/lib/kubelet/plugins_registry/";
        assert_eq!(role(&["/etc/cni/net.d"], "cilium", &[], true), Some(Role::Network));
        assert_eq!(role(&["/etc/cni/net.d"], "falco", &[], false), None);
        assert_eq!(role(&["/var/log/calico/cni"], "fluentd", &[], true), None);
        assert_eq!(role(&[], "a:5000/eks/kube-proxy:v1.31", &[], true), Some(Role::Proxy));
        assert_eq!(role(&[], "hyperkube:v1.12", &["/usr/bin/kube-proxy"], true), Some(Role::Proxy));
        assert_eq!(role(&[], "kube-rbac-proxy:v1", &[], true), None);
        assert_eq!(role(&[registry], "x", &["--csi-address=/csi/csi.sock"], false), Some(Role::Storage));
        assert_eq!(role(&[registry], "dra", &[], false), Some(Role::Devices));
        assert_eq!(role(&["/var/lib/kubelet/device-plugins"], "x", &[], false), Some(Role::Devices));
        assert_eq!(role(&["/var/lib/kubelet/pod-resources"], "x", &[], false), None);
    }

    #[test]
    fn drivers_have_folders_of_their_names() {
        let paths = ["/var/lib/kubelet/plugins/ebs.csi.aws.com/", "/var/lib/kubelet/plugins/x/y", "/dev"];
        let spec = pod(&paths, "", &[], false);
        assert_eq!(drivers(&spec).collect::<Vec<_>>(), ["ebs.csi.aws.com", "x"]);
    }
}
