//! Which programs there are, and where each comes from.

use std::path::{Path, PathBuf};

/// The version of Kubernetes that is built.
pub const KUBERNETES: &str = "v1.34.4";

/// A Go module of the lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// `lab/kubernetes/`: Kubernetes and etcd.
    Kubernetes,
    /// `lab/go/`: the lab's own programs and most add-ons.
    Lab,
    /// `lab/go/kwok/`: kwok, which needs other versions of the Kubernetes libraries.
    Kwok,
}

impl Module {
    /// Where its `go.mod` is.
    pub fn folder(self) -> PathBuf {
        let lab = Path::new(env!("CARGO_MANIFEST_DIR"));
        lab.join(match self {
            Self::Kubernetes => "kubernetes",
            Self::Lab => "go",
            Self::Kwok => "go/kwok",
        })
    }
}

/// A program that the lab builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The store of the API server.
    Etcd,
    /// The API server.
    KubeApiserver,
    /// The command line client.
    Kubectl,
    /// The controllers.
    KubeControllerManager,
    /// The scheduler.
    KubeScheduler,
    /// The agent of a node.
    Kubelet,
    /// What makes Services work on a node.
    KubeProxy,
    /// What holds the namespaces of a pod.
    Pause,
    /// What stands between kubelet and containerd.
    CriProxy,
    /// The DNS server.
    Coredns,
    /// The registry of images.
    Registry,
    /// What serves the metrics of pods and nodes.
    MetricsServer,
    /// What makes volumes from folders of a node.
    LocalPathProvisioner,
    /// The controllers of the lab's cloud.
    CloudController,
    /// What answers for fake nodes.
    Kwok,
}

impl Program {
    /// What an API server needs.
    pub const CONTROL_PLANE: [Self; 3] = [Self::Etcd, Self::KubeApiserver, Self::Kubectl];

    /// What a cluster with nodes needs besides.
    pub const NODES: [Self; 7] = [
        Self::KubeControllerManager,
        Self::KubeScheduler,
        Self::Kubelet,
        Self::KubeProxy,
        Self::Pause,
        Self::CriProxy,
        Self::Coredns,
    ];

    /// The name of the binary.
    pub fn name(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::KubeApiserver => "kube-apiserver",
            Self::Kubectl => "kubectl",
            Self::KubeControllerManager => "kube-controller-manager",
            Self::KubeScheduler => "kube-scheduler",
            Self::Kubelet => "kubelet",
            Self::KubeProxy => "kube-proxy",
            Self::Pause => "pause",
            Self::CriProxy => "cri-proxy",
            Self::Coredns => "coredns",
            Self::Registry => "registry",
            Self::MetricsServer => "metrics-server",
            Self::LocalPathProvisioner => "local-path-provisioner",
            Self::CloudController => "cloud-controller",
            Self::Kwok => "kwok",
        }
    }

    /// The Go package of its `main`.
    pub(super) fn package(self) -> &'static str {
        match self {
            Self::Etcd => "go.etcd.io/etcd/server/v3",
            Self::KubeApiserver => "k8s.io/kubernetes/cmd/kube-apiserver",
            Self::Kubectl => "k8s.io/kubernetes/cmd/kubectl",
            Self::KubeControllerManager => "k8s.io/kubernetes/cmd/kube-controller-manager",
            Self::KubeScheduler => "k8s.io/kubernetes/cmd/kube-scheduler",
            Self::Kubelet => "k8s.io/kubernetes/cmd/kubelet",
            Self::KubeProxy => "k8s.io/kubernetes/cmd/kube-proxy",
            Self::Pause => "./cmd/pause",
            Self::CriProxy => "./cmd/cri-proxy",
            Self::Coredns => "./cmd/coredns",
            Self::Registry => "./cmd/registry",
            Self::MetricsServer => "sigs.k8s.io/metrics-server/cmd/metrics-server",
            Self::LocalPathProvisioner => "github.com/rancher/local-path-provisioner",
            Self::CloudController => "./cmd/cloud-controller",
            Self::Kwok => "sigs.k8s.io/kwok/cmd/kwok",
        }
    }

    /// The module that pins it.
    pub fn module(self) -> Module {
        match self {
            Self::Kwok => Module::Kwok,
            Self::MetricsServer | Self::LocalPathProvisioner => Module::Lab,
            _ if self.package().starts_with("./") => Module::Lab,
            _ => Module::Kubernetes,
        }
    }

    /// What the release builds of Kubernetes say about themselves, without which the version is `v0.0.0-master`.
    pub(super) fn ldflags(self) -> String {
        if self.module() != Module::Kubernetes {
            return "-s -w".to_owned();
        }
        let (major, minor) = KUBERNETES.trim_start_matches('v').split_once('.').unwrap_or(("", ""));
        let minor = minor.split('.').next().unwrap_or("");
        let version = "k8s.io/component-base/version";
        format!(
            "-s -w -X {version}.gitVersion={KUBERNETES} -X {version}.gitMajor={major} -X {version}.gitMinor={minor} \
             -X {version}.gitTreeState=clean"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::addons::Addon;

    fn read(module: Module, name: &str) -> String {
        fs::read_to_string(module.folder().join(name)).unwrap()
    }

    #[test]
    fn the_version_is_that_of_the_module() {
        assert!(read(Module::Kubernetes, "go.mod").contains(&format!("k8s.io/kubernetes {KUBERNETES}\n")));
        let flags = Program::Kubelet.ldflags();
        assert!(flags.contains("gitMajor=1 ") && flags.contains("gitMinor=34 "));
    }

    #[test]
    fn every_program_is_pinned() {
        let of_addons = Addon::ALL.map(Addon::program);
        for program in Program::CONTROL_PLANE.into_iter().chain(Program::NODES).chain(of_addons) {
            let package = program.package();
            let own = package.strip_prefix("./").map(|path| program.module().folder().join(path));
            let pinned = own.map_or_else(
                || read(program.module(), "tools.go").contains(&format!("\"{package}\"")),
                |path| path.is_dir(),
            );
            assert!(pinned, "{package}");
        }
    }
}
