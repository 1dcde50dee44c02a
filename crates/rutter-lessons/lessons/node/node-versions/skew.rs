//! How far a kubelet is from the API server.

use rutter_cluster::{
    ObjectRef,
    objects::{Node, Pod},
};

use crate::{Context, hosting};

/// A kubelet that is further away than Kubernetes supports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Skew {
    /// Newer than the API server: of that minor version.
    TooNew(u32),
    /// Of that minor version, so many behind, where at most so many are supported.
    TooOld(u32, u32, u32),
}

impl Skew {
    /// The kubelet's minor version.
    pub(super) fn minor(&self) -> u32 {
        match self {
            Self::TooNew(minor) | Self::TooOld(minor, ..) => *minor,
        }
    }
}

/// From this minor version on, kubelets may be three versions older than the API server; those before, two.
/// (Version skew policy, since Kubernetes 1.28.)
const THREE: u32 = 25;

pub(super) fn skew(node: &Node, server: &Server) -> Option<Skew> {
    let kubelet = hosting::minor(&node.status.node_info.kubelet_version)?;
    if kubelet > server.minor {
        return Some(Skew::TooNew(kubelet));
    }
    let behind = server.minor - kubelet;
    let most = if kubelet >= THREE { 3 } else { 2 };
    (behind > most).then_some(Skew::TooOld(kubelet, behind, most))
}

/// The newest API server that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    minor: u32,
    /// What is known of it, for a person: `v1.34.4`.
    pub(super) version: String,
}

impl Server {
    /// Where their pods are seen, the newest of these: in the middle of an upgrade nodes follow it. Else what answered; in a dump
    /// that may be the newest kubelet's version, which the API server's isn't below.
    pub(super) fn newest(context: &Context<'_>) -> Option<Self> {
        let about = ObjectRef::default();
        let server = context.kept("the newest API server", &about, |context, _| Self::look(context));
        (*server).clone()
    }

    fn look(context: &Context<'_>) -> Option<Self> {
        let pods = context.api_servers().unwrap_or_default();
        let tags = pods.into_iter().filter_map(tag);
        let running =
            tags.filter_map(|tag| Some(Self { minor: hosting::minor(tag)?, version: tag.to_owned() }));
        running.max_by_key(|server| server.minor).or_else(|| {
            let version = context.version();
            Some(Self { minor: hosting::minor(version)?, version: format!("at least {version}") })
        })
    }
}

/// The tag of the image of an API server that runs as a pod.
fn tag(pod: &Pod) -> Option<&str> {
    let image = pod.spec.containers.iter().find(|container| container.name == "kube-apiserver")?;
    let (_, tag) = image.image.split('@').next()?.rsplit_once(':')?;
    Some(tag)
}
