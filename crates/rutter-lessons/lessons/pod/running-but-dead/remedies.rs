//! What to do: see whether a process is left, then have the pod made anew.

use rutter_cluster::objects::{Node, Pod};

use super::say;
use crate::{Context, Finding, Remedy, Risk, hosting};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first().and_then(|instance| context.pod(instance)) else {
        return Vec::new();
    };
    let node = context.node(&pod.spec.node_name).ok().flatten();
    let mut steps = vec![look(pod, node)];
    steps.extend(finding.container.as_ref().map(|container| ask(pod, container)));
    if say::beside(context, pod) > 0 {
        steps.push(cordon(&pod.spec.node_name));
    }
    steps.push(replace(context, pod));
    steps
}

/// What is left of the pod on its node. Control groups are named after the pod's uid, with `_` for `-` under systemd.
fn look(pod: &Pod, node: Option<&Node>) -> Remedy {
    let uid = &pod.meta.uid;
    let listing = match hosting::runtime_unit(node) {
        "docker" => format!("timeout 10 docker ps -a --no-trunc --filter label=io.kubernetes.pod.uid={uid}"),
        _ => format!("timeout 10 crictl ps -a --label io.kubernetes.pod.uid={uid}"),
    };
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "on {} as root, see whether the runtime lists it, and whether a process of it still lives: without a record it is stopped \
             by nobody, also not when its pod is deleted",
            pod.spec.node_name
        ),
        [
            listing,
            format!(
                "grep -lE 'pod{}' /proc/[0-9]*/cgroup 2>/dev/null | cut -d/ -f3 | xargs -r ps -o pid,ppid,stat,lstart,cmd -p",
                uid.replace('-', "[-_]")
            ),
        ],
    )
}

fn ask(pod: &Pod, container: &str) -> Remedy {
    let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
    Remedy::new(
        Risk::ReadOnly,
        "see that it is still so, and when it wrote its last line: `container not found`, and a log that ends, confirm it",
        [
            format!("kubectl -n {namespace} exec {name} -c {container} -- true"),
            format!("kubectl -n {namespace} logs {name} -c {container} --timestamps --tail=5"),
        ],
    )
}

fn cordon(node: &str) -> Remedy {
    Remedy::new(
        Risk::Reversible,
        format!(
            "as several pods of {node} show it, its runtime has lost its records: keep new pods off, and plan to drain and reboot it; \
             undo it with kubectl uncordon {node}"
        ),
        [format!("kubectl cordon {node}")],
    )
}

fn replace(context: &Context<'_>, pod: &Pod) -> Remedy {
    let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
    let guard = "once the first step shows no process of it any more (one that lives would write beside its successor: stop it \
                 first)";
    let lost = if pod.spec.volumes.iter().any(|volume| volume.empty_dir.is_some()) {
        "; what it holds in emptyDir volumes is lost"
    } else {
        ""
    };
    if crate::hosting::is_mirror(pod) {
        let title = format!("{guard}, let the kubelet of {} make the static pod anew", pod.spec.node_name);
        return Remedy::new(Risk::Disruptive, title, ["systemctl restart kubelet".to_owned()]);
    }
    let Some(owner) = pod.meta.controller() else {
        let title = format!("{guard}, replace it by itself: nothing else would make it anew{lost}");
        let commands = [
            format!("kubectl -n {namespace} get pod {name} -o yaml > {name}.yaml"),
            format!("kubectl -n {namespace} replace --force -f {name}.yaml"),
        ];
        return Remedy::new(Risk::Disruptive, title, commands);
    };
    let set = owner.kind == "StatefulSet";
    let members = if set { ", and the other members of its StatefulSet are in step" } else { "" };
    let title = format!(
        "{guard}{members}, evict it, which heeds disruption budgets: its {} makes another{lost}",
        owner.kind
    );
    Remedy::new(Risk::Disruptive, title, [evict(context, pod)])
}

fn evict(context: &Context<'_>, pod: &Pod) -> String {
    let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
    let old = hosting::minor(context.version()).is_some_and(|minor| minor < 22);
    let version = if old { "policy/v1beta1" } else { "policy/v1" };
    format!(
        "echo '{{\"apiVersion\":\"{version}\",\"kind\":\"Eviction\",\"metadata\":{{\"name\":\"{name}\",\"namespace\":\"{namespace}\"}}}}' \
         | kubectl create --raw /api/v1/namespaces/{namespace}/pods/{name}/eviction -f -"
    )
}
