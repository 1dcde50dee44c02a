//! What to do about a pod that no node takes.

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first() else { return Vec::new() };
    let (namespace, pod) = (&pod.namespace, &pod.name);
    let look = read(
        "Read the scheduler's own words, and whether the autoscaler has something to say",
        [format!("kubectl -n {namespace} describe pod {pod}"), "kubectl get nodes -o wide".to_owned()],
    );
    std::iter::once(look).chain(of_variant(finding, namespace, pod)).collect()
}

fn read(title: &str, commands: impl IntoIterator<Item = String>) -> Remedy {
    Remedy::new(Risk::ReadOnly, title, commands)
}

fn of_variant(finding: &Finding, namespace: &str, pod: &str) -> Vec<Remedy> {
    match finding.variant {
        "resources" => resources(finding, namespace, pod),
        "node-affinity" => vec![Remedy::new(
            Risk::Reversible,
            "See which labels the nodes have and which the pod asks for; then correct the selector in the workload's \
             template, or label a node if it does have what the label says",
            [
                "kubectl get nodes --show-labels".to_owned(),
                format!(
                    "kubectl -n {namespace} get pod {pod} -o jsonpath='{{.spec.nodeSelector}} {{.spec.affinity}}'"
                ),
            ],
        )],
        "taints" => vec![read(
            "Find out what the taint is for before anything is changed: dedicated nodes need a toleration in the \
             workload's template, a taint left over from maintenance goes when that is over",
            [taints_of_nodes()],
        )],
        "pod-affinity" => vec![Remedy::new(
            Risk::Reversible,
            "Compare replicas with nodes and zones: a required anti-affinity or spread allows one pod per domain; make it \
             preferred (ScheduleAnyway), or add nodes",
            [
                format!("kubectl -n {namespace} get pods -o wide"),
                "kubectl get nodes -L topology.kubernetes.io/zone".to_owned(),
            ],
        )],
        "nodes" => vec![read(
            "See why nodes are cordoned or not ready; undo a cordon only if it is known whose it is and that the work is \
             over",
            [taints_of_nodes(), "kubectl get events -A --field-selector involvedObject.kind=Node".to_owned()],
        )],
        "volume" => vec![read(
            "Follow its claims: unbound, missing, or bound to a volume in another zone or on another node",
            [format!("kubectl -n {namespace} get pvc -o wide"), "kubectl get pv -o wide".to_owned()],
        )],
        "ports" => vec![Remedy::new(
            Risk::Reversible,
            "Two pods can't have one host port on a node: drop hostPort for a Service, or run fewer replicas than nodes",
            [format!("kubectl -n {namespace} get pod {pod} -o jsonpath='{{.spec.containers[*].ports}}'")],
        )],
        "no-scheduler" => vec![read(
            "See whether the scheduler that the pod names runs and holds its lease",
            scheduler(finding),
        )],
        _ => Vec::new(),
    }
}

fn taints_of_nodes() -> String {
    "kubectl get nodes -o custom-columns='NAME:.metadata.name,CORDONED:.spec.unschedulable,TAINTS:.spec.taints[*].key'".to_owned()
}

fn scheduler(finding: &Finding) -> Vec<String> {
    let name = finding.evidence.last().map_or("default-scheduler", |evidence| evidence.value.as_str());
    if name != "default-scheduler" {
        return vec![format!("kubectl get deployments,pods -A -o wide | grep -i '{name}'")];
    }
    vec![
        "kubectl -n kube-system get pods -l component=kube-scheduler -o wide".to_owned(),
        "kubectl -n kube-system get lease kube-scheduler -o yaml".to_owned(),
    ]
}

fn resources(finding: &Finding, namespace: &str, pod: &str) -> Vec<Remedy> {
    let owner = &finding.object;
    let has_template = matches!(owner.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet");
    let change = has_template.then(|| {
        let kind = owner.kind.to_lowercase();
        format!(
            "kubectl -n {namespace} set resources {kind}/{} -c <container> --requests=<resource>=<measured>",
            owner.name
        )
    });
    vec![
        read(
            "See what the nodes have left, and what the pod asks for",
            [
                "kubectl describe nodes | grep -A8 'Allocated resources'".to_owned(),
                format!(
                    "kubectl -n {namespace} get pod {pod} -o jsonpath='{{.spec.containers[*].resources.requests}}'"
                ),
            ],
        ),
        Remedy::new(
            Risk::Disruptive,
            "Lower the request in the workload's template if the pod was measured to use less (the change restarts it), \
             free requests of others, or add a node; an extended resource such as a GPU needs a node and a device plug-in \
             that offer it",
            change,
        ),
    ]
}
