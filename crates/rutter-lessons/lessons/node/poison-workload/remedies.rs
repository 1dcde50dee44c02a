//! What to do: see what it is, keep it from the next node, then find out why.

use super::plan;
use crate::{Context, Finding, Remedy, Risk, words};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let object = &finding.object;
    let (namespace, name) = (object.namespace.as_str(), object.name.as_str());
    let resource = format!("{}/{name}", object.kind.to_lowercase());
    let mut all = vec![look(namespace, &resource, name)];
    // What the cluster itself needs is not stopped for a suspicion.
    if namespace != "kube-system" {
        all.extend(match object.kind.as_str() {
            "Deployment" | "StatefulSet" => {
                let stop = stop(namespace, &resource).perhaps_by(plan::stop(context, object));
                vec![stop, set_aside(namespace, &resource)]
            }
            "ReplicaSet" | "ReplicationController" => vec![stop(namespace, &resource)],
            "CronJob" | "Job" => vec![suspend(namespace, &resource).perhaps_by(plan::suspend(object))],
            _ => Vec::new(),
        });
    }
    all.push(kernel(finding));
    all
}

fn look(namespace: &str, resource: &str, name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "see where its pods are, since when, and what they may do to a node: privileged, hostPath, hostPID, no limits",
        [
            format!(
                "kubectl -n {namespace} get pods -o wide --sort-by=.metadata.creationTimestamp | grep -e NODE -e {name}"
            ),
            format!("kubectl -n {namespace} get {resource} -o yaml"),
            "kubectl get nodes -o wide".to_owned(),
        ],
    )
}

fn stop(namespace: &str, resource: &str) -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "if it can be missed for now: note the number of its replicas and stop it before the next node fails; what sets the \
         number (HPA, GitOps) must be paused first, or puts it back; a pod on a dead node ends when that is back",
        [
            format!("kubectl -n {namespace} get {resource} -o jsonpath='{{.spec.replicas}}{{\"\\n\"}}'"),
            format!("kubectl -n {namespace} scale {resource} --replicas=0"),
        ],
    )
}

/// A selector keeps new pods off the others; what the old revision still makes goes on anywhere, so first stop it.
fn set_aside(namespace: &str, resource: &str) -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "once it is stopped: let it run again only on one node that is set aside for it and emptied, and watch that node; the \
         patch replaces the tolerations that it has",
        [
            "kubectl drain <node> --ignore-daemonsets && kubectl label node <node> quarantine=true"
                .to_owned(),
            "kubectl taint node <node> quarantine=true:NoSchedule && kubectl uncordon <node>".to_owned(),
            format!(
                "kubectl -n {namespace} patch {resource} -p '{{\"spec\":{{\"template\":{{\"spec\":{{\"nodeSelector\":\
                 {{\"quarantine\":\"true\"}},\"tolerations\":[{{\"key\":\"quarantine\",\"operator\":\"Exists\"}}]}}}}}}}}'"
            ),
            format!("kubectl -n {namespace} scale {resource} --replicas=1"),
        ],
    )
}

fn suspend(namespace: &str, resource: &str) -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "keep it from making another pod: a suspended Job ends its running pods (by default since 1.22), a suspended CronJob lets them end",
        [format!("kubectl -n {namespace} patch {resource} -p '{{\"spec\":{{\"suspend\":true}}}}'")],
    )
}

/// The nodes come back only by somebody's hand, and each step of that is told elsewhere.
fn kernel(finding: &Finding) -> Remedy {
    let nodes: Vec<&str> =
        finding.instances.iter().filter(|one| one.kind == "Node").map(|one| one.name.as_str()).collect();
    let nodes = if nodes.is_empty() { "the nodes that failed".to_owned() } else { words::list(&nodes, 5) };
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "bring {nodes} back (`rutter explain node-unknown` says how to find out what is left of each); once one is up again, there as root: \
             read the last words of the kernel before it failed, and keep them"
        ),
        [
            "journalctl -k -b -1 --no-pager | tail -100".to_owned(),
            "ls -l /var/crash /sys/fs/pstore 2>/dev/null; last -x reboot shutdown | head".to_owned(),
        ],
    )
}
