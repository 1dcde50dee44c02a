//! What the node itself shows about its network: the plugin's agent, and how many addresses are in use.

use rutter_cluster::objects::{ContainerStatus, Pod};

use crate::{Context, Evidence, texts::sandbox::Cause, words};

/// Something on the node that sharpens the finding.
pub(super) struct Hint {
    /// Continues the finding's message.
    pub(super) phrase: String,
    pub(super) evidence: Evidence,
}

/// Network plugins by how they call themselves, and how the pods of their agents are named.
const AGENTS: [(&str, &[&str]); 10] = [
    ("calico", &["calico-node"]),
    ("cilium-cni", &["cilium"]),
    ("flannel", &["kube-flannel"]),
    ("aws-cni", &["aws-node"]),
    ("weave-net", &["weave-net"]),
    ("multus", &["multus", "kube-multus"]),
    ("terway", &["terway"]),
    ("azure-vnet", &["azure-cns", "azure-ip-masq"]),
    ("ovn-k8s-cni-overlay", &["ovnkube-node"]),
    ("kube-router", &["kube-router"]),
];

/// The agent of the failing plugin, if it runs as a pod on the node and isn't ready.
pub(super) fn not_ready(context: &Context<'_>, node: &str, cause: &Cause<'_>) -> Option<Hint> {
    let plugin = match cause {
        Cause::CniPlugin { plugin, .. } | Cause::NoIpLeft { plugin } => *plugin,
        Cause::CniNotInitialized => None,
        _ => return None,
    };
    let is_agent = |pod: &&Pod| {
        let named = |prefixes: &[&str]| prefixes.iter().any(|prefix| pod.meta.name.starts_with(prefix));
        let known = |(name, prefixes): &(&str, &[&str])| {
            plugin.is_none_or(|plugin| plugin == *name) && named(prefixes)
        };
        pod.spec.host_network && AGENTS.iter().any(known)
    };
    let pods = context.pods_on(node).ok()?;
    let agent = pods.into_iter().filter(is_agent).find(|pod| !pod.is_ready() && !pod.is_finished())?;
    let named = format!("{}/{}", agent.meta.namespace, owner(agent));
    Some(Hint {
        phrase: format!("; its agent {named} is not ready on {node} ({})", words::pod_state(agent)),
        evidence: Evidence::field(agent, "status.conditions[Ready].status", "False", ready_since(agent)),
    })
}

fn owner(pod: &Pod) -> &str {
    pod.meta.controller().map_or(&*pod.meta.name, |owner| &*owner.name)
}

fn ready_since(pod: &Pod) -> Option<rutter_cluster::Time> {
    pod.condition("Ready").and_then(|ready| ready.last_transition_time)
}

/// Addresses of the node's own range that no pod holds although none is said to be left: left behind by pods that are
/// gone. Only for the plugin host-local, which takes them from the node's podCIDR.
pub(super) fn leaked(context: &Context<'_>, node: &str, message: &str) -> Option<Hint> {
    if !message.contains("in range set") {
        return None;
    }
    let node = context.node(node).ok().flatten()?;
    let (address, bits) = node.spec.pod_cidr.split_once('/')?;
    let network = address.rsplit_once('.').map(|(network, _)| format!("{network}."))?;
    let bits: u32 = bits.parse().ok()?;
    // The first address, the last and the gateway's are taken; ranges beyond IPv4's are never full.
    let size = 2_usize.checked_pow(32_u32.checked_sub(bits)?)?.checked_sub(3)?;
    // A range of another network than the node's: not host-local on podCIDR.
    if !message.contains(&network) {
        return None;
    }
    let holds = |pod: &&Pod| {
        let started =
            |status: &ContainerStatus| status.state.running.is_some() || status.state.terminated.is_some();
        !pod.spec.host_network
            && !pod.is_finished()
            && pod.container_statuses().any(|(status, _)| started(status))
    };
    let used = context.pods_on(&node.meta.name).ok()?.into_iter().filter(holds).count();
    let left = if used * 2 < size { ": the others were left behind" } else { "" };
    let running = words::count(used, "running pod");
    let phrase =
        format!("; the node's range {} has {size} addresses for {running}{left}", node.spec.pod_cidr);
    Some(Hint { phrase, evidence: Evidence::field(node, "spec.podCIDR", node.spec.pod_cidr.as_str(), None) })
}
