//! Under which API versions a kind may be served.

use std::collections::HashSet;

use rutter_cluster::Kind;
use serde::Deserialize;

use super::{api::Api, failure::Failure};

/// Every API version under which Kubernetes has served the kind since 1.8, the best first.
fn all(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Deployment => &["apps/v1", "apps/v1beta2", "apps/v1beta1", "extensions/v1beta1"],
        Kind::ReplicaSet | Kind::DaemonSet => &["apps/v1", "apps/v1beta2", "extensions/v1beta1"],
        Kind::StatefulSet => &["apps/v1", "apps/v1beta2", "apps/v1beta1"],
        Kind::Job => &["batch/v1"],
        Kind::CronJob => &["batch/v1", "batch/v1beta1", "batch/v2alpha1"],
        Kind::EndpointSlice => &["discovery.k8s.io/v1", "discovery.k8s.io/v1beta1"],
        Kind::Ingress => &["networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1"],
        Kind::IngressClass => &["networking.k8s.io/v1", "networking.k8s.io/v1beta1"],
        Kind::HorizontalPodAutoscaler => {
            &["autoscaling/v2", "autoscaling/v2beta2", "autoscaling/v2beta1", "autoscaling/v1"]
        }
        Kind::PodDisruptionBudget => &["policy/v1", "policy/v1beta1"],
        Kind::StorageClass | Kind::VolumeAttachment | Kind::CsiNode => {
            &["storage.k8s.io/v1", "storage.k8s.io/v1beta1"]
        }
        Kind::Lease => &["coordination.k8s.io/v1", "coordination.k8s.io/v1beta1"],
        Kind::ValidatingWebhookConfiguration | Kind::MutatingWebhookConfiguration => {
            &["admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1"]
        }
        Kind::ApiService => &["apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1beta1"],
        Kind::CertificateSigningRequest => &["certificates.k8s.io/v1", "certificates.k8s.io/v1beta1"],
        // The core has had one version since 1.0.
        _ => &["v1"],
    }
}

/// The API versions that a cluster serves.
#[derive(Debug, Default)]
pub(super) struct Served {
    /// `apps/v1`, …; `None` if the cluster doesn't tell.
    named: Option<HashSet<String>>,
}

impl Served {
    /// Asks the cluster. One that doesn't tell is asked for each version in turn later.
    pub(super) async fn ask(api: &Api) -> Result<Self, Failure> {
        match api.get("/apis", "application/json").await {
            Ok(bytes) => Ok(Self::parse(&bytes)),
            Err(failure) if failure.code().is_some() => Ok(Self::default()),
            Err(failure) => Err(failure),
        }
    }

    /// Reads an APIGroupList.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Groups {
            groups: Vec<Group>,
        }
        #[derive(Deserialize)]
        struct Group {
            versions: Vec<Version>,
        }
        #[derive(Deserialize)]
        struct Version {
            #[serde(rename = "groupVersion")]
            name: String,
        }
        let groups: Option<Groups> = serde_json::from_slice(bytes).ok();
        let name = |groups: Groups| groups.groups.into_iter().flat_map(|group| group.versions);
        Self { named: groups.map(|groups| name(groups).map(|version| version.name).collect()) }
    }

    /// The versions to try for a kind, the best first; empty if the cluster serves none of them.
    pub(super) fn of(&self, kind: Kind) -> Vec<&'static str> {
        let served = |version: &&str| match &self.named {
            Some(named) => !version.contains('/') || named.contains(*version),
            None => true,
        };
        all(kind).iter().copied().filter(served).collect()
    }
}

/// What to say of a kind that the cluster doesn't serve.
pub(super) fn absent_note(kind: Kind) -> String {
    format!("the cluster does not serve {} ({})", kind.plural(), all(kind).join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_s_version_comes_first() {
        for kind in Kind::served() {
            assert_eq!(all(kind)[0], kind.api_version(), "{kind}");
        }
    }

    #[test]
    fn an_old_cluster_is_read_under_old_versions() {
        let served = Served::parse(
            br#"{"kind":"APIGroupList","groups":[{"name":"extensions","versions":[{"groupVersion":"extensions/v1beta1","version":"v1beta1"}]},
            {"name":"batch","versions":[{"groupVersion":"batch/v1"},{"groupVersion":"batch/v1beta1"}]}]}"#,
        );
        assert_eq!(served.of(Kind::Deployment), ["extensions/v1beta1"]);
        assert_eq!(served.of(Kind::CronJob), ["batch/v1", "batch/v1beta1"]);
        assert_eq!(served.of(Kind::Pod), ["v1"]);
        assert!(served.of(Kind::EndpointSlice).is_empty());
    }

    #[test]
    fn a_cluster_that_does_not_tell_is_asked_for_all() {
        assert_eq!(Served::parse(b"<html>").of(Kind::PodDisruptionBudget), ["policy/v1", "policy/v1beta1"]);
    }
}
