//! Whether an action's effect is there: what tells, after an interruption, if it was sent.

use serde_json::Value;

use crate::{Action, OPERATION, Object, PatchKind, Sight, Unread};

impl Action {
    /// What must be read to tell whether it was done.
    pub fn touches(&self) -> Vec<Object> {
        let other = match self {
            Self::RollBack { to, .. } => Some(to.by_name()),
            _ => None,
        };
        self.writes_to().map(|object| object.by_name()).into_iter().chain(other).collect()
    }

    /// The pod template that a [`Action::RollBack`] gives.
    ///
    /// # Errors
    /// If the ReplicaSet could not be read, or is gone.
    pub fn template(sight: &Sight, to: &Object) -> Result<Value, Unread> {
        let found = sight.object(to)?.filter(|found| is_meant(found, to));
        let template = found.and_then(|found| found.pointer("/spec/template")).cloned();
        let mut template = template.ok_or_else(|| Unread(format!("{to} is gone")))?;
        // The Deployment's controller adds it, from the template's hash.
        if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
            labels.remove("pod-template-hash");
        }
        Ok(template)
    }

    /// Whether its effect is there, by this operation or by somebody else. Nothing for what leaves no effect to look at.
    ///
    /// # Errors
    /// If what it touches could not be read.
    pub fn is_done(&self, sight: &Sight, operation: &str) -> Result<bool, Unread> {
        let Some(object) = self.writes_to() else { return Ok(false) };
        let found = sight.object(&object)?;
        let Some(found) = found.filter(|found| is_meant(found, &object)) else {
            return Ok(matches!(self, Self::Evict { .. } | Self::Delete { .. }));
        };
        Ok(match self {
            Self::Wait | Self::Person { .. } => false,
            Self::Evict { .. } | Self::Delete { .. } => {
                found.pointer("/metadata/deletionTimestamp").is_some()
            }
            Self::Create { .. } => annotation(found, OPERATION) == Some(operation),
            Self::Patch { body, kind, .. } => contains(found, body, *kind),
            Self::RollBack { to, .. } => found.pointer("/spec/template") == Some(&Self::template(sight, to)?),
            Self::Taint { key, value, effect, .. } => has_taint(found, key, effect, Some(value)),
            Self::Untaint { key, effect, .. } => !has_taint(found, key, effect, None),
        })
    }
}

fn is_meant(found: &Value, object: &Object) -> bool {
    object.uid.is_empty() || found.pointer("/metadata/uid").and_then(Value::as_str) == Some(&object.uid)
}

fn annotation<'v>(object: &'v Value, key: &str) -> Option<&'v str> {
    object.pointer("/metadata/annotations")?.get(key)?.as_str()
}

/// Whether a node has the taint, with that value if one is given.
pub(crate) fn has_taint(node: &Value, key: &str, effect: &str, value: Option<&str>) -> bool {
    let taints = node.pointer("/spec/taints").and_then(Value::as_array).into_iter().flatten();
    let text =
        |taint: &Value, field: &str| taint.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    taints.into_iter().any(|taint| {
        text(taint, "key") == key
            && text(taint, "effect") == effect
            && value.is_none_or(|value| text(taint, "value") == value)
    })
}

/// Whether a patch would change nothing of the object.
fn contains(object: &Value, patch: &Value, kind: PatchKind) -> bool {
    let Value::Object(fields) = patch else {
        return if kind == PatchKind::Strategic { contains_list(object, patch) } else { object == patch };
    };
    fields.iter().all(|(key, wanted)| match (object.get(key), wanted) {
        // What Kubernetes doesn't write it reads as false, 0 or empty.
        (None, Value::Null | Value::Bool(false)) => true,
        (None, Value::Object(fields)) => fields.values().all(Value::is_null),
        (None, _) | (Some(_), Value::Null) => false,
        (Some(has), wanted) => contains(has, wanted, kind),
    })
}

/// A strategic patch's list names its items; each must be there with what is wanted of it.
fn contains_list(object: &Value, patch: &Value) -> bool {
    let (Some(has), Some(wanted)) = (object.as_array(), patch.as_array()) else { return object == patch };
    wanted.iter().all(|one| match one.get("name") {
        Some(name) => {
            has.iter().any(|item| item.get("name") == Some(name) && contains(item, one, PatchKind::Strategic))
        }
        None => has.contains(one),
    })
}
