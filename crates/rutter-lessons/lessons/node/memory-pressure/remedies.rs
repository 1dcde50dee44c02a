//! What to do: find who took the memory before anything is stopped, then bound it.

use super::detect::MEMORY;
use crate::{Context, Finding, Remedy, Risk, hosting, memory::Demand, pressure};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    let Some(node) = hosting::node_of(context, finding) else { return Vec::new() };
    match finding.variant {
        "taint-only" => vec![pressure::controllers(&MEMORY, name), pressure::untaint(&MEMORY, name)],
        "tail" => vec![pressure::wait(&MEMORY, name), who_pods(name)],
        "recovered" => vec![who_pods(name), bound(), reserve(name)],
        _ => {
            let mut all = vec![who_pods(name)];
            // What there is to see on Windows, `who_pods` shows too.
            all.extend((node.status.node_info.operating_system != "windows").then(|| who_node(name)));
            all.extend(Demand::of(context, node).is_some().then(|| relieve(name)));
            all.extend([bound(), reserve(name)]);
            all
        }
    }
}

fn who_pods(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "see which pods on {name} use most, and against what request: who was evicted need not be who grew"
        ),
        [
            format!(
                "kubectl get --raw /api/v1/nodes/{name}/proxy/stats/summary | jq -r '.pods[] | [.memory.workingSetBytes, \
                 .podRef.namespace, .podRef.name] | @tsv' | sort -rn | head -20"
            ),
            format!("kubectl describe node {name} | grep -A40 -e 'Non-terminated Pods'"),
            "kubectl top pods -A --containers --sort-by=memory | head -20   # needs metrics-server"
                .to_owned(),
        ],
    )
}

fn who_node(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "on {name} as root, see what takes memory beside pods (the kernel, the runtime, files in /dev/shm), and whether it \
             is page cache in use: the kubelet counts Active(file) as taken, though the kernel could give most of it back"
        ),
        [
            "grep -e MemTotal -e MemAvailable -e 'Active(file)' -e 'Inactive(file)' -e SUnreclaim -e 'Shmem:' /proc/meminfo"
                .to_owned(),
            "ps -eo rss,pid,comm --sort=-rss | head -20".to_owned(),
            "journalctl -k --since -2h | grep -i -e 'out of memory' -e oom-kill".to_owned(),
        ],
    )
}

fn relieve(name: &str) -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        format!(
            "only where another node has room, and after what it holds was looked at (a heap dump, its logs): let the pod that grew \
             start elsewhere; {name} takes no pod without requests until it is over"
        ),
        [
            "kubectl describe nodes | grep -A9 'Allocated resources'".to_owned(),
            "kubectl -n <namespace> delete pod <pod that grew>".to_owned(),
        ],
    )
}

fn bound() -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "keep it from coming back: for who grew, a request near its measured peak, so that the scheduler knows of it, and a limit \
         equal to it, so that it is killed alone instead of its neighbours (this replaces its pods, and belongs into the manifest)",
        [
            "kubectl -n <namespace> set resources deployment/<name> -c <container> --requests=memory=<peak> --limits=memory=<peak>"
                .to_owned(),
        ],
    )
}

fn reserve(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "see what {name} keeps for itself: without kubeReserved and systemReserved pods are promised memory that the kubelet, \
             the runtime and the system use; don't lower the eviction threshold, below it the kernel kills instead"
        ),
        [format!(
            "kubectl get node {name} -o jsonpath='{{.status.capacity.memory}} {{.status.allocatable.memory}}{{\"\\n\"}}'"
        )],
    )
}
