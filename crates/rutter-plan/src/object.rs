use std::fmt;

use rutter_cluster::ObjectRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An object of the cluster that a plan is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Object {
    /// `v1`, `apps/v1`, …
    pub api_version: String,
    /// `Node`, `Pod`, …
    pub kind: String,
    /// Empty for cluster-scoped objects.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Which object of that name: another one that has taken its place is not meant. Empty: whichever there is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub uid: String,
}

impl Object {
    /// The node of that name.
    pub fn node(name: &str, uid: &str) -> Self {
        Self {
            api_version: "v1".into(),
            kind: "Node".into(),
            name: name.into(),
            uid: uid.into(),
            ..Self::default()
        }
    }

    /// A pod.
    pub fn pod(namespace: &str, name: &str, uid: &str) -> Self {
        Self { namespace: namespace.into(), kind: "Pod".into(), ..Self::node(name, uid) }
    }

    /// The same object, whichever bears its name.
    #[must_use]
    pub fn by_name(&self) -> Self {
        Self { uid: String::new(), ..self.clone() }
    }

    /// The group of its API version; empty for the core.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

impl From<&ObjectRef> for Object {
    fn from(of: &ObjectRef) -> Self {
        Self {
            api_version: of.api_version.to_string(),
            kind: of.kind.to_string(),
            namespace: of.namespace.to_string(),
            name: of.name.to_string(),
            uid: of.uid.to_string(),
        }
    }
}

impl fmt::Display for Object {
    /// `Pod shop/web-0`, `Node node-a`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{} {}", self.kind, self.name)
        } else {
            write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
        }
    }
}
