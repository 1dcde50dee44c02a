//! What of a recording belongs to a case.

use rutter_cluster::Kind;
use serde_json::Value;

use super::{Body, Document, Wanted};
use crate::record::scrub;

/// So many lines of a log are kept.
const LINES: usize = 60;

/// Leaves what the scenario made and what it runs on, without what nothing reads.
pub(super) fn keep(documents: &mut Vec<Document>, wanted: &Wanted<'_>) {
    documents.retain_mut(|document| {
        let in_namespace = wanted.has_file(&document.path);
        match &mut document.body {
            Body::Log(text) => {
                *text = last_lines(text);
                wanted.logs && in_namespace
            }
            Body::List(answer) if is_kubelet(answer) => {
                trim(answer, wanted);
                wanted.node_events
            }
            Body::List(list) => keep_items(list, wanted),
        }
    });
    // A dump's namespaces are its folders: one without any object is left out with its empty lists.
    let has_objects = |document: &Document| match &document.body {
        Body::List(list) => {
            list["items"].as_array().is_some_and(|items| !items.is_empty()) || is_kubelet(list)
        }
        Body::Log(_) => true,
    };
    documents.retain(|document| wanted.has_file(&document.path) || has_objects(document));
}

/// Whether it is what a kubelet says of itself: figures, or settings.
fn is_kubelet(answer: &Value) -> bool {
    answer["node"]["nodeName"].is_string() || answer["kubeletconfig"].is_object()
}

/// Leaves what Rutter reads of a kubelet's answer, about the scenario's pods.
fn trim(answer: &mut Value, wanted: &Wanted<'_>) {
    if let Some(settings) = answer["kubeletconfig"].as_object_mut() {
        settings.retain(|name, _| name == "evictionHard");
        return;
    }
    if let Some(pods) = answer["pods"].as_array_mut() {
        pods.retain(|pod| pod["podRef"]["namespace"].as_str().is_some_and(|name| wanted.has(name)));
    }
    retain(answer);
}

/// The fields of a kubelet's figures that the model has: `rutter_cluster::KubeletStats`.
const FIGURES: [&str; 22] = [
    "node",
    "nodeName",
    "fs",
    "runtime",
    "imageFs",
    "memory",
    "pods",
    "podRef",
    "name",
    "namespace",
    "uid",
    "containers",
    "rootfs",
    "logs",
    "volume",
    "ephemeral-storage",
    "availableBytes",
    "capacityBytes",
    "usedBytes",
    "inodesFree",
    "inodes",
    "workingSetBytes",
];

fn retain(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| FIGURES.contains(&name.as_str()));
            fields.values_mut().for_each(retain);
        }
        Value::Array(all) => {
            all.retain(|one| !is_token(one));
            all.iter_mut().for_each(retain);
        }
        _ => {}
    }
}

/// The volume of the token that each pod mounts.
fn is_token(volume: &Value) -> bool {
    volume["name"].as_str().is_some_and(|name| name.starts_with("kube-api-access-"))
}

/// Whether anything can be in the list: not only a version, or a kind that no lesson knows.
fn keep_items(list: &mut Value, wanted: &Wanted<'_>) -> bool {
    let of_list =
        list["kind"].as_str().and_then(|kind| kind.strip_suffix("List")).unwrap_or_default().to_owned();
    let version = list["apiVersion"].clone();
    let Some(items) = list["items"].as_array_mut() else { return false };
    items.retain(|item| belongs(item, &of_list, version.as_str().unwrap_or_default(), wanted));
    items.iter_mut().for_each(strip);
    if let Some(list) = list.as_object_mut() {
        list.remove("metadata");
    }
    true
}

fn belongs(item: &Value, of_list: &str, version: &str, wanted: &Wanted<'_>) -> bool {
    let text = |at: &str| item.pointer(at).and_then(Value::as_str).unwrap_or_default();
    let kind = item["kind"].as_str().unwrap_or(of_list);
    let Some(kind) = Kind::of(item["apiVersion"].as_str().unwrap_or(version), kind) else { return false };
    let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
    let about = [text("/involvedObject/kind"), text("/regarding/kind")];
    match kind {
        Kind::Node | Kind::StorageClass | Kind::VolumeAttachment => true,
        Kind::PersistentVolume => wanted.has(text("/spec/claimRef/namespace")),
        Kind::Lease if namespace == "kube-node-lease" => true,
        Kind::Event if about.contains(&"Node") => wanted.node_events,
        // What the control plane puts into each namespace.
        Kind::ConfigMap if name == "kube-root-ca.crt" => false,
        Kind::Secret if text("/type") == "kubernetes.io/service-account-token" => false,
        // What is in no namespace is the scenario's if it is called after it.
        Kind::ValidatingWebhookConfiguration
        | Kind::MutatingWebhookConfiguration
        | Kind::ApiService
        | Kind::IngressClass
        | Kind::CertificateSigningRequest => name.split('.').any(|label| wanted.has(label)),
        _ => wanted.has(namespace),
    }
}

/// Removes what changes with each recording and tells nothing, and the token that each pod mounts.
fn strip(item: &mut Value) {
    scrub(item);
    if let Some(metadata) = item["metadata"].as_object_mut() {
        metadata.remove("resourceVersion");
        metadata.remove("selfLink");
        let annotations = metadata.get_mut("annotations").and_then(Value::as_object_mut);
        if let Some(annotations) = annotations {
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }
    // The scheduler adds the machine's name to its own.
    for reporter in ["reportingController", "reportingComponent"] {
        let Some(name) = item[reporter].as_str().map(str::to_owned) else { continue };
        if item["reportingInstance"].as_str().is_some_and(|one| one.starts_with(&name)) {
            item["reportingInstance"] = name.into();
        }
    }
    let drop_tokens = |value: &mut Value| {
        if let Some(all) = value.as_array_mut() {
            all.retain(|one| !is_token(one));
        }
    };
    for (at, mounts) in [
        ("/spec/volumes", ""),
        ("/spec/containers", "volumeMounts"),
        ("/spec/initContainers", "volumeMounts"),
        ("/status/containerStatuses", "volumeMounts"),
        ("/status/initContainerStatuses", "volumeMounts"),
    ] {
        let Some(found) = item.pointer_mut(at) else { continue };
        if mounts.is_empty() {
            drop_tokens(found);
        } else {
            let containers = found.as_array_mut().into_iter().flatten();
            containers.filter_map(|container| container.get_mut(mounts)).for_each(drop_tokens);
        }
    }
}

/// The end, and what a dump says of which container's log it is.
fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(LINES);
    let kept =
        lines.iter().enumerate().filter(|(at, line)| *at >= from || line.starts_with("==== START logs"));
    kept.flat_map(|(_, line)| [line, "\n"]).collect()
}
