//! What to do: read what the kernel wrote, find who grew, and bound it.

use super::kills::Kills;
use crate::{Context, Finding, Remedy, Risk, hosting, memory};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    let Some(node) = hosting::node_of(context, finding) else { return Vec::new() };
    let events = context.events(node).unwrap_or_default();
    let agent = Kills::of(context, node, &events).and_then(|kills| kills.agent());
    let mut all = vec![kernel_log(name), memory::look_at_use(name)];
    if finding.variant != "past" {
        all.extend(agent.map(|_| agents(name, hosting::runtime_unit(Some(node)))));
    }
    all.extend(match finding.variant {
        "system" => vec![reserve(name)],
        _ => vec![memory::bound(), reserve(name)],
    });
    all
}

fn kernel_log(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "on {name} as root, read the kernel's table of processes at that moment: the one with the largest rss grew, which need \
             not be the one that was killed; oom_memcg tells whose limit it was (none or /: the node's, kubepods: that of all pods)"
        ),
        [
            "journalctl -k --since -2h | grep -i -e 'invoked oom-killer' -e 'oom-kill:' -e 'killed process' -e 'killed as a result'"
                .to_owned(),
            "journalctl -k --since -2h | grep -A80 'Tasks state' | tail -100".to_owned(),
        ],
    )
}

fn agents(name: &str, runtime: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "on {name} as root, see whether the kubelet and the runtime are back: the one or the other was killed"
        ),
        [
            format!("systemctl status kubelet {runtime} --no-pager"),
            format!("journalctl -u kubelet -u {runtime} --since -1h --no-pager | tail -50"),
        ],
    )
}

fn reserve(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "see what {name} keeps for itself: capacity less allocatable is what is reserved and the eviction threshold; with 100Mi or \
             nothing the kernel kills before the kubelet, which looks every 10 s, can evict. Reservations are set in the kubelet's \
             configuration (kubeReserved, systemReserved, evictionHard), one node at a time"
        ),
        [format!(
            "kubectl get node {name} -o jsonpath='{{.status.capacity.memory}} {{.status.allocatable.memory}}{{\"\\n\"}}'"
        )],
    )
}
