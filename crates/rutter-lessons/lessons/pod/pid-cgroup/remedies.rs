//! What to do, by which of the three it is.

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    match finding.variant {
        "exec-race" => exec_race(finding),
        "node" => node(&finding.object.name),
        _ => limit(finding),
    }
}

fn exec_race(finding: &Finding) -> Vec<Remedy> {
    let node = if finding.node.is_empty() { "the node" } else { finding.node.as_str() };
    vec![
        Remedy::new(
            Risk::ReadOnly,
            format!(
                "on {node} as root, see which runc runs containers there: the race is mended in 1.0.0-rc7 and newer"
            ),
            ["runc --version".to_owned(), "kubectl get nodes -o wide".to_owned()],
        ),
        Remedy::new(
            Risk::Disruptive,
            "take the commands out of the probes (tcpSocket, httpGet or grpc instead of exec), or let them be asked less often: every run is a chance to \
             lose the race, and a lost one counts as a failed probe",
            [],
        ),
        Remedy::new(
            Risk::Disruptive,
            "renew runc with the runtime, node by node, drained before; a newer kernel alone, or a higher limit of processes, changes nothing",
            [],
        ),
    ]
}

fn limit(finding: &Finding) -> Vec<Remedy> {
    let node = if finding.node.is_empty() { "the node" } else { finding.node.as_str() };
    let look = Remedy::new(
        Risk::ReadOnly,
        format!("on {node} as root, see which pods have how many processes, of how many, and how often they were refused (the first is cgroup v2, the second v1)"),
        [
            "for f in $(find /sys/fs/cgroup/kubepods* -maxdepth 3 -name pids.current); do d=$(dirname $f); echo \"$(cat $f) of $(cat $d/pids.max) $(grep max $d/pids.events) $d\"; done | sort -rn | head".to_owned(),
            "for f in $(find /sys/fs/cgroup/pids/kubepods* -maxdepth 3 -name pids.current); do d=$(dirname $f); echo \"$(cat $f) of $(cat $d/pids.max) $d\"; done | sort -rn | head".to_owned(),
            "grep -i pids /var/lib/kubelet/config.yaml; sysctl kernel.pid_max kernel.threads-max".to_owned(),
        ],
    );
    vec![
        look,
        Remedy::new(
            Risk::ReadOnly,
            "find out whether the number grows (threads or children that never end: a leak, or no init process that reaps them), or is what the load needs \
             (a pool sized by the node's CPUs)",
            [],
        ),
        Remedy::new(
            Risk::Disruptive,
            "bound the pool, or reap children (shareProcessNamespace, an init as first process); only then raise podPidsLimit in the kubelet's configuration, within \
             kernel.pid_max divided by the pods",
            [],
        ),
    ]
}

fn node(name: &str) -> Vec<Remedy> {
    vec![
        Remedy::new(
            Risk::ReadOnly,
            format!("on {name} as root, see who has the most processes and threads"),
            [
                "ps -eo nlwp,pid,ppid,cmd --sort=-nlwp | head -15".to_owned(),
                "ps -eo ppid= | sort | uniq -c | sort -rn | head -5".to_owned(),
                "sysctl kernel.pid_max kernel.threads-max; cat /proc/loadavg".to_owned(),
            ],
        ),
        Remedy::new(Risk::Reversible, "keep new pods off it", [format!("kubectl cordon {name}")]),
        Remedy::new(
            Risk::Disruptive,
            "end what leaks, through its workload; then set podPidsLimit on all nodes, so that one pod can't take them all",
            [],
        ),
    ]
}
