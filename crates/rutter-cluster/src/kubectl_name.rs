//! The names under which kubectl takes a kind.

use crate::Kind;

/// What kubectl's users type instead of the plural, as `kubectl api-resources` lists it.
const SHORT: &[(&str, Kind)] = &[
    ("no", Kind::Node),
    ("ns", Kind::Namespace),
    ("po", Kind::Pod),
    ("ev", Kind::Event),
    ("deploy", Kind::Deployment),
    ("rs", Kind::ReplicaSet),
    ("sts", Kind::StatefulSet),
    ("ds", Kind::DaemonSet),
    ("rc", Kind::ReplicationController),
    ("cj", Kind::CronJob),
    ("svc", Kind::Service),
    ("ep", Kind::Endpoints),
    ("ing", Kind::Ingress),
    ("hpa", Kind::HorizontalPodAutoscaler),
    ("pdb", Kind::PodDisruptionBudget),
    ("pvc", Kind::PersistentVolumeClaim),
    ("pv", Kind::PersistentVolume),
    ("sc", Kind::StorageClass),
    ("quota", Kind::ResourceQuota),
    ("limits", Kind::LimitRange),
    ("cm", Kind::ConfigMap),
    ("csr", Kind::CertificateSigningRequest),
];

impl Kind {
    /// The kind of a word as kubectl takes it, in any case: `po`, `pod`, `pods`, `deployments.apps`, `deployment.v1.apps`.
    pub fn of_word(word: &str) -> Option<Kind> {
        let word = word.to_ascii_lowercase();
        let (name, group) = word.split_once('.').unwrap_or((&word, ""));
        let kind = Self::of_name(name)?;
        let group = match group.split_once('.') {
            Some((version, group)) if is_version(version) => group,
            _ if is_version(group) => "",
            _ => group,
        };
        (group.is_empty() || group == kind.group()).then_some(kind)
    }

    fn of_name(name: &str) -> Option<Kind> {
        let short = SHORT.iter().find(|(short, _)| *short == name).map(|(_, kind)| *kind);
        let long = |kind: &Kind| kind.plural() == name || kind.name().eq_ignore_ascii_case(name);
        short.or_else(|| Self::ALL.iter().copied().find(long))
    }

    /// The short names that kubectl takes: `po`, `deploy`, `svc`.
    pub fn short_words() -> impl Iterator<Item = &'static str> {
        SHORT.iter().map(|(short, _)| *short)
    }

    /// As `kubectl get` would be given it: `pod`.
    pub fn word(self) -> String {
        self.name().to_ascii_lowercase()
    }
}

/// `v1`, `v2beta2`.
fn is_version(text: &str) -> bool {
    let rest = text.strip_prefix('v').unwrap_or_default();
    rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_the_words_of_kubectl() {
        for (word, kind) in [
            ("po", Kind::Pod),
            ("Pod", Kind::Pod),
            ("pods", Kind::Pod),
            ("deploy", Kind::Deployment),
            ("deployments.apps", Kind::Deployment),
            ("deployment.v1.apps", Kind::Deployment),
            ("pods.v1", Kind::Pod),
            ("ing", Kind::Ingress),
            ("csinode", Kind::CsiNode),
            ("PVC", Kind::PersistentVolumeClaim),
        ] {
            assert_eq!(Kind::of_word(word), Some(kind), "{word}");
        }
        for word in ["", "p", "services.serving.knative.dev", "certificate", "pods.v1.apps", "."] {
            assert_eq!(Kind::of_word(word), None, "{word}");
        }
    }

    #[test]
    fn every_kind_has_a_word_and_no_short_name_hides_another() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_word(&kind.word()), Some(*kind));
            assert_eq!(Kind::of_word(kind.plural()), Some(*kind));
        }
    }
}
