//! What to do: find who took the memory before anything is stopped, then bound it.

use super::detect::MEMORY;
use crate::{
    Context, Finding, Remedy, Risk, hosting,
    memory::{self, Demand},
    pressure,
};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    let Some(node) = hosting::node_of(context, finding) else { return Vec::new() };
    match finding.variant {
        "taint-only" => vec![pressure::controllers(&MEMORY, name), pressure::untaint(&MEMORY, name)],
        "tail" => vec![pressure::wait(&MEMORY, name), memory::look_at_use(name)],
        "recovered" => vec![memory::look_at_use(name), memory::bound(), reserve(name)],
        _ => {
            let mut all = vec![memory::look_at_use(name)];
            // What there is to see on Windows, the first step shows too.
            all.extend((node.status.node_info.operating_system != "windows").then(|| who_node(name)));
            all.extend(Demand::of(context, node).is_some().then(|| relieve(name)));
            all.extend([memory::bound(), reserve(name)]);
            all
        }
    }
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
