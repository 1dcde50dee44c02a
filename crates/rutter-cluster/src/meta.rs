//! What all objects have in common, and references between them.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::{List, Str, Time, intern, string, time};

/// An object's metadata, as far as lessons read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Meta {
    /// Name within the namespace (or the cluster).
    pub name: Str,
    /// Empty for cluster-scoped objects.
    pub namespace: Str,
    /// The API server's identity of the object; empty where the source doesn't tell.
    pub uid: Str,
    /// Opaque in principle, a growing number in every Kubernetes released: decides which of two copies is newer.
    #[serde(deserialize_with = "string::alone")]
    pub resource_version: Str,
    /// Counts changes of the spec.
    #[serde(deserialize_with = "crate::objects::int")]
    pub generation: i64,
    /// When the API server stored the object.
    #[serde(rename = "creationTimestamp", deserialize_with = "time::lenient")]
    pub created: Option<Time>,
    /// When the object must be gone: the request's time plus the grace period.
    #[serde(rename = "deletionTimestamp", deserialize_with = "time::lenient")]
    pub deleted: Option<Time>,
    /// Seconds of grace that the deletion was given.
    #[serde(deserialize_with = "crate::objects::int")]
    pub deletion_grace_period_seconds: i64,
    /// Labels, sorted by key.
    pub labels: Labels,
    /// Those annotations that lessons read: all but the bulky ones, see `keep_annotation`.
    #[serde(deserialize_with = "annotations")]
    pub annotations: Labels,
    /// Owners; at most one is the controller.
    #[serde(deserialize_with = "intern::shared")]
    pub owner_references: List<Owner>,
    /// What must happen before the object can go.
    #[serde(deserialize_with = "intern::shared")]
    pub finalizers: List<Str>,
}

impl Meta {
    /// Whether other metadata differs in nothing but the resource version.
    pub fn differs_only_by_version(&self, other: &Meta) -> bool {
        let Meta { resource_version, .. } = other;
        Meta { resource_version: resource_version.clone(), ..self.clone() } == *other
    }

    /// The owner that controls this object.
    pub fn controller(&self) -> Option<&Owner> {
        // Some foreign controllers set an owner and no controller flag; with one owner there is no doubt.
        let only = match &*self.owner_references {
            [only] => Some(only),
            _ => None,
        };
        self.owner_references.iter().find(|owner| owner.controller).or(only)
    }
}

/// A reference to an owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Owner {
    pub api_version: Str,
    pub kind: Str,
    pub name: Str,
    pub uid: Str,
    pub controller: bool,
}

/// A small map of strings (labels, annotations, selectors), sorted by key; of duplicate keys the last wins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Labels(List<(Str, Str)>);

impl Labels {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Str> {
        self.0.binary_search_by(|(k, _)| (**k).cmp(key)).ok().map(|at| &self.0[at].1)
    }

    /// Whether `key` is there, whatever its value.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// All pairs, by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Str, &Str)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The same as a list, which objects with the same labels share.
    pub fn as_list(&self) -> &List<(Str, Str)> {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<K: Into<Str>, V: Into<Str>> FromIterator<(K, V)> for Labels {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut pairs: Vec<(Str, Str)> =
            pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        // A stable sort keeps duplicates in order, so the last of them can win.
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(earlier, later);
            }
            same
        });
        Self(intern::list(pairs.into()))
    }
}

impl fmt::Display for Labels {
    /// `app=web,tier=front`, the form that `kubectl -l` takes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (key, value)) in self.iter().enumerate() {
            write!(f, "{}{key}={value}", if n > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

struct LabelsVisitor {
    keep: fn(&str) -> bool,
}

impl<'de> de::Visitor<'de> for LabelsVisitor {
    type Value = Labels;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of strings")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Labels, E> {
        Ok(Labels::default())
    }
    fn visit_none<E: de::Error>(self) -> Result<Labels, E> {
        Ok(Labels::default())
    }
    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Labels, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key::<Str>()? {
            if (self.keep)(&key) {
                pairs.push((key, map.next_value::<Str>()?));
            } else {
                map.next_value::<de::IgnoredAny>()?;
            }
        }
        Ok(pairs.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LabelsVisitor { keep: |_| true })
    }
}

fn annotations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Labels, D::Error> {
    deserializer.deserialize_any(LabelsVisitor { keep: keep_annotation })
}

/// Whether an annotation is kept. Those that hold whole manifests are dropped: they are the bulk of many clusters'
/// annotations, lessons never read them, and they can hold secrets.
fn keep_annotation(key: &str) -> bool {
    !matches!(key, "kubectl.kubernetes.io/last-applied-configuration" | "objectset.rio.cattle.io/applied")
}

/// Names an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// `v1`, `apps/v1`, …; empty where the source doesn't tell.
    pub api_version: Str,
    /// `Pod`, `Deployment`, …
    pub kind: Str,
    /// Empty for cluster-scoped objects.
    pub namespace: Str,
    /// The object's name.
    pub name: Str,
    /// Empty where unknown.
    pub uid: Str,
}

impl ObjectRef {
    /// Whether both name the same object, by kind, namespace and name. Uids are not compared: what one source knows
    /// by uid another may not.
    pub fn same(&self, other: &ObjectRef) -> bool {
        self.kind == other.kind && self.namespace == other.namespace && self.name == other.name
    }
}

impl fmt::Display for ObjectRef {
    /// `Pod shop/web-0`, `Node node-a`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{} {}", self.kind, self.name)
        } else {
            write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_sorted_and_the_last_duplicate_wins() {
        let labels: Labels = [("b", "1"), ("a", "2"), ("b", "3")].into_iter().collect();
        assert_eq!(labels.to_string(), "a=2,b=3");
        assert_eq!(labels.get("b").unwrap(), "3");
        assert_eq!(labels.get("c"), None);
    }

    #[test]
    fn the_applied_configuration_is_never_kept() {
        let json = r#"{"name":"x","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{secret}","a":"b"},
            "creationTimestamp":null,"deletionTimestamp":7,"deletionGracePeriodSeconds":true,"labels":null,"generation":1e30}"#;
        let meta: Meta = serde_json::from_str(json).unwrap();
        assert_eq!(meta.annotations.to_string(), "a=b");
        assert_eq!(meta.generation, i64::MAX);
    }
}
