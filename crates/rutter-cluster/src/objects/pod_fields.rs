//! Fields of pods of which only a part is kept.

use serde::{Deserialize, Deserializer, de::IgnoredAny};

use super::{Affinity, ConfigRef, NodeTerm, PodTerm, Volume, pod::NamedSource};
use crate::{List, Str, intern};

pub(super) fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<List<Str>, D::Error> {
    let all = Vec::<NamedSource>::deserialize(deserializer)?;
    Ok(all.into_iter().map(|source| source.name).collect())
}

/// The prefix of the volume that gives a pod the token of its service account (1.21+). What follows is random, so that
/// the volumes of no two pods would be the same.
const TOKEN_VOLUME: &str = "kube-api-access-";

pub(super) fn volumes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<List<Volume>, D::Error> {
    let mut all = Vec::<Volume>::deserialize(deserializer)?;
    all.retain(|volume| !volume.name.starts_with(TOKEN_VOLUME));
    Ok(intern::list(all.into()))
}

/// Whether there is anything.
pub(super) fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::<IgnoredAny>::deserialize(deserializer)?.is_some())
}

pub(super) fn affinity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Affinity, D::Error> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Written {
        node_affinity: Option<NodeAffinity>,
        pod_anti_affinity: Option<PodAntiAffinity>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct NodeAffinity {
        #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
        required: Option<NodeSelector>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct NodeSelector {
        node_selector_terms: List<NodeTerm>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct PodAntiAffinity {
        #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
        required: Option<Vec<PodTerm>>,
    }
    let written = Option::<Written>::deserialize(deserializer)?.unwrap_or_default();
    let node = written.node_affinity.and_then(|node| node.required).unwrap_or_default();
    let apart = written.pod_anti_affinity.and_then(|pods| pods.required).unwrap_or_default();
    Ok(Affinity { node_terms: node.node_selector_terms, apart_from: intern::list(apart.into()) })
}

pub(super) fn ndots<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct DnsConfig {
        options: Option<Vec<DnsOption>>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct DnsOption {
        name: Str,
        value: Option<Str>,
    }
    let config = Option::<DnsConfig>::deserialize(deserializer)?.unwrap_or_default();
    let mut options = config.options.unwrap_or_default().into_iter();
    let value = options.find(|option| option.name == "ndots").and_then(|option| option.value);
    Ok(value.and_then(|value| value.parse().ok()))
}

pub(super) fn condition_types<'de, D: Deserializer<'de>>(deserializer: D) -> Result<List<Str>, D::Error> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Gate {
        condition_type: Str,
    }
    let all = Vec::<Gate>::deserialize(deserializer)?;
    Ok(all.into_iter().map(|gate| gate.condition_type).collect())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct KeySource {
    name: Str,
    key: Str,
    optional: bool,
}

impl KeySource {
    fn of(self, kind: &'static str) -> ConfigRef {
        ConfigRef { kind, name: self.name, key: self.key, optional: self.optional }
    }
}

pub(super) fn env_refs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<List<ConfigRef>, D::Error> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Variable {
        value_from: Option<ValueFrom>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct ValueFrom {
        config_map_key_ref: Option<KeySource>,
        secret_key_ref: Option<KeySource>,
    }
    let all = Vec::<Variable>::deserialize(deserializer)?;
    let refs = all.into_iter().filter_map(|variable| variable.value_from).flat_map(|from| {
        let config_map = from.config_map_key_ref.map(|source| source.of("ConfigMap"));
        config_map.into_iter().chain(from.secret_key_ref.map(|source| source.of("Secret")))
    });
    Ok(refs.collect())
}

pub(super) fn env_from_refs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<List<ConfigRef>, D::Error> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct From {
        config_map_ref: Option<KeySource>,
        secret_ref: Option<KeySource>,
    }
    let all = Vec::<From>::deserialize(deserializer)?;
    let refs = all.into_iter().flat_map(|from| {
        let config_map = from.config_map_ref.map(|source| source.of("ConfigMap"));
        config_map.into_iter().chain(from.secret_ref.map(|source| source.of("Secret")))
    });
    Ok(refs.collect())
}
