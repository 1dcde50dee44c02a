//! The rights that a plan needs, as roles to give to whoever runs it.

use std::collections::{BTreeMap, BTreeSet};

use rutter_plan::Right;
use serde_json::{Value, json};

use crate::{exit::Failure, output};

/// Prints a ClusterRole for what has no namespace or is read of all, and a Role for each namespace.
pub(super) fn print(rights: &BTreeSet<Right>) -> Result<(), Failure> {
    let mut by_namespace = BTreeMap::<&str, Vec<&Right>>::new();
    for right in rights {
        by_namespace.entry(&right.namespace).or_default().push(right);
    }
    let roles: Vec<Value> = by_namespace.iter().map(|(namespace, rights)| role(namespace, rights)).collect();
    Ok(output::yaml(&json!({"apiVersion": "v1", "kind": "List", "items": roles}))?)
}

fn role(namespace: &str, rights: &[&Right]) -> Value {
    let mut verbs = BTreeMap::<(&str, String), BTreeSet<&str>>::new();
    for right in rights {
        let resource = match right.subresource {
            "" => right.resource.clone(),
            subresource => format!("{}/{subresource}", right.resource),
        };
        verbs.entry((&right.group, resource)).or_default().insert(right.verb);
    }
    let rules: Vec<Value> = verbs
        .iter()
        .map(|((group, resource), verbs)| json!({"apiGroups": [group], "resources": [resource], "verbs": verbs}))
        .collect();
    let (kind, metadata) = match namespace {
        "" => ("ClusterRole", json!({"name": "rutter-plan"})),
        namespace => ("Role", json!({"name": "rutter-plan", "namespace": namespace})),
    };
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata, "rules": rules})
}
