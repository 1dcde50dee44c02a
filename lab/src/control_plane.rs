//! How etcd and kube-apiserver are run.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::folder::Folder;
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

/// The ports that the processes listen on, all on loopback.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) api: u16,
    pub(crate) etcd: u16,
    pub(crate) etcd_peer: u16,
}

impl Ports {
    /// Ports that were free a moment ago. They are held together, so that they differ.
    pub(crate) fn choose() -> Result<Self> {
        let held: Vec<_> =
            (0..3).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect::<Result<_, _>>()?;
        let port = |index: usize| held[index].local_addr().map(|address| address.port());
        Ok(Self { api: port(0)?, etcd: port(1)?, etcd_peer: port(2)? })
    }
}

/// The files that the API server is started with.
pub(crate) struct Files {
    ca: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    signing_key: PathBuf,
    verifying_key: PathBuf,
    tokens: PathBuf,
    audit_policy: PathBuf,
}

impl Files {
    /// Writes them. `tokens` has a line for each user, in the form of `--token-auth-file`.
    pub(crate) fn write(folder: &Folder, authority: &Authority, tokens: &str) -> Result<Self> {
        let service_accounts = SigningKeys::new()?;
        let server = authority.server("kube-apiserver")?;
        Ok(Self {
            ca: folder.write("ca.crt", authority.certificate())?,
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
pub(crate) fn etcd(folder: &Folder, ports: Ports) -> Result<Command> {
    let data = folder.path().join("etcd");
    if data.exists() {
        fs::remove_dir_all(&data).context("cannot empty etcd's folder")?;
    }
    let client = format!("http://127.0.0.1:{}", ports.etcd);
    let peer = format!("http://127.0.0.1:{}", ports.etcd_peer);
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

/// kube-apiserver, on the etcd of the same ports.
pub(crate) fn kube_apiserver(folder: &Folder, ports: Ports, files: &Files) -> Result<Command> {
    let mut command = Command::new(toolchain::ensure(Program::KubeApiserver)?);
    command
        .arg(format!("--etcd-servers=http://127.0.0.1:{}", ports.etcd))
        .args(["--bind-address=127.0.0.1", "--allow-privileged", "--authorization-mode=Node,RBAC"])
        .arg(flag("secure-port", ports.api))
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
        .arg(flag("disable-admission-plugins", ADMISSION_OFF.join(",")))
        // kubeadm's range, where most recordings have their Services.
        .arg("--service-cluster-ip-range=10.96.0.0/12")
        // Nothing but what is loaded writes the endpoints of the Service `kubernetes`.
        .arg("--endpoint-reconciler-type=none")
        // Loaded events shall outlive the lab.
        .arg("--event-ttl=720h");
    Ok(command)
}

fn flag(name: &str, value: impl std::fmt::Display) -> String {
    format!("--{name}={value}")
}
