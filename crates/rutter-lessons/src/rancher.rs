//! Steps on nodes of K3s and RKE2.
//!
//! There kubelet and containerd are not units of systemd but parts of one, with folders of their own. Lessons write steps for
//! plain nodes; here, and nowhere else, they become what these distributions understand.

use rutter_cluster::objects::Node;

use crate::{Context, Finding, Remedy, hosting, windows};

/// Tools for the machine of who reads the report, or for a container.
const LOCAL: [&str; 5] = ["kubectl", "rutter", "crane", "nc", "helm"];

/// What a node of such a distribution has in the place of what others have.
struct Installation {
    /// `k3s` or `rke2`, as in the names of folders.
    name: &'static str,
    /// The unit of systemd.
    unit: &'static str,
    /// Whether the control plane is part of the unit's own process.
    has_control_plane: bool,
    /// Whether containerd is the distribution's own, not one that was there before.
    has_containerd: bool,
}

/// The steps for the distribution of the node that they are about.
pub(crate) fn for_distribution(context: &Context<'_>, finding: &Finding, steps: Vec<Remedy>) -> Vec<Remedy> {
    let node = if steps.is_empty() { None } else { windows::node(context, finding) };
    let Some(node) = node.and_then(Installation::of) else { return steps };
    let mut all: Vec<Remedy> = Vec::new();
    for step in steps {
        let step = node.step(&step);
        // To start containerd anew and to start kubelet anew is the same there.
        let known = |other: &Remedy| !step.commands.is_empty() && other.commands == step.commands;
        if !all.iter().any(known) {
            all.push(step);
        }
    }
    all
}

impl Installation {
    /// By the kubelet's version (`v1.34.4+k3s1`), or the label that the distribution sets.
    fn of(node: &Node) -> Option<Self> {
        let version = node.status.node_info.kubelet_version.as_str();
        let label =
            node.meta.labels.get("node.kubernetes.io/instance-type").map_or("", |label| label.as_str());
        let is = |name: &str| {
            label == name || version.split_once('+').is_some_and(|(_, own)| own.starts_with(name))
        };
        let serves = ["control-plane", "master", "etcd"]
            .iter()
            .any(|role| node.meta.labels.contains_key(format!("node-role.kubernetes.io/{role}").as_str()));
        let (name, unit) = match (is("k3s"), is("rke2"), serves) {
            (true, _, true) => ("k3s", "k3s"),
            (true, _, false) => ("k3s", "k3s-agent"),
            (_, true, true) => ("rke2", "rke2-server"),
            (_, true, false) => ("rke2", "rke2-agent"),
            _ => return None,
        };
        let runtime = node.status.node_info.container_runtime_version.as_str();
        // A runtime that doesn't answer has no version.
        let has_containerd = name == "rke2"
            || (hosting::runtime(node) == "containerd"
                && (runtime.contains("-k3s") || runtime.ends_with("Unknown")));
        Some(Self { name, unit, has_control_plane: unit == "k3s", has_containerd })
    }

    fn step(&self, step: &Remedy) -> Remedy {
        let mut commands: Vec<String> = Vec::new();
        for command in step.commands.iter().map(|command| self.command(command)) {
            if !commands.contains(&command) {
                commands.push(command);
            }
        }
        let restarts =
            |verb: &str| commands.iter().any(|command| command.contains(&format!("{verb} {}", self.unit)));
        let mut title = step.title.replace("restart containerd", &format!("restart {}", self.unit));
        if restarts("systemctl restart") || restarts("systemctl start") {
            let more =
                if self.has_control_plane { ", containerd and the control plane" } else { " and containerd" };
            title = format!("{title} ({} is kubelet{more} in one; containers run on meanwhile)", self.unit);
        }
        Remedy { title, commands, risk: step.risk, plan: step.plan.clone() }
    }

    fn command(&self, command: &str) -> String {
        let first = command.split(' ').next().unwrap_or_default();
        if LOCAL.contains(&first) {
            return command.to_owned();
        }
        let parts: Vec<String> = command.split("; ").map(|part| self.part(part)).collect();
        parts.join("; ")
    }

    fn part(&self, part: &str) -> String {
        let part = if part.starts_with("journalctl -u ") { self.logs(part) } else { part.to_owned() };
        let mut part = part;
        for own in if self.has_containerd { &["kubelet", "containerd"][..] } else { &["kubelet"][..] } {
            for verb in ["restart", "start", "status", "show"] {
                part = part
                    .replace(&format!("systemctl {verb} {own}"), &format!("systemctl {verb} {}", self.unit));
            }
        }
        let certificate = format!("{}/client-kubelet.crt", self.agent());
        part = part.replace("/var/lib/kubelet/pki/kubelet-client-current.pem", &certificate);
        // What the kubelet is told stands there as flags, under `kubelet-arg`.
        let config = format!("/etc/rancher/{}/config.yaml", self.name);
        part = part.replace("/var/lib/kubelet/config.yaml", &config);
        if self.has_containerd { self.containerd(&part) } else { part }
    }

    /// The folder of what runs on each node.
    fn agent(&self) -> String {
        format!("/var/lib/rancher/{}/agent", self.name)
    }

    /// Tools and folders of the distribution's own containerd.
    fn containerd(&self, part: &str) -> String {
        let agent = self.agent();
        let (crictl, ctr) = if self.name == "k3s" {
            ("k3s crictl".to_owned(), "k3s ctr")
        } else {
            let bin = "/var/lib/rancher/rke2/bin";
            (
                format!("{bin}/crictl --config {agent}/etc/crictl.yaml"),
                "/var/lib/rancher/rke2/bin/ctr --address /run/k3s/containerd/containerd.sock",
            )
        };
        let part = part.replace("crictl ", &format!("{crictl} ")).replace("ctr -n", &format!("{ctr} -n"));
        let part = part
            .replace("/var/lib/containerd", &format!("{agent}/containerd"))
            .replace("/etc/containerd/certs.d", &format!("{agent}/etc/containerd/certs.d"))
            .replace("containerd config dump", &format!("cat {agent}/etc/containerd/config.toml"));
        if self.name != "k3s" {
            return part;
        }
        // Plugins are in the second since the end of 2024, in the third before.
        part.replace("/etc/cni/net.d", &format!("{agent}/etc/cni/net.d"))
            .replace("/opt/cni/bin", "/var/lib/rancher/k3s/data/cni /var/lib/rancher/k3s/data/current/bin")
    }

    /// Containerd logs to a file, and so does RKE2's kubelet; K3s' kubelet to the unit's journal.
    fn logs(&self, part: &str) -> String {
        let ends = [" | ", " > ", "   #"].iter().filter_map(|end| part.find(end));
        let (head, rest) = part.split_at(ends.min().unwrap_or(part.len()));
        if !self.has_containerd {
            return part.replace(" -u kubelet", &format!(" -u {}", self.unit));
        }
        let names = |units: &[&str]| units.iter().any(|unit| head.contains(&format!(" -u {unit}")));
        let since = head.find("--since").and_then(|at| head.get(at..)).unwrap_or_default();
        let containerd = format!("tail -n 2000 {}/containerd/containerd.log", self.agent());
        let kubelet = if self.name == "k3s" {
            format!("journalctl -u {} {since}", self.unit)
        } else {
            format!("tail -n 2000 {}/logs/kubelet.log", self.agent())
        };
        match (names(&["containerd", "crio", "docker"]), names(&["kubelet"])) {
            (true, true) => format!("({kubelet}; {containerd}){rest}"),
            (true, false) => format!("{containerd}{rest}"),
            (false, true) => format!("{kubelet}{rest}"),
            (false, false) => part.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &'static str, unit: &'static str) -> Installation {
        Installation { name, unit, has_control_plane: unit == "k3s", has_containerd: true }
    }

    #[test]
    fn a_command_finds_what_the_distribution_has() {
        let (agent, server) = (node("k3s", "k3s-agent"), node("rke2", "rke2-server"));
        for (plain, k3s, rke2) in [
            ("systemctl restart containerd", "systemctl restart k3s-agent", "systemctl restart rke2-server"),
            (
                "journalctl -u kubelet --since '2026-03-02 09:40:50 UTC' | tail -20",
                "journalctl -u k3s-agent --since '2026-03-02 09:40:50 UTC' | tail -20",
                "tail -n 2000 /var/lib/rancher/rke2/agent/logs/kubelet.log | tail -20",
            ),
            (
                "journalctl -u containerd -u kubelet --since -15min | tail -50",
                "(journalctl -u k3s-agent --since -15min; tail -n 2000 \
                 /var/lib/rancher/k3s/agent/containerd/containerd.log) | tail -50",
                "(tail -n 2000 /var/lib/rancher/rke2/agent/logs/kubelet.log; tail -n 2000 \
                 /var/lib/rancher/rke2/agent/containerd/containerd.log) | tail -50",
            ),
            (
                "timeout 10 crictl pods -q | wc -l",
                "timeout 10 k3s crictl pods -q | wc -l",
                "timeout 10 /var/lib/rancher/rke2/bin/crictl --config /var/lib/rancher/rke2/agent/etc/crictl.yaml pods -q \
                 | wc -l",
            ),
            (
                "ls -l /etc/cni/net.d /opt/cni/bin",
                "ls -l /var/lib/rancher/k3s/agent/etc/cni/net.d /var/lib/rancher/k3s/data/cni \
                 /var/lib/rancher/k3s/data/current/bin",
                "ls -l /etc/cni/net.d /opt/cni/bin",
            ),
            (
                "cp -p /var/lib/kubelet/config.yaml /var/lib/kubelet/config.yaml.before",
                "cp -p /etc/rancher/k3s/config.yaml /etc/rancher/k3s/config.yaml.before",
                "cp -p /etc/rancher/rke2/config.yaml /etc/rancher/rke2/config.yaml.before",
            ),
            (
                "journalctl --vacuum-size=500M",
                "journalctl --vacuum-size=500M",
                "journalctl --vacuum-size=500M",
            ),
            (
                "kubectl get pods | grep crictl x",
                "kubectl get pods | grep crictl x",
                "kubectl get pods | grep crictl x",
            ),
        ] {
            assert_eq!(agent.command(plain), k3s);
            assert_eq!(server.command(plain), rke2);
        }
    }

    #[test]
    fn a_foreign_runtime_keeps_its_commands() {
        let node = Installation { has_containerd: false, ..node("k3s", "k3s") };
        assert_eq!(
            node.command("journalctl -u docker -u kubelet --since -15min; systemctl restart docker"),
            "journalctl -u docker -u k3s --since -15min; systemctl restart docker"
        );
        assert_eq!(node.command("crictl images"), "crictl images");
    }
}
