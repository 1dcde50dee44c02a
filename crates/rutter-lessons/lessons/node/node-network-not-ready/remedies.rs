//! What to do: find the network's agent and what keeps it from working.

use super::agent;
use crate::{Context, Finding, Remedy, Risk, hosting};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let node = hosting::node_of(context, finding);
    let pod = node.and_then(|node| agent::on_node(context, node).ok()?);
    let (namespace, pod) = pod.map_or(("<namespace>", "<agent's pod>"), |pod| {
        (pod.meta.namespace.as_str(), pod.meta.name.as_str())
    });
    let at = At { name: &finding.object.name, unit: hosting::runtime_unit(node), namespace, pod };
    match finding.variant {
        "all-nodes" => vec![at.agent(), at.files(), install()],
        _ => vec![at.agent(), at.files(), at.again()],
    }
}

/// What commands need.
struct At<'a> {
    name: &'a str,
    /// The systemd unit of the runtime.
    unit: &'static str,
    /// Of the agent's pod.
    namespace: &'a str,
    pod: &'a str,
}

impl At<'_> {
    fn agent(&self) -> Remedy {
        let Self { name, namespace, pod, .. } = self;
        Remedy::new(
            Risk::ReadOnly,
            format!(
                "look at the network's agent on {name}: whether it has a pod there, and what that logs (API access, address \
                 pool, image)"
            ),
            [
                format!("kubectl get pods -A -o wide --field-selector spec.nodeName={name}"),
                "kubectl get daemonsets -A -o wide".to_owned(),
                format!("kubectl -n {namespace} describe pod {pod}"),
                format!("kubectl -n {namespace} logs {pod} --all-containers --tail=50"),
            ],
        )
    }

    fn files(&self) -> Remedy {
        Remedy::new(
            Risk::ReadOnly,
            format!(
                "on {} as root, see whether configuration and plugins are there: the agent writes them, so don't write them by \
                 hand",
                self.name
            ),
            [
                "ls -l /etc/cni/net.d /opt/cni/bin".to_owned(),
                format!("journalctl -u {} -u kubelet --since -15min | grep -i cni | tail -20", self.unit),
            ],
        )
    }

    fn again(&self) -> Remedy {
        let Self { name, namespace, pod, unit } = self;
        // Behind dockershim it is the kubelet that reads them, and a restart of docker may end every container.
        let reader = if *unit == "docker" { "kubelet" } else { unit };
        Remedy::new(
            Risk::Disruptive,
            format!(
                "only if the agent on {name} is Ready and the files are there: start its pod anew, which writes them again; \
                 restart {reader} only if it still doesn't see them"
            ),
            [
                format!("kubectl -n {namespace} delete pod {pod}"),
                format!("systemctl restart {reader}   # on {name} as root"),
            ],
        )
    }
}

fn install() -> Remedy {
    Remedy::new(
        Risk::Reversible,
        "if no agent is installed at all, install one network add-on, with the pod CIDR that the cluster was made with",
        ["kubectl get nodes -o custom-columns=NODE:.metadata.name,CIDR:.spec.podCIDR".to_owned()],
    )
}
