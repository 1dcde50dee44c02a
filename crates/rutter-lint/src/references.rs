//! Other objects that pods refer to by name.

use crate::{template::Template, yaml::Node};

/// What becomes of a pod whose reference leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// A variable can't be filled.
    ConfigError,
    /// A volume can't be made.
    Creating,
    /// No node is found for it.
    Pending,
    /// It is not even made.
    Refused,
    /// An image is asked for without credentials.
    NoCredentials,
}

/// A reference of a pod to another object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference<'o> {
    /// `ConfigMap`, …
    pub(crate) kind: &'static str,
    /// Its name.
    pub(crate) name: &'o Node,
    /// A key that must be in it.
    pub(crate) key: Option<&'o Node>,
    /// What if it isn't there.
    pub(crate) fate: Fate,
    /// The container that needs it.
    pub(crate) container: Option<&'o str>,
}

/// All references of a pod that are not optional.
pub(crate) fn of<'o>(template: &Template<'o>) -> Vec<Reference<'o>> {
    let mut found = Vec::new();
    for container in template.containers() {
        variables(container.node, container.name, &mut found);
    }
    for volume in template.spec.items_at(&["volumes"]) {
        volumes(volume, &mut found);
    }
    let mut add = |kind, name: Option<&'o Node>, fate| {
        found.extend(name.map(|name| Reference { kind, name, key: None, fate, container: None }));
    };
    for secret in template.spec.items_at(&["imagePullSecrets"]) {
        add("Secret", secret.at(&["name"]), Fate::NoCredentials);
    }
    let account = template.spec.at(&["serviceAccountName"]).or_else(|| template.spec.at(&["serviceAccount"]));
    add("ServiceAccount", account, Fate::Refused);
    add("PriorityClass", template.spec.at(&["priorityClassName"]), Fate::Refused);
    add("RuntimeClass", template.spec.at(&["runtimeClassName"]), Fate::Refused);
    found
}

fn variables<'o>(container: &'o Node, name: &'o str, found: &mut Vec<Reference<'o>>) {
    let mut add = |kind, node: Option<&'o Node>, key: &str| {
        let Some(node) = node.filter(|node| !is_optional(node)) else { return };
        let Some(referred) = node.at(&["name"]) else { return };
        let key = if key.is_empty() { None } else { node.at(&[key]) };
        let container = Some(name);
        found.push(Reference { kind, name: referred, key, fate: Fate::ConfigError, container });
    };
    for one in container.items_at(&["envFrom"]) {
        add("ConfigMap", one.at(&["configMapRef"]), "");
        add("Secret", one.at(&["secretRef"]), "");
    }
    for one in container.items_at(&["env"]) {
        add("ConfigMap", one.at(&["valueFrom", "configMapKeyRef"]), "key");
        add("Secret", one.at(&["valueFrom", "secretKeyRef"]), "key");
    }
}

fn volumes<'o>(volume: &'o Node, found: &mut Vec<Reference<'o>>) {
    let mut add = |kind, source: Option<&'o Node>, field: &str| {
        let Some(source) = source.filter(|source| !is_optional(source)) else { return };
        let Some(name) = source.at(&[field]) else { return };
        let reference = Reference { kind, name, key: None, fate: Fate::Creating, container: None };
        found.push(reference);
        let keys = source.items_at(&["items"]).iter().filter_map(|item| item.at(&["key"]));
        found.extend(keys.map(|key| Reference { key: Some(key), ..reference }));
    };
    add("ConfigMap", volume.at(&["configMap"]), "name");
    add("Secret", volume.at(&["secret"]), "secretName");
    for source in volume.items_at(&["projected", "sources"]) {
        add("ConfigMap", source.at(&["configMap"]), "name");
        add("Secret", source.at(&["secret"]), "name");
    }
    if let Some(name) = volume.at(&["persistentVolumeClaim", "claimName"]) {
        let kind = "PersistentVolumeClaim";
        found.push(Reference { kind, name, key: None, fate: Fate::Pending, container: None });
    }
}

fn is_optional(node: &Node) -> bool {
    node.at(&["optional"]).and_then(Node::bool) == Some(true)
}
