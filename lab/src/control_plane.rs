//! How the processes of the control plane are run.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::folder::Folder;
use crate::network;
use crate::pki::{Authority, SigningKeys};
use crate::toolchain::{self, Program};

/// Every request is written down with who made it, never what was in it.
const AUDIT_POLICY: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{ level: Metadata }]
";

/// Admission that would change or refuse what a recording holds: all of it but the rule that a namespace must exist.
const ADMISSION_OFF: [&str; 15] = [
    "DefaultIngressClass",
    "DefaultStorageClass",
    "DefaultTolerationSeconds",
    "LimitRanger",
    "MutatingAdmissionWebhook",
    "PersistentVolumeClaimResize",
    "PodSecurity",
    "Priority",
    "ResourceQuota",
    "RuntimeClass",
    "ServiceAccount",
    "StorageObjectInUseProtection",
    "TaintNodesByCondition",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionWebhook",
];

/// Where the processes listen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endpoints {
    pub(crate) address: Ipv4Addr,
    pub(crate) api: u16,
    pub(crate) etcd: u16,
    pub(crate) etcd_peer: u16,
    /// Whether there are nodes, which reach the API server over a network.
    pub(crate) nodes: bool,
}

impl Endpoints {
    /// Ports on loopback that were free a moment ago. They are held together, so that they differ.
    pub(crate) fn choose() -> Result<Self> {
        let held: Vec<_> =
            (0..3).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect::<Result<_, _>>()?;
        let port = |index: usize| held[index].local_addr().map(|address| address.port());
        let address = Ipv4Addr::LOCALHOST;
        Ok(Self { address, api: port(0)?, etcd: port(1)?, etcd_peer: port(2)?, nodes: false })
    }

    /// The usual ports, in a network of the lab's own.
    pub(crate) fn in_network(address: Ipv4Addr) -> Self {
        Self { address, api: 6443, etcd: 2379, etcd_peer: 2380, nodes: true }
    }

    pub(crate) fn server(&self) -> String {
        format!("{}:{}", self.address, self.api)
    }
}

/// The files that the API server is started with.
pub(crate) struct Files {
    ca: PathBuf,
    ca_key: PathBuf,
    client_certificate: PathBuf,
    client_key: PathBuf,
    proxy_certificate: PathBuf,
    proxy_key: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    signing_key: PathBuf,
    verifying_key: PathBuf,
    tokens: PathBuf,
    audit_policy: PathBuf,
}

impl Files {
    /// Writes them. `tokens` has a line for each user, in the form of `--token-auth-file`.
    pub(crate) fn write(
        folder: &Folder,
        authority: &Authority,
        address: Ipv4Addr,
        tokens: &str,
    ) -> Result<Self> {
        let service_accounts = SigningKeys::new()?;
        let addresses = [address, network::CONTROL_PLANE, network::KUBERNETES_SERVICE];
        let server = authority.server("kubernetes.default.svc", &addresses)?;
        let client = authority.client("kube-apiserver-kubelet-client", Some("system:masters"))?;
        let proxy = authority.client("front-proxy-client", None)?;
        Ok(Self {
            ca: folder.write("ca.crt", authority.certificate())?,
            ca_key: folder.write("ca.key", &authority.key())?,
            client_certificate: folder.write("kubelet-client.crt", &client.certificate)?,
            client_key: folder.write("kubelet-client.key", &client.key)?,
            proxy_certificate: folder.write("front-proxy.crt", &proxy.certificate)?,
            proxy_key: folder.write("front-proxy.key", &proxy.key)?,
            certificate: folder.write("apiserver.crt", &server.certificate)?,
            key: folder.write("apiserver.key", &server.key)?,
            signing_key: folder.write("service-account.key", &service_accounts.private)?,
            verifying_key: folder.write("service-account.pub", &service_accounts.public)?,
            tokens: folder.write("tokens.csv", tokens)?,
            audit_policy: folder.write("audit-policy.yaml", AUDIT_POLICY)?,
        })
    }
}

/// etcd, in a new and empty folder.
pub(crate) fn etcd(folder: &Folder, at: Endpoints) -> Result<Command> {
    let data = folder.path().join("etcd");
    if data.exists() {
        fs::remove_dir_all(&data).context("cannot empty etcd's folder")?;
    }
    let client = format!("http://{}:{}", at.address, at.etcd);
    let peer = format!("http://{}:{}", at.address, at.etcd_peer);
    let mut command = Command::new(toolchain::ensure(Program::Etcd)?);
    command
        .args(["--name=lab", "--unsafe-no-fsync", "--log-level=warn", "--quota-backend-bytes=8589934592"])
        .arg(flag("data-dir", data.display()))
        .arg(flag("listen-client-urls", &client))
        .arg(flag("advertise-client-urls", &client))
        .arg(flag("listen-peer-urls", &peer))
        .arg(flag("initial-advertise-peer-urls", &peer))
        .arg(format!("--initial-cluster=lab={peer}"));
    Ok(command)
}

/// kube-apiserver, on the etcd of the same at.
pub(crate) fn kube_apiserver(folder: &Folder, at: Endpoints, files: &Files) -> Result<Command> {
    let mut command = Command::new(toolchain::ensure(Program::KubeApiserver)?);
    command
        .arg(format!("--etcd-servers=http://{}:{}", at.address, at.etcd))
        .args(["--allow-privileged", "--authorization-mode=Node,RBAC"])
        .arg(flag("secure-port", at.api))
        .arg(flag("cert-dir", folder.path().display()))
        .arg(flag("tls-cert-file", files.certificate.display()))
        .arg(flag("tls-private-key-file", files.key.display()))
        .arg(flag("client-ca-file", files.ca.display()))
        .arg(flag("token-auth-file", files.tokens.display()))
        .arg("--service-account-issuer=https://kubernetes.default.svc.cluster.local")
        .arg(flag("service-account-key-file", files.verifying_key.display()))
        .arg(flag("service-account-signing-key-file", files.signing_key.display()))
        .arg(flag("audit-policy-file", files.audit_policy.display()))
        .arg(flag("audit-log-path", folder.audit_log().display()))
        .arg(flag("service-cluster-ip-range", network::SERVICES));
    if at.nodes {
        command
            .args(["--bind-address=0.0.0.0", "--enable-admission-plugins=NodeRestriction"])
            .arg(flag("advertise-address", network::CONTROL_PLANE))
            .args(["--kubelet-preferred-address-types=InternalIP", "--enable-aggregator-routing"])
            .arg(flag("kubelet-certificate-authority", files.ca.display()))
            .arg(flag("kubelet-client-certificate", files.client_certificate.display()))
            .arg(flag("kubelet-client-key", files.client_key.display()))
            // As kubeadm has it: the aggregation layer's own certificate, here of the cluster's only authority.
            .arg(flag("requestheader-client-ca-file", files.ca.display()))
            .args([
                "--requestheader-allowed-names=front-proxy-client",
                "--requestheader-group-headers=X-Remote-Group",
            ])
            .args([
                "--requestheader-username-headers=X-Remote-User",
                "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            ])
            .arg(flag("proxy-client-cert-file", files.proxy_certificate.display()))
            .arg(flag("proxy-client-key-file", files.proxy_key.display()));
    } else {
        command
            .arg("--bind-address=127.0.0.1")
            .arg(flag("disable-admission-plugins", ADMISSION_OFF.join(",")))
            // Nothing but what is loaded writes the endpoints of the Service `kubernetes`.
            .arg("--endpoint-reconciler-type=none")
            // Loaded events shall outlive the lab.
            .arg("--event-ttl=720h");
    }
    Ok(command)
}

/// kube-controller-manager; with `thousands` of nodes, whose ranges of addresses are given, and not so slow.
pub(crate) fn controllers(
    folder: &Folder,
    kubeconfig: &Path,
    files: &Files,
    thousands: bool,
) -> Result<Command> {
    let mut command = Command::new(toolchain::ensure(Program::KubeControllerManager)?);
    command
        .arg(flag("kubeconfig", kubeconfig.display()))
        .arg(flag("allocate-node-cidrs", !thousands))
        .arg("--use-service-account-credentials")
        .args(requests(thousands))
        .arg(flag("cluster-cidr", network::PODS))
        .arg(flag("service-cluster-ip-range", network::SERVICES))
        .arg(flag("cert-dir", folder.path().display()))
        .arg(flag("root-ca-file", files.ca.display()))
        .arg(flag("cluster-signing-cert-file", files.ca.display()))
        .arg(flag("cluster-signing-key-file", files.ca_key.display()))
        .arg(flag("service-account-private-key-file", files.signing_key.display()));
    Ok(command)
}

/// kube-scheduler.
pub(crate) fn scheduler(folder: &Folder, kubeconfig: &Path, thousands: bool) -> Result<Command> {
    let mut command = Command::new(toolchain::ensure(Program::KubeScheduler)?);
    command.arg(flag("kubeconfig", kubeconfig.display())).arg(flag("cert-dir", folder.path().display()));
    command.args(requests(thousands));
    Ok(command)
}

/// How much a client may ask of the API server: by default so little that thousands of pods take minutes.
fn requests(thousands: bool) -> &'static [&'static str] {
    if thousands { &["--kube-api-qps=2000", "--kube-api-burst=2000"] } else { &[] }
}

fn flag(name: &str, value: impl std::fmt::Display) -> String {
    format!("--{name}={value}")
}
