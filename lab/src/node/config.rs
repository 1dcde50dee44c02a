//! The configuration of a node's programs.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Node, Part};
use crate::image::PAUSE;
use crate::kubeconfig::{self, Proof};
use crate::network::{CONTROL_PLANE, DNS_SERVICE, PODS, REGISTRY_HOST, REGISTRY_PORT, pod_range};
use crate::pki::Authority;
use crate::toolchain::{self, Program};
use std::process::Command;

const CONTAINERD: &str = "unix:///run/containerd/containerd.sock";
/// The file with the rules of the proxy.
pub(super) const CRI_RULES: &str = "cri-rules.json";
/// The file with the same rules, by those who set them.
pub(super) const CRI_RULES_BY: &str = "cri-rules-by.json";
/// Where containerd looks for how to reach the registry.
pub(super) const REGISTRY_FOLDER: &str = "etc/containerd/certs.d/registry.lab:5000";
/// Where the proxy before containerd listens.
const PROXY: &str = "unix:///run/containerd/cri.sock";

impl Node {
    /// Writes everything that its programs read; what it has in `/etc` is in the folder `etc`.
    pub(super) fn write_files(&self, authority: &Authority) -> Result<()> {
        let serving = authority.server(self.name(), &[self.address()])?;
        self.write("etc/kubernetes/ca.crt", authority.certificate())?;
        self.write("etc/kubernetes/kubelet.crt", &serving.certificate)?;
        self.write("etc/kubernetes/kubelet.key", &serving.key)?;
        self.write_kubeconfigs(authority)?;
        self.write("etc/kubernetes/kubelet.json", &format!("{:#}", self.kubelet_configuration()))?;
        self.write("etc/containerd/config.toml", &containerd_configuration())?;
        self.write(&format!("{REGISTRY_FOLDER}/hosts.toml"), &registry_configuration())?;
        self.write("etc/cni/net.d/10-lab.conflist", &format!("{:#}", self.network_configuration()))?;
        self.write("etc/resolv.conf", &format!("nameserver {CONTROL_PLANE}\n"))?;
        let hosts = "127.0.0.1 localhost\n";
        self.write(
            "etc/hosts",
            &format!("{hosts}{} {}\n{CONTROL_PLANE} {REGISTRY_HOST}\n", self.address(), self.name()),
        )
    }

    /// With certificates of `authority`; the API server is to be the cluster's all the same.
    pub(super) fn write_kubeconfigs(&self, authority: &Authority) -> Result<()> {
        let ca = self.cluster.authority()?;
        let server = format!("{CONTROL_PLANE}:6443");
        let users = [
            ("kubelet", format!("system:node:{}", self.name()), Some("system:nodes")),
            ("kube-proxy", "system:kube-proxy".to_owned(), None),
        ];
        for (program, user, group) in users {
            let identity = authority.client(&user, group)?;
            let text = kubeconfig::text(&server, ca.certificate(), &user, &Proof::Certificate(&identity));
            self.write(&format!("etc/kubernetes/{program}.kubeconfig"), &text)?;
        }
        Ok(())
    }

    fn kubelet_configuration(&self) -> Value {
        let mut configuration = json!({
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "authentication": {
                "anonymous": { "enabled": false },
                "webhook": { "enabled": true },
                "x509": { "clientCAFile": "/etc/kubernetes/ca.crt" },
            },
            "authorization": { "mode": "Webhook" },
            "tlsCertFile": "/etc/kubernetes/kubelet.crt",
            "tlsPrivateKeyFile": "/etc/kubernetes/kubelet.key",
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": format!("/{}/{}", self.cluster.cgroup(), self.name()),
            "failCgroupV1": false,
            "failSwapOn": false,
            "clusterDNS": [DNS_SERVICE],
            "clusterDomain": "cluster.local",
            "containerRuntimeEndpoint": PROXY,
            "staticPodPath": "/etc/kubernetes/manifests",
            "volumePluginDir": "/var/lib/kubelet/volume-plugins",
            // Shorter than the defaults, so that a test need not wait for minutes.
            "nodeStatusUpdateFrequency": "4s",
            "evictionPressureTransitionPeriod": "20s",
        });
        merge(&mut configuration, &self.record.options.kubelet);
        configuration
    }

    /// Each pod is at the end of a link of its own: no bridge, and so nothing to filter on one.
    fn network_configuration(&self) -> Value {
        let ranges = json!([[{ "subnet": pod_range(self.record.index) }]]);
        let ipam = json!({ "type": "host-local", "ranges": ranges, "routes": [{ "dst": "0.0.0.0/0" }] });
        json!({
            "cniVersion": "0.4.0",
            "name": "lab",
            "plugins": [
                { "type": "ptp", "ipMasq": false, "ipam": ipam },
                { "type": "portmap", "capabilities": { "portMappings": true } },
            ],
        })
    }

    /// How `part` is run.
    pub(super) fn command(&self, part: Part) -> Result<Command> {
        let inside =
            |program| Ok::<_, anyhow::Error>(self.record.namespace.command(toolchain::ensure(program)?));
        Ok(match part {
            Part::Containerd => self.record.namespace.command("containerd"),
            Part::CriProxy => {
                let mut command = inside(Program::CriProxy)?;
                command
                    .args(["--listen", PROXY, "--upstream", CONTAINERD, "--rules"])
                    .arg(self.folder().join(CRI_RULES));
                command
            }
            Part::Kubelet => {
                let mut command = inside(Program::Kubelet)?;
                command
                    .args([
                        "--config=/etc/kubernetes/kubelet.json",
                        "--kubeconfig=/etc/kubernetes/kubelet.kubeconfig",
                    ])
                    .arg(format!("--node-ip={}", self.address()));
                if self.record.cloud {
                    command.arg("--cloud-provider=external");
                }
                command
            }
            Part::KubeProxy => {
                let mut command = inside(Program::KubeProxy)?;
                command
                    .args(["--kubeconfig=/etc/kubernetes/kube-proxy.kubeconfig", "--proxy-mode=iptables"])
                    .arg(format!("--cluster-cidr={PODS}"))
                    // The machine's, which a network namespace cannot change.
                    .args(["--conntrack-max-per-core=0", "--conntrack-tcp-timeout-established=0"])
                    .arg("--conntrack-tcp-timeout-close-wait=0");
                command
            }
        })
    }
}

/// `restrict_oom_score_adj`: else no pod starts where root lacks CAP_SYS_RESOURCE, as in many a container.
fn containerd_configuration() -> String {
    format!(
        r#"version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
"#
    )
}

/// Plain HTTP, which containerd does not try by itself.
fn registry_configuration() -> String {
    let server = format!("http://{REGISTRY_HOST}:{REGISTRY_PORT}");
    format!("server = \"{server}\"\n[host.\"{server}\"]\n  capabilities = [\"pull\", \"resolve\"]\n")
}

/// Puts the fields of `more` into `base`, objects into objects.
pub(crate) fn merge(base: &mut Value, more: &Value) {
    match (base, more) {
        (_, Value::Null) => {}
        (Value::Object(base), Value::Object(more)) => {
            for (key, value) in more {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, more) => *base = more.clone(),
    }
}
