//! What to do: see what fills the disk before images are blamed.

use rutter_cluster::objects::Node;

use crate::{Context, Finding, Remedy, Risk, hosting};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    let node = hosting::node_of(context, finding);
    let at = At { name, docker: node.is_some_and(is_docker), unit: hosting::runtime_unit(node) };
    match finding.variant {
        _ if finding.is_history() => vec![at.who_fills()],
        "runtime" => vec![at.runtime_answers(), at.runtime_log()],
        "stats" => vec![at.file_systems(), at.runtime_answers()],
        "deletion-errors" => vec![at.holders(), at.runtime_log(), at.who_fills()],
        _ => vec![at.who_fills(), at.images(), At::bound(), at.larger()],
    }
}

fn is_docker(node: &Node) -> bool {
    hosting::runtime(node) == "docker"
}

struct At<'a> {
    name: &'a str,
    docker: bool,
    unit: &'static str,
}

impl At<'_> {
    fn data(&self) -> &'static str {
        if self.docker { "/var/lib/docker" } else { "/var/lib/containerd /var/lib/containers" }
    }

    fn look(&self, what: &str, commands: impl IntoIterator<Item = String>) -> Remedy {
        Remedy::new(Risk::ReadOnly, format!("on {} as root, {what}", self.name), commands)
    }

    fn who_fills(&self) -> Remedy {
        self.look(
            "see what fills the disk: images, writable layers, logs, emptyDir, hostPath, or files deleted but still open",
            [
                format!("df -h {} /var/lib/kubelet /var/log", self.data()),
                format!("du -xh -d2 {} /var/lib/kubelet/pods /var/log 2>/dev/null | sort -rh | head -25", self.data()),
                if self.docker { "docker system df" } else { "crictl imagefsinfo; crictl stats -a" }.to_owned(),
                "lsof -nP +L1 2>/dev/null | sort -k7 -rn | head".to_owned(),
            ],
        )
    }

    fn images(&self) -> Remedy {
        let used = if self.docker {
            "docker ps -a --format '{{.Image}}' | sort | uniq -c | sort -rn"
        } else {
            "crictl ps -a -o json | grep '\"image\": \"' | sort | uniq -c | sort -rn"
        };
        let list = if self.docker { "docker images" } else { "crictl images" };
        self.look(
            "if it is images: see which containers hold them; many tags of one application on a node are a matter of how it is \
             released, and nothing to delete by hand",
            [list.to_owned(), used.to_owned()],
        )
    }

    fn bound() -> Remedy {
        Remedy::new(
            Risk::Reversible,
            "if it is what containers write: give them limits of ephemeral-storage, emptyDir a sizeLimit, or a read-only root; a \
             ResourceQuota alone bounds nothing, for pods without a limit count as 0 in it (add a LimitRange with defaults)",
            ["kubectl get pods -A -o custom-columns='NS:.metadata.namespace,POD:.metadata.name,NODE:.spec.nodeName,LIMIT:.spec.containers[*].resources.limits.ephemeral-storage'".to_owned()],
        )
    }

    fn larger(&self) -> Remedy {
        Remedy::new(
            Risk::Disruptive,
            format!(
                "if all of it is needed: a larger disk for the images of {} (100 GiB and more for big nodes or more than 200 \
                 images), drained before; raising the collector's thresholds only moves the trouble to eviction",
                self.name
            ),
            [format!("kubectl drain {} --ignore-daemonsets --dry-run=client", self.name)],
        )
    }

    fn runtime_answers(&self) -> Remedy {
        let calls: &[&str] = if self.docker {
            &[
                "timeout 10 docker version",
                "timeout 30 docker images -q | wc -l",
                "timeout 30 docker system df",
            ]
        } else {
            &[
                "timeout 10 crictl version",
                "timeout 30 crictl images -q | wc -l",
                "timeout 30 crictl imagefsinfo",
            ]
        };
        self.look(
            "see whether the runtime answers what garbage collection asks of it",
            calls.iter().map(ToString::to_string),
        )
    }

    fn runtime_log(&self) -> Remedy {
        self.look(
            "read what the runtime and the kubelet say about it",
            [
                format!("journalctl -u {} --since -30min | grep -i -e image -e error | tail -30", self.unit),
                "journalctl -u kubelet --since -30min | grep -i -e 'garbage collection' -e imageFs | tail -20".to_owned(),
            ],
        )
    }

    fn holders(&self) -> Remedy {
        let all = if self.docker {
            "docker ps -a --filter status=exited --filter status=dead"
        } else {
            "crictl ps -a --state Exited; crictl pods --state NotReady"
        };
        self.look(
            "see which stopped containers still hold the images that could not be deleted, and whether the file system became \
             read-only",
            [all.to_owned(), format!("findmnt -T {} -o TARGET,OPTIONS", self.data().split(' ').next().unwrap_or("/"))],
        )
    }

    fn file_systems(&self) -> Remedy {
        self.look(
            "see whether kubelet and runtime mean the same folder, and whether it is mounted: without these figures the node can't \
             protect its disk",
            [
                format!("findmnt -T {}; df -h {}", self.data().split(' ').next().unwrap_or("/"), self.data()),
                if self.docker { "docker info | grep -i 'root dir'" } else { "crictl imagefsinfo" }.to_owned(),
                "journalctl -u kubelet --since -30min | grep -i -e cadvisor -e imageFs -e 'image filesystem' | tail -20".to_owned(),
            ],
        )
    }
}
