//! What to do on the node: as root there, with the tools of its runtime.

use super::remedies::At;
use crate::{Remedy, Risk};

impl At<'_> {
    pub(super) fn resolve(&self) -> Option<Remedy> {
        let title = format!(
            "on {} as root, see what its own resolver says: the runtime asks the node's DNS, not the cluster's, so names \
             of Services do not resolve there",
            self.node
        );
        let host = self.host.rsplit_once(':').map_or(self.host.as_str(), |(name, _)| name);
        Self::look(title, [format!("getent ahosts {host}"), "cat /etc/resolv.conf".to_owned()])
    }

    pub(super) fn reach(&self) -> Option<Remedy> {
        let title = format!(
            "on {} as root, speak to the registry as the runtime does: 200 or 401 means that it answers; compare with \
             another node",
            self.node
        );
        let commands = [
            format!("curl -sv --max-time 20 -o /dev/null https://{}/v2/", self.host),
            "systemctl show containerd --property=Environment   # its proxy, if it has one".to_owned(),
        ];
        Self::look(title, commands)
    }

    pub(super) fn pull_by_hand(&self) -> Option<Remedy> {
        let title = format!(
            "on {} as root, pull it by hand: that shows the cause in full, and how fast it comes",
            self.node
        );
        Some(Remedy::new(Risk::Reversible, title, [format!("time crictl pull {}", self.image)]))
    }

    pub(super) fn certificate(&self) -> Option<Remedy> {
        let (host, port) = self.host.rsplit_once(':').unwrap_or((&self.host, "443"));
        let title =
            format!("on {} as root, see which certificate it gets, and what time it thinks it is", self.node);
        let commands = [
            format!(
                "openssl s_client -connect {host}:{port} -servername {host} </dev/null | openssl x509 -noout -issuer \
                 -subject -dates -ext subjectAltName"
            ),
            "date -u".to_owned(),
        ];
        Self::look(title, commands)
    }

    pub(super) fn trust(&self) -> Option<Remedy> {
        let title = "if the registry is yours, renew its certificate, or let the nodes' runtime trust its CA; never \
                     skip_verify, which lets anybody on the way replace images; plain http only inside a network you trust";
        Some(Remedy::new(Risk::Reversible, title, [format!("cat {}", self.settings())]))
    }

    pub(super) fn platforms(&self) -> Option<Remedy> {
        let title = "compare what the image is made for with what the node is, and either build it for both or keep its \
                     pods on nodes that fit (nodeSelector kubernetes.io/arch)";
        let commands = [
            format!("crane manifest {} | jq '.manifests[]?.platform'", self.image),
            "kubectl get nodes -L kubernetes.io/arch,kubernetes.io/os".to_owned(),
        ];
        Some(Remedy::new(Risk::Reversible, title, commands))
    }

    pub(super) fn disk(&self) -> Option<Remedy> {
        let title =
            format!("on {} as root, see what fills the runtime's disk: bytes, then inodes", self.node);
        let folders = "/var/lib/containerd /var/lib/docker /var/lib/containers";
        let commands = [
            format!("df -h {folders} 2>/dev/null"),
            format!("df -i {folders} 2>/dev/null"),
            "crictl images".to_owned(),
        ];
        Self::look(title, commands)
    }

    pub(super) fn disk_lesson(&self) -> Option<Remedy> {
        let title = format!(
            "free space on {} in the order of lesson disk-pressure: only images that no pod names, and only while their \
             registry can be reached",
            self.node
        );
        Some(Remedy::new(Risk::Destructive, title, ["rutter explain disk-pressure".to_owned()]))
    }

    pub(super) fn load(&self) -> Option<Remedy> {
        let title =
            format!("put the image on {} (and on every node that may run the pod), as root there", self.node);
        Some(Remedy::new(Risk::Reversible, title, ["ctr -n k8s.io images import <image.tar>".to_owned()]))
    }

    pub(super) fn may_pull(&self) -> Option<Remedy> {
        let title = format!(
            "or set imagePullPolicy IfNotPresent for container {} in the template, if a registry has {}",
            self.container, self.image
        );
        Some(Remedy::new(Risk::Disruptive, title, []))
    }

    pub(super) fn signature(&self) -> Option<Remedy> {
        let title = format!("on {} as root, see which signatures its policy demands", self.node);
        Self::look(title, ["cat /etc/containers/policy.json".to_owned()])
    }

    pub(super) fn runtime(&self) -> Option<Remedy> {
        let title = format!("on {} as root, see whether the container runtime answers", self.node);
        let commands = [
            "timeout 10 crictl images".to_owned(),
            "journalctl -u containerd -u crio -u docker --since -15min".to_owned(),
        ];
        Self::look(title, commands)
    }

    pub(super) fn watch(&self) -> Option<Remedy> {
        let title = format!(
            "on {} as root, see whether data comes in: pulls of one node wait for each other unless serializeImagePulls is \
             false",
            self.node
        );
        let commands = [
            "du -sh /var/lib/containerd/io.containerd.content.v1.content/ingest".to_owned(),
            "journalctl -u containerd --since -30min | grep -i pull".to_owned(),
        ];
        Self::look(title, commands)
    }
}
