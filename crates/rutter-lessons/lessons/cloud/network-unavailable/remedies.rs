//! What to do: ask the cloud for more, or clear what is left over, by the reason that is told.

use super::why::{self, Why};
use crate::{Context, Finding, Remedy, Risk, hosting, texts::cloud::Refusal};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = &finding.object.name;
    let refusal = hosting::node_of(context, finding)
        .and_then(|node| Some((node, node.condition("NetworkUnavailable")?)))
        .and_then(|(node, condition)| match why::why(context, node, condition) {
            Why::Refused { answer, .. } => Some(answer.refusal),
            _ => None,
        });
    match finding.variant {
        "refused" => refused(name, refusal.unwrap_or(Refusal::Other)),
        "no-cidr" => no_cidr(name),
        "left-over" => left_over(name),
        "agent-down" => vec![agent(name)],
        _ => vec![compare(name), controller()],
    }
}

fn compare(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "see which ranges the nodes have, and compare them with the routes that the cloud shows for this network: a route is \
         stale only if its range is no node's and its machine is gone",
        [
            "kubectl get nodes -o custom-columns=NODE:.metadata.name,CIDR:.spec.podCIDR,MACHINE:.spec.providerID".to_owned(),
            format!("kubectl get events -A --field-selector involvedObject.kind=Node,involvedObject.name={name} --sort-by=.lastTimestamp"),
        ],
    )
}

fn refused(name: &str, refusal: Refusal) -> Vec<Remedy> {
    let title = match refusal {
        Refusal::Quota => {
            "raise the quota of routes per route table at the cloud (Alibaba Cloud: vpc_quota_route_entrys_num; AWS: routes \
             per route table); each node takes one, so count the nodes that are still to come. The controller makes the \
             route within seconds afterwards, nothing needs a restart"
        }
        Refusal::Rights => {
            "give the cloud controller's credentials the right to make routes, or renew them; its log names the call that is \
             refused"
        }
        Refusal::Throttled | Refusal::Unreachable => {
            "wait: the controller tries again by itself. If it lasts, see whether the cloud's API can be reached from the \
             control plane"
        }
        _ => "mend what the cloud names; the controller tries again by itself",
    };
    vec![compare(name), Remedy::new(Risk::Reversible, title, []), controller()]
}

fn controller() -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "read what the controller that makes routes says: the cloud-controller-manager, or the kube-controller-manager where \
         the cloud is built in (before 1.29); managed clusters keep it on the provider's side",
        [
            "kubectl -n kube-system get pods -o wide | grep -E 'cloud-controller|controller-manager'"
                .to_owned(),
            "kubectl -n kube-system get lease cloud-controller-manager kube-controller-manager".to_owned(),
        ],
    )
}

fn no_cidr(name: &str) -> Vec<Remedy> {
    vec![
        Remedy::new(
            Risk::ReadOnly,
            "count the ranges that are handed out, and compare with what the controller-manager was given \
             (--cluster-cidr, --node-cidr-mask-size): a /16 in parts of /24 serves 256 nodes",
            [
                "kubectl get nodes -o custom-columns=NODE:.metadata.name,CIDR:.spec.podCIDR".to_owned(),
                format!(
                    "kubectl get events -A --field-selector reason=CIDRNotAvailable,involvedObject.name={name}"
                ),
            ],
        ),
        Remedy::new(
            Risk::Disruptive,
            "remove nodes whose machines are gone, which frees their ranges; else the cluster needs a larger range, which is a \
             change to plan: ranges of existing nodes stay as they are",
            [],
        ),
    ]
}

fn left_over(name: &str) -> Vec<Remedy> {
    vec![
        Remedy::new(
            Risk::ReadOnly,
            format!(
                "make sure that pods on {name} reach pods elsewhere, and that no controller makes routes any more: if one \
                 should and is down, start that instead"
            ),
            [
                format!("kubectl get pods -A -o wide --field-selector spec.nodeName={name}"),
                "kubectl -n kube-system get pods -o wide | grep -E 'cloud-controller|controller-manager'"
                    .to_owned(),
            ],
        ),
        Remedy::new(
            Risk::Reversible,
            "only then take the mark away (kubectl 1.24 or later); the control plane removes the taint by itself. A controller \
             that still runs sets it again",
            [format!(
                "kubectl patch node {name} --subresource=status -p \
                 '{{\"status\":{{\"conditions\":[{{\"type\":\"NetworkUnavailable\",\"status\":\"False\",\"reason\":\"ClearedByHand\"}}]}}}}'"
            )],
        ),
    ]
}

fn agent(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "find the pod of the network's agent on {name} and read why it is down; it clears the mark when it starts"
        ),
        [
            format!("kubectl -n kube-system get pods -o wide --field-selector spec.nodeName={name}"),
            "kubectl get daemonsets -A -o wide".to_owned(),
        ],
    )
}
