//! What to do about a container runtime that hangs, for the lessons that find one: ask, capture, and only then restart something.

use rutter_cluster::objects::{Node, Pod};

use crate::{
    Remedy, Risk,
    hosting::{self, Guests},
};

/// The runtime of a node, as commands name it.
pub(crate) struct Hung<'a> {
    node: &'a str,
    docker: bool,
    /// The systemd unit of the runtime.
    pub(crate) unit: &'static str,
}

/// `containerd://3a1e…` → `3a1e…`; none where it isn't what runtimes give.
fn id(container: &str) -> Option<&str> {
    let (_, id) = container.split_once("://")?;
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(id)
}

fn commands<const N: usize>(all: [&str; N]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

impl<'a> Hung<'a> {
    /// The runtime of the node of that name, which may not have been seen.
    pub(crate) fn on(name: &'a str, node: Option<&Node>) -> Self {
        let docker = node.is_some_and(|node| hosting::runtime(node) == "docker");
        Self { node: name, docker, unit: hosting::runtime_unit(node) }
    }

    /// From the cheapest call to the dearest.
    pub(crate) fn ask(&self) -> Remedy {
        let title = format!(
            "on {} as root, ask the runtime step by step, each with a time limit: the first call that hangs tells \
             whether it is the daemon, the listing or one container",
            self.node
        );
        let calls = if self.docker {
            commands([
                "timeout 10 docker version || echo 'the daemon hangs or fails'",
                "all=$(timeout 20 docker ps -q) && echo \"$all\" | wc -l || echo 'the listing hangs or fails'",
                "for c in $all; do timeout 10 docker inspect $c >/dev/null || echo \"hangs: $c\"; done",
            ])
        } else {
            commands([
                "timeout 10 crictl version || echo 'the daemon hangs or fails'",
                "timeout 10 crictl info >/dev/null && echo answers || echo 'the daemon hangs or fails'",
                "pods=$(timeout 20 crictl pods -q) && echo \"$pods\" | wc -l || echo 'the listing of pods hangs or fails'",
                "all=$(timeout 20 crictl ps -q) && echo \"$all\" | wc -l || echo 'the listing of containers hangs or fails'",
                "for c in $all; do timeout 10 crictl inspect $c >/dev/null || echo \"hangs: $c\"; done",
            ])
        };
        Remedy::new(Risk::ReadOnly, title, calls)
    }

    /// The containers of these pods, one by one: none if no id is known.
    pub(crate) fn inspect(&self, pods: &[&Pod], most: usize) -> Option<Remedy> {
        let tool = if self.docker { "docker" } else { "crictl" };
        let running = pods.iter().flat_map(|pod| {
            let all = pod.container_statuses().map(|(status, _)| status);
            let known = all.filter(|status| status.state.running.is_some());
            known.filter_map(|status| Some((*pod, status, id(&status.container_id)?)))
        });
        let commands: Vec<String> = running
            .take(most)
            .map(|(pod, status, id)| {
                format!(
                    "timeout 10 {tool} inspect {id} >/dev/null || echo 'hangs: {}/{} {}'",
                    pod.meta.namespace, pod.meta.name, status.name
                )
            })
            .collect();
        let title = format!(
            "on {} as root, ask for the containers that do not end: one of them may hold up the others",
            self.node
        );
        (!commands.is_empty()).then(|| Remedy::new(Risk::ReadOnly, title, commands))
    }

    /// Whose turn it is: the disk, the kernel, or somebody who stopped a process.
    pub(crate) fn waits_for(&self) -> Remedy {
        let title = format!(
            "on {} as root, see what it waits for: state D is the disk or the kernel; state T means that somebody stopped \
             the process: kill -CONT and its number let it go on, before anything else is tried",
            self.node
        );
        let all = [
            "ps -eo pid,ppid,stat,wchan:32,cmd | awk '$3 ~ /^[DT]/'".to_owned(),
            "cat /proc/pressure/io /proc/pressure/cpu; dmesg -T | grep -i -e 'blocked for more' -e 'I/O error' -e 'out of memory' | tail"
                .to_owned(),
        ];
        Remedy::new(Risk::ReadOnly, title, all)
    }

    /// What the runtime is doing.
    pub(crate) fn stacks(&self) -> Remedy {
        let title = format!(
            "on {} as root, keep the runtime's stacks, for a restart destroys this evidence: SIGUSR1 makes {} write them \
             (never send it to the kubelet, which dies of it)",
            self.node, self.unit
        );
        let process = if self.docker { "dockerd" } else { self.unit };
        let all = [format!(
            "kill -USR1 $(pidof {process}); sleep 2; journalctl -u {} --since -5min > /root/runtime-stacks.txt; ls /tmp/*stacks*.log /run/docker/*stacks* 2>/dev/null",
            self.unit
        )];
        Remedy::new(Risk::Reversible, title, all)
    }

    /// What is started anew, and what it costs.
    pub(crate) fn restart(&self) -> Remedy {
        let lives = if self.docker {
            "only with live-restore on, or every container of the node dies with it"
        } else {
            "running containers live on"
        };
        let title = format!(
            "on {} as root, only after the capture: end the one container that hangs (its shim), then, if that was not \
             enough, restart the runtime ({lives}); the kubelet last, for that resets the clock, and under static CPU or \
             device managers it may reject pods that run",
            self.node
        );
        let mut all = Vec::new();
        if self.unit == "crio" {
            all.push("ps -eo pid,stat,cmd | grep '[c]onmon.*-c <the container that hangs>'".to_owned());
        } else if self.docker {
            all.push("docker info --format '{{.LiveRestoreEnabled}}'   # if that hangs: grep live-restore /etc/docker/daemon.json".to_owned());
        } else {
            all.push(
                "ps -eo pid,stat,cmd | grep '[c]ontainerd-shim.*-id <sandbox of the container that hangs>'"
                    .to_owned(),
            );
        }
        all.push(format!("systemctl restart {}", self.unit));
        Remedy::new(Risk::Disruptive, title, all)
    }

    /// The end of the ladder.
    pub(crate) fn reboot(&self, guests: Option<&Guests<'_>>) -> Remedy {
        let stateful = guests.is_some_and(|guests| {
            guests
                .pods
                .iter()
                .any(|pod| pod.meta.controller().is_some_and(|owner| owner.kind == "StatefulSet"))
        });
        let careful = if stateful {
            "; force-delete none of its pods: those of StatefulSets may still run and write"
        } else {
            "; force-delete none of its pods: they may still run"
        };
        let title = format!(
            "if processes stay in state D, or it hangs again: only a reboot ends that. Pods that the runtime can't stop \
             stay Terminating until then{careful}"
        );
        let all = [
            format!("kubectl get pods -A -o wide --field-selector spec.nodeName={}", self.node),
            format!("kubectl drain {} --ignore-daemonsets --dry-run=client", self.node),
        ];
        Remedy::new(Risk::Disruptive, title, all)
    }
}
