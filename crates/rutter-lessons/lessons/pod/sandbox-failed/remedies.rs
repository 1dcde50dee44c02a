//! What to do, by what fails.

use rutter_cluster::objects::Pod;

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first().and_then(|instance| context.pod(instance)) else {
        return Vec::new();
    };
    let at = At { pod, node: &pod.spec.node_name, unit: unit(context, &pod.spec.node_name) };
    let mut all = vec![at.how_wide()];
    all.extend(match finding.variant {
        "cni-not-ready" => vec![at.network_pods(), at.configuration()],
        "cni-plugin" => vec![at.network_pods(), at.plugin_log()],
        "no-ip" => vec![at.addresses(), at.more_addresses()],
        "name-reserved" | "deadline" => vec![at.runtime_answers(), at.stuck(), at.restart_runtime()],
        "runtime" => vec![at.runtime_answers(), at.runtime_log(), at.restart_runtime()],
        "no-space" => vec![at.disk(), at.disk_lesson()],
        "pause-image" => vec![at.pause_image(), at.bring_pause_image()],
        "cgroup" => vec![at.cgroups(), at.move_away()],
        "runtime-class" => vec![at.handlers()],
        _ => vec![at.runtime_log()],
    });
    all
}

/// The names that commands need.
struct At<'a> {
    pod: &'a Pod,
    node: &'a str,
    /// The systemd unit of the node's runtime.
    unit: &'static str,
}

fn unit(context: &Context<'_>, node: &str) -> &'static str {
    let node = context.node(node).ok().flatten();
    match node.and_then(|node| node.status.node_info.container_runtime_version.split(':').next()) {
        Some("docker") => "docker",
        Some("cri-o") => "crio",
        _ => "containerd",
    }
}

impl At<'_> {
    fn on_node(&self, what: &str, commands: &[&str]) -> Remedy {
        let title = format!("on {} as root, {what}", self.node);
        Remedy::new(Risk::ReadOnly, title, commands.iter().map(ToString::to_string))
    }

    /// One node or all? That decides where to look.
    fn how_wide(&self) -> Remedy {
        let title = format!(
            "see how wide it is: only {} means that node, all nodes mean the network or its addresses",
            self.node
        );
        let command =
            "kubectl get events -A --field-selector reason=FailedCreatePodSandBox --sort-by=.lastTimestamp \
                       -o custom-columns=NODE:.source.host,POD:.involvedObject.name,MESSAGE:.message"
                .to_owned();
        Remedy::new(Risk::ReadOnly, title, [command])
    }

    fn network_pods(&self) -> Remedy {
        let title = format!("look at the network's agent on {}: running, ready, and what it logs", self.node);
        let command = format!("kubectl get pods -A -o wide --field-selector spec.nodeName={}", self.node);
        Remedy::new(
            Risk::ReadOnly,
            title,
            [command, "kubectl -n <namespace> logs <agent> --all-containers --tail=50".to_owned()],
        )
    }

    fn configuration(&self) -> Remedy {
        self.on_node(
            "see whether the network's configuration and plugins are there: the agent writes them when it starts, and the \
             runtime reads them again by itself",
            &["ls -l /etc/cni/net.d /opt/cni/bin", "crictl info | grep -A5 -i network"],
        )
    }

    fn plugin_log(&self) -> Remedy {
        self.on_node(
            "read the plugin's error in full, and its own log",
            &[
                "journalctl -u containerd -u crio --since -30min | grep -i -e cni -e sandbox | tail -30",
                "ls /var/log/calico/cni /var/log/aws-routed-eni 2>/dev/null",
            ],
        )
    }

    fn addresses(&self) -> Remedy {
        self.on_node(
            "count the addresses that are taken against the pods that need one (host-local keeps one file per address)",
            &["ls /var/lib/cni/networks/*/ | wc -l", "crictl pods --state Ready -q | wc -l", "kubectl get node -o custom-columns=NODE:.metadata.name,CIDR:.spec.podCIDR,PODS:.status.allocatable.pods"],
        )
    }

    fn more_addresses(&self) -> Remedy {
        let title = format!(
            "if addresses were left behind, drain {}, then reboot it or remove its stale files: never while its pods run; \
             if all are in use, widen the pool or the subnet, or lower the node's maxPods",
            self.node
        );
        let command = format!("kubectl drain {} --ignore-daemonsets --dry-run=client", self.node);
        Remedy::new(Risk::Disruptive, title, [command])
    }

    fn runtime_answers(&self) -> Remedy {
        self.on_node(
            "see whether the runtime answers, step by step: the first one that hangs tells",
            &[
                "timeout 10 crictl version",
                "timeout 10 crictl pods -q | wc -l",
                "timeout 20 crictl ps -a -q | wc -l",
            ],
        )
    }

    fn stuck(&self) -> Remedy {
        self.on_node(
            "look for what it waits for: processes in state D, a slow disk",
            &[
                "ps -eo pid,stat,wchan:32,cmd | awk '$2 ~ /^D/'",
                "cat /proc/pressure/io",
                "dmesg -T | grep -i -e 'blocked for more' -e 'I/O error' | tail",
            ],
        )
    }

    fn runtime_log(&self) -> Remedy {
        let title = format!("read what the runtime and the kubelet of {} say about this pod", self.node);
        let name = &self.pod.meta.name;
        let commands = [
            format!("kubectl -n {} describe pod {name}", self.pod.meta.namespace),
            format!(
                "journalctl -u containerd -u crio -u docker -u kubelet --since -30min | grep {name}   # on the node"
            ),
        ];
        Remedy::new(Risk::ReadOnly, title, commands)
    }

    fn restart_runtime(&self) -> Remedy {
        let title = format!(
            "on {} as root, only if the runtime does not answer and its state was captured: restart it; containers of \
             containerd and CRI-O live on, those of Docker only with live-restore",
            self.node
        );
        Remedy::new(Risk::Disruptive, title, [format!("systemctl restart {}", self.unit)])
    }

    fn disk(&self) -> Remedy {
        self.on_node(
            "see which disk is full: bytes, then inodes",
            &[
                "df -h /var/lib/containerd /var/lib/kubelet /run",
                "df -i /var/lib/containerd /var/lib/kubelet /run",
            ],
        )
    }

    fn disk_lesson(&self) -> Remedy {
        let title = format!("free space on {} in the order that lesson disk-pressure gives", self.node);
        Remedy::new(Risk::Destructive, title, ["rutter explain disk-pressure".to_owned()])
    }

    fn pause_image(&self) -> Remedy {
        self.on_node(
            "see which pause image the runtime is told to use, and whether it is there",
            &[
                "crictl info | grep -i -e sandboxImage -e pause",
                "crictl images | grep pause",
                "containerd config dump | grep -i -e sandbox",
            ],
        )
    }

    fn bring_pause_image(&self) -> Remedy {
        let title = format!(
            "on {} as root, set it in the runtime's configuration to one that the node can pull (registry.k8s.io or your \
             mirror: k8s.gcr.io is frozen, gcr.io is out of reach for many), then restart the runtime; pin it against \
             image garbage collection",
            self.node
        );
        let commands =
            ["crictl pull registry.k8s.io/pause:3.10".to_owned(), format!("systemctl restart {}", self.unit)];
        Remedy::new(Risk::Disruptive, title, commands)
    }

    fn cgroups(&self) -> Remedy {
        self.on_node(
            "see how many memory cgroups there are (65535 is the end), and whether kubelet and runtime use one cgroup driver",
            &["grep -e memory -e pids /proc/cgroups", "uname -r", "grep -i cgroupDriver /var/lib/kubelet/config.yaml; containerd config dump | grep -i SystemdCgroup"],
        )
    }

    fn move_away(&self) -> Remedy {
        let title = format!(
            "kernels 3.10 leak memory cgroups: empty {} and reboot it for now, then `cgroup.memory=nokmem` or a newer kernel",
            self.node
        );
        Remedy::new(
            Risk::Disruptive,
            title,
            [format!("kubectl drain {} --ignore-daemonsets --dry-run=client", self.node)],
        )
    }

    fn handlers(&self) -> Remedy {
        let title = format!(
            "compare the pod's RuntimeClass with the handlers that the runtime of {} has; keep such pods on nodes that have \
             it (scheduling.nodeSelector of the RuntimeClass)",
            self.node
        );
        let commands = [
            format!(
                "kubectl -n {} get pod {} -o jsonpath='{{.spec.runtimeClassName}}'",
                self.pod.meta.namespace, self.pod.meta.name
            ),
            "kubectl get runtimeclass".to_owned(),
            format!("kubectl get node {} -o jsonpath='{{.status.runtimeHandlers[*].name}}'", self.node),
        ];
        Remedy::new(Risk::ReadOnly, title, commands)
    }
}
