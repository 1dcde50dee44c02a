//! The metadata of objects, and the record of who set which field.

use super::json::{Json, Key, arr, obj};
use super::rng::time;

/// The metadata of an object; what is empty is left out.
pub(super) struct Meta<'a> {
    pub(super) name: String,
    pub(super) namespace: &'a str,
    pub(super) uid: String,
    pub(super) generate_name: Option<String>,
    pub(super) generation: i64,
    pub(super) created: i64,
    pub(super) labels: Json,
    pub(super) annotations: Json,
    pub(super) owner: Json,
    pub(super) finalizers: Json,
}

impl<'a> Meta<'a> {
    pub(super) fn new(namespace: &'a str, name: impl Into<String>, uid: String, created: i64) -> Meta<'a> {
        Meta {
            name: name.into(),
            namespace,
            uid,
            generate_name: None,
            generation: 0,
            created,
            labels: Json::Absent,
            annotations: Json::Absent,
            owner: Json::Absent,
            finalizers: Json::Absent,
        }
    }

    pub(super) fn json(self) -> Json {
        let version = self.uid.bytes().fold(7, |sum: u64, byte| (sum * 31 + u64::from(byte)) % 90_000_000);
        obj! {
            "name": self.name,
            "generateName": self.generate_name.map_or(Json::Absent, Json::from),
            "namespace": Json::when(!self.namespace.is_empty(), || self.namespace.to_owned().into()),
            "uid": self.uid,
            "resourceVersion": (410_000_000 + version).to_string(),
            "generation": Json::when(self.generation > 0, || self.generation.into()),
            "creationTimestamp": time(self.created),
            "labels": self.labels,
            "annotations": self.annotations,
            "ownerReferences": self.owner,
            "finalizers": self.finalizers,
        }
    }
}

/// The one owner of an object, as its controller.
pub(super) fn owned_by(api_version: &'static str, kind: &'static str, name: String, uid: String) -> Json {
    arr![obj! {
        "apiVersion": api_version,
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": true,
        "blockOwnerDeletion": true,
    }]
}

/// The annotation of `kubectl apply`: the object as it was applied, on one line.
pub(super) fn last_applied(object: &Json) -> (&'static str, Json) {
    ("kubectl.kubernetes.io/last-applied-configuration", format!("{}\n", object.to_compact()).into())
}

/// Adds `managedFields`, which the API server sends and `kubectl get` hides: one entry for the creator of the object,
/// one for who writes its status.
pub(super) fn add_managed_fields(object: &mut Json, api_version: &'static str, kind: &str) {
    let (creator, reporter) = managers(kind);
    let Json::Object(members) = &*object else { return };
    let created = members.iter().find_map(|(key, value)| match value {
        Json::Object(meta) if key == "metadata" => {
            meta.iter().find(|(key, _)| key == "creationTimestamp").map(|(_, value)| value.clone())
        }
        _ => None,
    });
    let time = created.unwrap_or(Json::Null);
    let (status, rest): (Vec<_>, Vec<_>) = members.iter().partition(|(key, _)| key == "status");
    let entry = |manager: &'static str, members: &[&(Key, Json)], subresource: Json| {
        obj! {
            "manager": manager,
            "operation": "Update",
            "apiVersion": api_version,
            "time": time.clone(),
            "fieldsType": "FieldsV1",
            "fieldsV1": Json::Object(members.iter().map(|(key, value)| (field_key(key), fields(value))).collect()),
            "subresource": subresource,
        }
    };
    let mut entries = vec![entry(creator, &rest, Json::Absent)];
    if !status.is_empty() {
        entries.push(entry(reporter, &status, "status".into()));
    }
    if let Some(metadata) = object.member_mut("metadata") {
        metadata.push("managedFields", entries);
    }
}

fn managers(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "Pod" => ("kube-controller-manager", "kubelet"),
        "Node" | "Event" => ("kubelet", "kubelet"),
        "ReplicaSet" | "EndpointSlice" | "Endpoints" => {
            ("kube-controller-manager", "kube-controller-manager")
        }
        _ => ("kubectl-client-side-apply", "kube-controller-manager"),
    }
}

fn field_key(name: &str) -> Key {
    format!("f:{name}").into()
}

/// The set of fields of a value: the names of its members without what they hold.
fn fields(value: &Json) -> Json {
    match value {
        Json::Object(members) => {
            let present = members.iter().filter(|(_, value)| !matches!(value, Json::Absent));
            let mut set = vec![(Key::from("."), obj! {})];
            set.extend(present.map(|(key, value)| (field_key(key), fields(value))));
            Json::Object(set)
        }
        Json::Array(items) => {
            Json::Object(items.iter().filter_map(|item| Some((element_key(item)?, fields(item)))).collect())
        }
        _ => obj! {},
    }
}

/// The key of an element of a list that merges by key: its name, its type or its path.
fn element_key(item: &Json) -> Option<Key> {
    let Json::Object(members) = item else { return None };
    let key = ["uid", "name", "type", "mountPath", "ip"]
        .into_iter()
        .find_map(|wanted| members.iter().find(|(key, _)| key == wanted).map(|(_, value)| (wanted, value)))?;
    let value = key.1.to_compact();
    Some(format!("k:{{\"{}\":{value}}}", key.0).into())
}
