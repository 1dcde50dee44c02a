use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Object;

/// What a step does: at most one write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Action {
    /// Nothing: the step waits until its conditions hold.
    Wait,
    /// Changes an object. The write fails if the object changed after the step's conditions were looked at; they are looked
    /// at again then.
    Patch {
        /// What is changed.
        object: Object,
        /// How `body` is to be read.
        #[serde(default)]
        kind: PatchKind,
        /// The patch itself.
        body: Value,
    },
    /// Gives a Deployment the pod template of one of its earlier ReplicaSets, as `kubectl rollout undo` does.
    RollBack {
        /// The Deployment.
        workload: Object,
        /// The ReplicaSet whose template it gets.
        to: Object,
    },
    /// Adds a taint to a node; those that it has stay.
    Taint {
        /// The node.
        node: Object,
        /// The taint's key.
        key: String,
        /// Its value.
        #[serde(default)]
        value: String,
        /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
        effect: String,
    },
    /// Removes a taint from a node; the others stay.
    Untaint {
        /// The node.
        node: Object,
        /// The taint's key.
        key: String,
        /// Its effect.
        effect: String,
    },
    /// Asks the API server to evict a pod, which heeds disruption budgets. Refused for now by a budget, it is asked again.
    Evict {
        /// The pod.
        pod: Object,
        /// Seconds for the pod to end; its own if none are given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grace_seconds: Option<i64>,
    },
    /// Deletes an object, that one and no other of its name.
    Delete {
        /// What is deleted.
        object: Object,
        /// Seconds for a pod to end; its own if none are given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grace_seconds: Option<i64>,
        /// `Background`, `Foreground` or `Orphan`; the API server's choice if empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        propagation: String,
    },
    /// Creates an object.
    Create {
        /// The object, whole.
        manifest: Value,
    },
    /// Something that a person does, or knows; the run goes on when they say that it is done.
    Person {
        /// What to do or to make sure of, as one sentence.
        ask: String,
        /// How, if there are commands for it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        commands: Vec<String>,
        /// Whether the run asks for words, and keeps them in the journal: how it is known that a machine is off.
        #[serde(default)]
        proof: bool,
    },
}

/// How a patch is to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PatchKind {
    /// RFC 7386: lists are replaced as a whole.
    #[default]
    Merge,
    /// Kubernetes' own, which knows containers by their names. Not for custom resources.
    Strategic,
}

impl Action {
    /// What is written to, if the step writes to the cluster.
    pub fn writes_to(&self) -> Option<Object> {
        match self {
            Self::Wait | Self::Person { .. } => None,
            Self::Patch { object, .. } | Self::Delete { object, .. } => Some(object.clone()),
            Self::Taint { node, .. } | Self::Untaint { node, .. } => Some(node.clone()),
            Self::Evict { pod, .. } => Some(pod.clone()),
            Self::RollBack { workload, .. } => Some(workload.clone()),
            Self::Create { manifest } => Some(described(manifest)),
        }
    }
}

/// What a manifest describes.
fn described(manifest: &Value) -> Object {
    let text = |path: &str| manifest.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    Object {
        api_version: text("/apiVersion"),
        kind: text("/kind"),
        namespace: text("/metadata/namespace"),
        name: text("/metadata/name"),
        uid: String::new(),
    }
}
