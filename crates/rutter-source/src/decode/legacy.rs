//! Puts old forms of objects right.
//!
//! `kubectl cluster-info dump` before 1.14 encoded Kubernetes' *internal* types, which have no JSON names: fields bear
//! their Go names (`Items`, `InvolvedObject`, `PodIP`), embedded metadata lies flat in the object, and absent pointers
//! are null. (kubernetes/kubernetes#71433; the internal types are in `pkg/apis/core/types.go`.)

use serde_json::{Map, Value};

/// Go names whose JSON names are not just the lower-case beginning.
const RENAMED: &[(&str, &str)] =
    &[("LastTerminationState", "lastState"), ("DeprecatedServiceAccount", "serviceAccount")];

/// Maps whose keys are the user's, not fields.
const USER_MAPS: &[&str] = &[
    "labels",
    "annotations",
    "data",
    "stringData",
    "binaryData",
    "nodeSelector",
    "matchLabels",
    "requests",
    "limits",
    "capacity",
    "allocatable",
    "hard",
    "used",
];

/// Removes nulls; if the object bears Go names, renames its fields and puts its metadata where it belongs.
pub(crate) fn modernise(value: &mut Value) {
    remove_nulls(value);
    if is_internal(value) {
        rename(value);
        nest_metadata(value);
    }
}

fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(remove_nulls);
        }
        Value::Array(all) => {
            all.retain(|element| !element.is_null());
            all.iter_mut().for_each(remove_nulls);
        }
        _ => {}
    }
}

/// Whether this is an object of an internal type: no metadata of its own, but a name beside upper-case fields.
fn is_internal(value: &Value) -> bool {
    let Value::Object(fields) = value else { return false };
    !fields.contains_key("metadata")
        && fields.contains_key("name")
        && fields.keys().any(|key| key.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// `PodIP` → `podIP`, `UID` → `uid`, `APIVersion` → `apiVersion`: the leading capitals are lowered, but for the last
/// one before a small letter, which begins the next word.
fn json_name(name: &str) -> String {
    if let Some((_, json)) = RENAMED.iter().find(|(go, _)| *go == name) {
        return (*json).to_owned();
    }
    let capitals = name.bytes().take_while(u8::is_ascii_uppercase).count();
    let lowered = if capitals > 1 && capitals < name.len() { capitals - 1 } else { capitals };
    // `IPs`, `IDs`: a plural, not a new word.
    let lowered = if name.len() == capitals + 1 && name.ends_with('s') { capitals } else { lowered };
    name[..lowered].to_ascii_lowercase() + &name[lowered..]
}

fn rename(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let renamed = std::mem::take(fields).into_iter().map(|(name, mut field)| {
                let name = json_name(&name);
                if !USER_MAPS.contains(&name.as_str()) {
                    rename(&mut field);
                }
                (name, field)
            });
            *fields = renamed.collect();
            lift_sources(fields);
            if let Some(template) = fields.get_mut("template") {
                nest_metadata(template);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(rename),
        _ => {}
    }
}

/// Internal volumes, probes and environment sources embed a struct that bears its type's name; the API has its fields
/// one level up.
fn lift_sources(fields: &mut Map<String, Value>) {
    for embedded in ["volumeSource", "persistentVolumeSource", "handler", "localObjectReference"] {
        if let Some(Value::Object(inner)) = fields.remove(embedded) {
            fields.extend(inner);
        }
    }
}

const METADATA: &[&str] = &[
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "selfLink",
    "generateName",
];

fn nest_metadata(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    if fields.contains_key("metadata") {
        return;
    }
    let metadata: Map<String, Value> = METADATA
        .iter()
        .filter_map(|name| fields.remove(*name).map(|field| ((*name).to_owned(), field)))
        .collect();
    fields.insert("metadata".to_owned(), Value::Object(metadata));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_names_become_json_names() {
        for (go, json) in [
            ("Items", "items"),
            ("InvolvedObject", "involvedObject"),
            ("PodIP", "podIP"),
            ("UID", "uid"),
            ("APIVersion", "apiVersion"),
            ("OSImage", "osImage"),
            ("ContainerID", "containerID"),
            ("ClusterIP", "clusterIP"),
            ("LastTerminationState", "lastState"),
            ("TTLSeconds", "ttlSeconds"),
            ("PodIPs", "podIPs"),
            ("name", "name"),
            ("QOSClass", "qosClass"),
            ("FSType", "fsType"),
            ("HTTPGet", "httpGet"),
            ("ExternalIPs", "externalIPs"),
        ] {
            assert_eq!(json_name(go), json, "{go}");
        }
    }

    #[test]
    fn flattened_metadata_goes_back_and_user_keys_stay() {
        let mut pod = serde_json::json!({
            "name": "web", "namespace": "shop", "labels": {"App": "Web"}, "creationTimestamp": null,
            "Spec": {"NodeName": "node-a", "Containers": [{"Name": "c", "Resources": {"Limits": {"Memory": "1Gi"}}}]},
            "Status": {"Phase": "Running", "ContainerStatuses": [{"Name": "c", "LastTerminationState": {"Terminated": {"ExitCode": 3}}}]},
        });
        modernise(&mut pod);
        assert_eq!(
            pod["metadata"],
            serde_json::json!({"name": "web", "namespace": "shop", "labels": {"App": "Web"}})
        );
        assert_eq!(pod["spec"]["containers"][0]["resources"]["limits"]["Memory"], "1Gi");
        assert_eq!(pod["status"]["containerStatuses"][0]["lastState"]["terminated"]["exitCode"], 3);
    }
}
