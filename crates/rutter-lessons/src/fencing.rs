//! Nodes of which nothing is heard: what is known of them, and how to prove a machine off before anything is forced.

use rutter_cluster::{
    Time,
    objects::{Condition, Node},
};

use crate::{Context, Remedy, Risk, hosting};

mod plan;

/// Somebody says that the machine is off for good.
pub(crate) const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

/// The first minor version in which that taint works by default.
const FENCED: u32 = 26;

/// Whether the control plane has stopped hearing of a node that should report.
pub(crate) fn is_silent(node: &Node) -> bool {
    node.condition("Ready").is_some_and(Condition::is_unknown)
        && !hosting::is_virtual(node)
        && !hosting::is_leaving(node)
        && !is_offline_by_design(node)
}

/// Nodes at the edge that go on alone while the line is down.
pub(crate) fn is_offline_by_design(node: &Node) -> bool {
    let meta = &node.meta;
    let autonomous = ["node.beta.openyurt.io/autonomy", "node.edge.alibabacloud.io/autonomy"]
        .iter()
        .any(|key| meta.annotations.get(key).is_some_and(|value| *value == "true"))
        || meta.annotations.contains_key("node.openyurt.io/autonomy-duration");
    autonomous || node.status.node_info.kubelet_version.contains("kubeedge")
}

/// The last sign of life: its lease, or its last report.
pub(crate) fn last_heard(context: &Context<'_>, node: &Node, ready: &Condition) -> Option<Time> {
    let lease = context.node_lease(&node.meta.name).ok().flatten();
    lease.and_then(|lease| lease.spec.renew_time).max(ready.last_heartbeat_time)
}

/// What others say of the machine.
pub(crate) fn machine(node: &Node) -> Option<&'static str> {
    if node.taint(OUT_OF_SERVICE).is_some() {
        return Some("it was declared out of service");
    }
    node.taint(hosting::SHUT_DOWN).map(|_| "its cloud says that the machine is shut down")
}

/// The first look at a silent node.
pub(crate) fn what_answers(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "see what of {name} still answers: its lease, its address, its kubelet's port, and the machine in the cloud or by its BMC"
        ),
        [
            format!("kubectl get node {name} -o wide"),
            format!(
                "kubectl -n kube-node-lease get lease {name} -o jsonpath='{{.spec.renewTime}}{{\"\\n\"}}'; date -u"
            ),
            format!(
                "nc -vz -w 3 $(kubectl get node {name} -o jsonpath='{{.status.addresses[?(@.type==\"InternalIP\")].address}}') 10250"
            ),
        ],
    )
}

/// How its pods and volumes are released, once the machine is proven off; and what must be put back afterwards.
pub(crate) fn fence(context: &Context<'_>, node: &Node) -> Vec<Remedy> {
    let name = node.meta.name.as_str();
    let taint_off = |title: String| {
        let command = format!("kubectl taint nodes {name} node.kubernetes.io/out-of-service-");
        Remedy::new(Risk::Reversible, title, [command])
    };
    if node.taint(OUT_OF_SERVICE).is_some() {
        let title =
            format!("once {name} is back and runs none of its old pods, take its taint out-of-service off");
        return vec![taint_off(title)];
    }
    let proof = format!(
        "only after the machine of {name} is proven off (power state seen in the cloud or by its BMC, not merely no answer) \
         and stays off"
    );
    let version = [context.version(), &node.status.node_info.kubelet_version];
    let minor = version.into_iter().find_map(|version| hosting::minor(version));
    if minor.is_some_and(|minor| minor < FENCED) {
        return vec![Remedy::new(
            Risk::Destructive,
            format!(
                "{proof}: delete its Node, which removes its pods and lets volumes be attached elsewhere after 6 minutes; its \
                 labels and taints must be set again when it joins"
            ),
            [format!("kubectl get node {name} -o yaml > {name}.yaml"), format!("kubectl delete node {name}")],
        )];
    }
    let taint_on = Remedy::new(
        Risk::Destructive,
        format!("{proof}: declare it out of service, which deletes its pods and detaches its volumes"),
        [format!("kubectl taint nodes {name} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute")],
    )
    .perhaps_by(plan::fence(context, node));
    let title = format!("afterwards, once {name} is back and runs none of its old pods, take that taint off");
    vec![taint_on, taint_off(title)]
}
