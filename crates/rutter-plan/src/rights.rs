use std::collections::BTreeSet;

use crate::{Action, Condition, Need, Object, Plan, Undo};

/// A right that a plan needs of whom it runs as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// `get`, `patch`, …
    pub verb: &'static str,
    /// The API group; empty for the core.
    pub group: String,
    /// In the plural: `pods`.
    pub resource: String,
    /// `eviction`; empty for none.
    pub subresource: &'static str,
    /// Empty for cluster-scoped objects, and for lists of all namespaces.
    pub namespace: String,
}

/// Every right that running and undoing the plan needs, and no other.
pub fn rights(plan: &Plan) -> BTreeSet<Right> {
    let mut all = BTreeSet::new();
    all.extend([Right {
        verb: "get",
        group: String::new(),
        resource: "namespaces".into(),
        subresource: "",
        namespace: String::new(),
    }]);
    for step in &plan.steps {
        conditions(&mut all, step.needs.iter().chain(&step.until));
        act(&mut all, &step.action);
        if let Undo::Act { needs, action, until, .. } = &step.undo {
            conditions(&mut all, needs.iter().chain(until));
            act(&mut all, action);
        }
    }
    all
}

fn conditions<'c>(all: &mut BTreeSet<Right>, conditions: impl Iterator<Item = &'c Condition>) {
    for need in conditions.flat_map(Condition::needs) {
        let listed = |group: &str, resource: &str, namespace: &str| Right {
            verb: "list",
            group: group.into(),
            resource: resource.into(),
            subresource: "",
            namespace: namespace.into(),
        };
        all.insert(match need {
            Need::Object(object) => right("get", &object, ""),
            Need::Nodes => listed("", "nodes", ""),
            Need::PodsOn(_) => listed("", "pods", ""),
            Need::Etcd => listed("", "pods", "kube-system"),
            Need::Attachments => listed("storage.k8s.io", "volumeattachments", ""),
        });
    }
}

fn act(all: &mut BTreeSet<Right>, action: &Action) {
    let Some(object) = action.writes_to() else { return };
    all.insert(match action {
        Action::Evict { .. } => right("create", &object, "eviction"),
        Action::Create { .. } => right("create", &object, ""),
        Action::Delete { .. } => right("delete", &object, ""),
        _ => right("patch", &object, ""),
    });
    // Each write reads its object first, for its version.
    if !matches!(action, Action::Create { .. }) {
        all.extend(action.touches().iter().map(|object| right("get", object, "")));
    }
    // What blocks an eviction is told from the budgets.
    if matches!(action, Action::Evict { .. }) {
        let budgets =
            Object { api_version: "policy/v1".into(), kind: "PodDisruptionBudget".into(), ..object };
        all.insert(right("list", &budgets, ""));
    }
}

fn right(verb: &'static str, object: &Object, subresource: &'static str) -> Right {
    Right {
        verb,
        group: object.group().to_owned(),
        resource: plural(&object.kind),
        subresource,
        namespace: object.namespace.clone(),
    }
}

/// The resource of a kind. Kubernetes' own rule (`UnsafeGuessKindToResource`), which is right for all of its own kinds but
/// Endpoints.
pub fn plural(kind: &str) -> String {
    let lower = kind.to_ascii_lowercase();
    match lower.as_bytes().last() {
        _ if lower == "endpoints" => lower,
        Some(b's') => format!("{lower}es"),
        Some(b'y') if !lower.ends_with("ay") => format!("{}ies", &lower[..lower.len() - 1]),
        _ => format!("{lower}s"),
    }
}
