//! One object of a recording, and what has to change before an API server takes it.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Value, json};

/// Metadata that the API server makes itself, and refuses or ignores from others.
const MADE_BY_SERVER: [&str; 8] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Labels of a Job's pods that the API server derives from the Job's uid and name.
const JOB_LABELS: [&str; 4] =
    ["batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"];

/// An object as it was recorded; it has an API version, a kind and a name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Object {
    value: Value,
    implied: bool,
}

impl Object {
    /// Takes `value` if it is an object of Kubernetes'.
    pub(super) fn new(value: Value) -> Option<Self> {
        let object = Self { value, implied: false };
        let complete =
            ["/apiVersion", "/kind", "/metadata/name"].iter().all(|path| !object.text(path).is_empty());
        complete.then_some(object)
    }

    /// A Namespace that nobody recorded, but others are in.
    pub(super) fn namespace_named(name: &str) -> Self {
        let value = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        Self { value, implied: true }
    }

    /// Whether nobody recorded it, so that nothing is known of it but its name.
    pub(super) fn is_implied(&self) -> bool {
        self.implied
    }

    pub(super) fn api_version(&self) -> &str {
        self.text("/apiVersion")
    }

    /// The API group, empty for the core group.
    pub(super) fn group(&self) -> &str {
        self.api_version().split_once('/').map_or("", |(group, _)| group)
    }

    pub(super) fn kind(&self) -> &str {
        self.text("/kind")
    }

    pub(super) fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    pub(super) fn namespace(&self) -> Option<&str> {
        Some(self.text("/metadata/namespace")).filter(|namespace| !namespace.is_empty())
    }

    pub(super) fn uid(&self) -> Option<&str> {
        Some(self.text("/metadata/uid")).filter(|uid| !uid.is_empty())
    }

    pub(super) fn is_being_deleted(&self) -> bool {
        !self.text("/metadata/deletionTimestamp").is_empty()
    }

    /// How long a deletion was to take.
    pub(super) fn grace_period(&self) -> Option<i64> {
        self.value.pointer("/metadata/deletionGracePeriodSeconds").and_then(Value::as_i64)
    }

    /// Whether it stays when it is deleted while no controller and no kubelet is there.
    pub(super) fn outlives_deletion(&self) -> bool {
        let has_any =
            |path| self.value.pointer(path).and_then(Value::as_array).is_some_and(|all| !all.is_empty());
        let waits_for_kubelet = self.kind() == "Pod"
            && !self.text("/spec/nodeName").is_empty()
            && !matches!(self.text("/status/phase"), "Succeeded" | "Failed");
        has_any("/metadata/finalizers") || has_any("/spec/finalizers") || waits_for_kubelet
    }

    /// The strings of the object, its own uid aside, that may be uids of others.
    pub(super) fn mentions(&self) -> Vec<&str> {
        let mut strings = Vec::new();
        collect_strings(&self.value, &mut strings);
        strings.retain(|text| Some(*text) != self.uid());
        strings
    }

    /// What to send for creating it, with `uids` giving the new uid for each old one.
    pub(super) fn to_create(&self, uids: &HashMap<String, String>) -> Value {
        let mut value = self.with_new_uids(uids);
        if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
            for field in MADE_BY_SERVER {
                metadata.remove(field);
            }
        }
        match (self.group(), self.kind()) {
            ("", "Pod") => remove(&mut value, "/spec", "ephemeralContainers"),
            ("batch", "Job") => leave_selector_to_server(&mut value),
            _ => {}
        }
        value
    }

    /// What to send to the subresource that writes the object's top-level `field`, after `written` came back.
    pub(super) fn to_write(
        &self,
        field: &str,
        written: &Value,
        uids: &HashMap<String, String>,
    ) -> Option<Value> {
        let recorded = self.with_new_uids(uids).get_mut(field)?.take();
        let mut value = written.clone();
        value.as_object_mut()?.insert(field.to_owned(), recorded);
        Some(value)
    }

    pub(super) fn has_status(&self) -> bool {
        self.value.get("status").and_then(Value::as_object).is_some_and(|status| !status.is_empty())
    }

    pub(super) fn has_ephemeral_containers(&self) -> bool {
        self.value
            .pointer("/spec/ephemeralContainers")
            .and_then(Value::as_array)
            .is_some_and(|all| !all.is_empty())
    }

    fn with_new_uids(&self, uids: &HashMap<String, String>) -> Value {
        let mut value = self.value.clone();
        replace_strings(&mut value, uids);
        value
    }

    fn text(&self, path: &str) -> &str {
        self.value.pointer(path).and_then(Value::as_str).unwrap_or("")
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind())?;
        if let Some(namespace) = self.namespace() {
            write!(f, "{namespace}/")?;
        }
        f.write_str(self.name())
    }
}

fn collect_strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect_strings(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| collect_strings(field, into)),
        _ => {}
    }
}

fn replace_strings(value: &mut Value, by: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(new) = by.get(text) {
                text.clone_from(new);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace_strings(item, by)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace_strings(field, by)),
        _ => {}
    }
}

/// A Job's selector names its uid, so that only the API server can write it, unless it was chosen by hand.
fn leave_selector_to_server(job: &mut Value) {
    if job.pointer("/spec/manualSelector") == Some(&Value::Bool(true)) {
        return;
    }
    remove(job, "/spec", "selector");
    for label in JOB_LABELS {
        remove(job, "/spec/template/metadata/labels", label);
    }
}

fn remove(value: &mut Value, path: &str, field: &str) {
    let fields: Option<&mut Map<String, Value>> = value.pointer_mut(path).and_then(Value::as_object_mut);
    if let Some(fields) = fields {
        fields.remove(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_makes_is_left_out_and_uids_are_exchanged() {
        let object = Object::new(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {
                "name": "web", "uid": "old-pod", "resourceVersion": "7", "labels": { "a": "b" },
                "ownerReferences": [{ "uid": "old-set" }, { "uid": "of-nobody" }],
            },
            "spec": { "nodeName": "n", "ephemeralContainers": [{}] },
        }));
        let uids = HashMap::from([("old-set".to_owned(), "new-set".to_owned())]);
        let sent = object.unwrap().to_create(&uids);
        assert_eq!(
            sent,
            json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {
                    "name": "web", "labels": { "a": "b" },
                    "ownerReferences": [{ "uid": "new-set" }, { "uid": "of-nobody" }],
                },
                "spec": { "nodeName": "n" },
            })
        );
    }

    #[test]
    fn a_job_gets_its_selector_from_the_server() {
        let job = |manual: bool| {
            let labels = json!({ "controller-uid": "u", "app": "a" });
            let spec = json!({
                "manualSelector": manual, "selector": {}, "template": { "metadata": { "labels": labels } },
            });
            let job =
                json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "j" }, "spec": spec });
            Object::new(job).unwrap().to_create(&HashMap::new())
        };
        assert!(job(true).pointer("/spec/selector").is_some());
        assert!(job(false).pointer("/spec/selector").is_none());
        assert_eq!(job(false).pointer("/spec/template/metadata/labels"), Some(&json!({ "app": "a" })));
    }
}
