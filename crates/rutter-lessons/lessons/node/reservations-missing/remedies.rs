//! What to do: bring the node's agents back, find who grew, then reserve.

use crate::{Context, Finding, Remedy, Risk, hosting, memory};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    let runtime = hosting::runtime_unit(hosting::node_of(context, finding));
    vec![back(name, runtime), memory::look_at_use(name), look(name), reserve(name), memory::bound()]
}

fn back(name: &str, runtime: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "on {name} as root, see whether the kubelet and the runtime are back, and what the kernel killed in that minute, with the sizes of all"
        ),
        [
            format!("systemctl status kubelet {runtime} --no-pager"),
            "journalctl -k --since -2h --no-pager | grep -i -e 'out of memory' -e oom-kill".to_owned(),
        ],
    )
}

fn look(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "see what {name} reserves (the second command needs the right to get nodes/proxy), and what its system takes (the third as root on it)"
        ),
        [
            format!(
                "kubectl get node {name} -o jsonpath='{{.status.capacity.memory}} {{.status.allocatable.memory}}{{\"\\n\"}}'"
            ),
            format!(
                "kubectl get --raw /api/v1/nodes/{name}/proxy/configz | jq '.kubeletconfig | {{kubeReserved, systemReserved, evictionHard, enforceNodeAllocatable}}'"
            ),
            "systemd-cgtop -b -n 1 -m --depth=2 | head -15".to_owned(),
        ],
    )
}

fn reserve(name: &str) -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        format!(
            "reserve what the system takes at its peak, and a little more (systemReserved and kubeReserved in the kubelet's configuration; of a \
             cloud's node in its pool): first see that the requests of its pods still fit, or those that start anew are refused (OutOfmemory); \
             one node at a time, and {name} drained before, if it can be"
        ),
        [
            format!("kubectl describe node {name} | grep -A9 'Allocated resources'"),
            "cp -p /var/lib/kubelet/config.yaml /var/lib/kubelet/config.yaml.before".to_owned(),
            "grep -n -A4 -i -e system-\\?reserved -e kube-\\?reserved -e eviction-\\?hard /var/lib/kubelet/config.yaml"
                .to_owned(),
            "${EDITOR:-vi} /var/lib/kubelet/config.yaml   # systemReserved: {memory: <size>}, or, as a flag, system-reserved=memory=<size>"
                .to_owned(),
            "systemctl restart kubelet".to_owned(),
        ],
    )
}
