//! What to do: capture, find what hangs, and only then restart something.

use rutter_cluster::objects::Node;

use crate::{
    Context, Finding, Remedy, Risk,
    hosting::{self, Guests},
};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let node = hosting::node_of(context, finding);
    let at = At { name: &finding.object.name, docker: is_docker(node), unit: hosting::runtime_unit(node) };
    match finding.variant {
        "recovered" => vec![at.look_back()],
        "flapping" => vec![at.look_back(), at.waits_for(), at.stacks(), at.cordon()],
        "runtime-not-ready" => vec![at.ask(), at.log(), at.cordon(), at.restart()],
        _ => {
            let stateful = node.and_then(|node| Guests::of(context, node));
            vec![
                at.ask(),
                at.waits_for(),
                at.stacks(),
                at.cordon(),
                at.restart(),
                at.reboot(stateful.as_ref()),
            ]
        }
    }
}

/// What commands need.
struct At<'a> {
    name: &'a str,
    docker: bool,
    /// The systemd unit of the runtime.
    unit: &'static str,
}

fn is_docker(node: Option<&Node>) -> bool {
    node.is_some_and(|node| hosting::runtime(node) == "docker")
}

fn commands<const N: usize>(all: [&str; N]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

impl At<'_> {
    /// From the cheapest call to the dearest.
    fn ask(&self) -> Remedy {
        let title = format!(
            "on {} as root, ask the runtime step by step, each with a time limit: the first call that hangs tells \
             whether it is the daemon, the listing or one container",
            self.name
        );
        let calls = if self.docker {
            commands([
                "timeout 10 docker version",
                "timeout 20 docker ps -q | wc -l",
                "for c in $(timeout 20 docker ps -aq); do timeout 10 docker inspect $c >/dev/null || echo \"hangs: $c\"; done",
            ])
        } else {
            commands([
                "timeout 10 crictl version",
                "timeout 10 crictl info >/dev/null && echo answers",
                "timeout 20 crictl pods -q | wc -l; timeout 20 crictl ps -a -q | wc -l",
                "for c in $(timeout 20 crictl ps -q); do timeout 10 crictl inspect $c >/dev/null || echo \"hangs: $c\"; done",
            ])
        };
        Remedy::new(Risk::ReadOnly, title, calls)
    }

    fn waits_for(&self) -> Remedy {
        let title = format!(
            "on {} as root, see what it waits for: state D is the disk or the kernel; state T means that somebody stopped \
             the process, and kill -CONT lets it go on",
            self.name
        );
        let all = [
            "ps -eo pid,ppid,stat,wchan:32,cmd | awk '$3 ~ /^[DT]/'".to_owned(),
            "cat /proc/pressure/io /proc/pressure/cpu; dmesg -T | grep -i -e 'blocked for more' -e 'I/O error' -e 'out of memory' | tail"
                .to_owned(),
        ];
        Remedy::new(Risk::ReadOnly, title, all)
    }

    fn stacks(&self) -> Remedy {
        let title = format!(
            "on {} as root, keep the runtime's stacks, for a restart destroys this evidence: SIGUSR1 makes {} write them \
             (never send it to the kubelet, which dies of it)",
            self.name, self.unit
        );
        let process = if self.docker { "dockerd" } else { self.unit };
        let all = [format!(
            "kill -USR1 $(pidof {process}); sleep 2; journalctl -u {} --since -5min > /root/runtime-stacks.txt; ls /tmp/*stacks*.log /run/docker/*stacks* 2>/dev/null",
            self.unit
        )];
        Remedy::new(Risk::Reversible, title, all)
    }

    fn log(&self) -> Remedy {
        let title = format!("on {} as root, read what the runtime says about itself", self.name);
        let all = [
            format!("systemctl status {} --no-pager", self.unit),
            format!(
                "journalctl -u {} --since -30min | grep -i -e level=error -e level=fatal -e panic | tail -30",
                self.unit
            ),
            "df -h /var/lib /run; df -i /var/lib /run".to_owned(),
        ];
        Remedy::new(Risk::ReadOnly, title, all)
    }

    fn cordon(&self) -> Remedy {
        let title = format!(
            "keep new pods off {} until it has been Ready for a while, before anything is restarted",
            self.name
        );
        Remedy::new(Risk::Reversible, title, [format!("kubectl cordon {}", self.name)])
    }

    fn restart(&self) -> Remedy {
        let lives = if self.docker {
            "only with live-restore on, or every container of the node dies with it"
        } else {
            "running containers live on"
        };
        let title = format!(
            "on {} as root, only after the capture: end the one container that hangs (its shim), then, if that was not \
             enough, restart the runtime ({lives}); the kubelet last, for that resets the clock, and under static CPU or \
             device managers it may reject pods that run",
            self.name
        );
        let mut all = Vec::new();
        if self.docker {
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

    fn reboot(&self, guests: Option<&Guests<'_>>) -> Remedy {
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
            format!("kubectl get pods -A -o wide --field-selector spec.nodeName={}", self.name),
            format!("kubectl drain {} --ignore-daemonsets --dry-run=client", self.name),
        ];
        Remedy::new(Risk::Disruptive, title, all)
    }

    fn look_back(&self) -> Remedy {
        let title = format!("on {} as root, read what hung while it was NotReady", self.name);
        let all = [
            "journalctl -u kubelet --since -2h | grep -i -e PLEG -e 'skipping pod synchronization' -e DeadlineExceeded | tail -30"
                .to_owned(),
            format!("journalctl -u {} --since -2h | grep -i -e error -e timeout | tail -30", self.unit),
            format!("kubectl get events -A --field-selector involvedObject.kind=Node,involvedObject.name={}", self.name),
        ];
        Remedy::new(Risk::ReadOnly, title, all)
    }
}
