//! Files from which a kubelet runs pods by itself.
//!
//! The kubelet (`pkg/kubelet/config/file.go`, 1.12–1.37) reads every file in its folder whose name doesn't begin with a dot,
//! whatever its ending; not what lies in folders below; and of a file the first document, which must be a Pod.

use rutter_cluster::{
    Str,
    objects::{Pod, StaticPod},
};
use serde::Deserialize;

use super::yaml;
use crate::files::Document;

/// Folders of static pods, by their ends: kubeadm's, and that of RKE2 and k3s.
const FOLDERS: [&str; 2] = ["kubernetes/manifests", "pod-manifests"];

/// Files that kubeadm and others name so: whatever their folder is called, it is one of static pods.
pub(crate) const WELL_KNOWN: [&str; 4] =
    ["kube-apiserver.yaml", "kube-controller-manager.yaml", "kube-scheduler.yaml", "etcd.yaml"];

/// Larger than any pod; the API takes 1.5 MB for all of an object.
const LARGEST: usize = 2 << 20;

/// Whether a folder is one of static pods by its path.
pub(crate) fn is_folder(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    FOLDERS
        .iter()
        .any(|end| path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/')))
}

/// Whether a document lies right in such a folder, within a dump of a node's files.
pub(crate) fn is_path(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folder, file)| is_folder(folder) && is_read(file))
}

/// Whether the kubelet reads a file of that path in its folder.
pub(crate) fn is_read(path: &str) -> bool {
    !path.contains('/') && !path.starts_with('.')
}

pub(crate) fn read(document: &Document<'_>) -> StaticPod {
    let mut read = StaticPod::default();
    // With the folders above it where the source has several; a single file has only its own name.
    read.meta.name = document.path.into();
    match pod(document.bytes) {
        Ok((pod, mounts)) => (read.pod, read.mount_paths) = (Some(Box::new(pod)), mounts.paths()),
        Err(error) => read.error = error.as_str().into(),
    }
    read
}

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[derive(Default)]
struct Head {
    api_version: String,
    kind: String,
}

/// The parts that the model of pods lacks: every pod has them, and of no other do lessons read them.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Mounts {
    spec: MountsSpec,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct MountsSpec {
    containers: Vec<MountsContainer>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct MountsContainer {
    volume_mounts: Vec<Mount>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Mount {
    mount_path: Str,
}

impl Mounts {
    fn paths(self) -> Vec<Str> {
        let mounts = self.spec.containers.into_iter().flat_map(|container| container.volume_mounts);
        mounts.map(|mount| mount.mount_path).collect()
    }
}

fn pod(bytes: &[u8]) -> Result<(Pod, Mounts), String> {
    if bytes.len() > LARGEST {
        return Err(format!("it is larger than {} MB", LARGEST >> 20));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no text".to_owned())?;
    let (line, first) = yaml::first(text).ok_or_else(|| "it is empty".to_owned())?;
    let head: Head = parse(first, line)?;
    match (head.api_version.as_str(), head.kind.as_str()) {
        ("v1", "Pod") => Ok((parse(first, line)?, parse(first, line)?)),
        ("", "") => Err("it has no apiVersion and kind".to_owned()),
        (version, kind) => Err(format!("it is {version} {kind}, not a v1 Pod")),
    }
}

/// Reads YAML, which JSON is, too; the lines before the document are counted in what is said of an error.
fn parse<T: for<'de> Deserialize<'de>>(text: &str, before: usize) -> Result<T, String> {
    serde_saphyr::from_str(text).map_err(|error| {
        let at =
            error.location().map(|at| format!("line {}: ", usize::try_from(at.line()).unwrap_or(0) + before));
        let said = error.without_snippet().to_string();
        let said = said.lines().next().unwrap_or_default().to_owned();
        format!("{}{said}", at.unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_files_are_read() {
        assert!(is_path("node-a/etc/kubernetes/manifests/kube-apiserver.yaml.bak"));
        assert!(is_path("etc/kubernetes/manifests/etcd.yaml") && is_folder("/etc/kubernetes/manifests/"));
        assert!(is_folder("var/lib/rancher/rke2/agent/pod-manifests"));
        assert!(!is_path("etc/kubernetes/manifests/.etcd.yaml.swp"));
        assert!(!is_path("etc/kubernetes/manifests/old/etcd.yaml") && !is_folder("repository/manifests"));
    }

    #[test]
    fn what_is_a_pod_and_what_is_not() {
        let read = |text: &str| pod(text.as_bytes()).map(|(pod, _)| pod);
        assert_eq!(read("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n").unwrap().meta.name, "a");
        assert_eq!(read("# old\n---\napiVersion: v1\nkind: Pod\n---\nkind: [").unwrap().meta.name, "");
        assert!(read(r#"{"apiVersion": "v1", "kind": "Pod"}"#).is_ok());
        assert_eq!(
            read("apiVersion: apps/v1\nkind: Deployment\n").unwrap_err(),
            "it is apps/v1 Deployment, not a v1 Pod"
        );
        let bad =
            read("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n   image: b\n").unwrap_err();
        assert!(bad.starts_with("line 6: "), "{bad}");
        assert_eq!(read("").unwrap_err(), "it is empty");
        assert!(pod(&[0xff, 0xfe, 0]).is_err() && read(&"a".repeat(LARGEST + 1)).is_err());
    }
}
