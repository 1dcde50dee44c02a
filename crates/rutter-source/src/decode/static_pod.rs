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
const FOLDERS: [&str; 2] = ["etc/kubernetes/manifests", "agent/pod-manifests"];

/// Files that kubeadm and others name so.
pub(crate) const WELL_KNOWN: [&str; 4] =
    ["kube-apiserver.yaml", "kube-controller-manager.yaml", "kube-scheduler.yaml", "etcd.yaml"];

/// The most that the kubelet reads of a file (`maxConfigLength`).
pub(crate) const LARGEST: usize = 10 << 20;

/// How what is said of a file ends that holds something else.
const OTHER_KIND: &str = "not a v1 Pod";

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

/// An input that is such a folder, or a file out of one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folder {
    /// What to put before the names of its files, so that those of several folders are told apart.
    pub(crate) label: String,
    /// Where it is on this machine, with a slash at its end; empty if that can't be said in words.
    pub(crate) path: String,
    /// Whether this machine is the node, so that its files are those that the pods find.
    pub(crate) is_here: bool,
    /// Whether nothing but the looks of the file, or of its folder, says that a kubelet reads it.
    pub(crate) is_guessed: bool,
}

/// Reads one.
pub(crate) fn read(document: &Document<'_>, folder: &Folder) -> StaticPod {
    let mut read = StaticPod { is_guessed: folder.is_guessed, ..StaticPod::default() };
    let slash = if folder.label.is_empty() { "" } else { "/" };
    // A name of its own: commands that hold a bare `-` would be kept back for it.
    let file = if document.path == "-" { "stdin" } else { document.path };
    read.meta.name = format!("{}{slash}{file}", folder.label.trim_end_matches('/')).as_str().into();
    if !folder.path.is_empty() {
        read.path = format!("{}{}", folder.path, document.path).as_str().into();
    }
    match pod(document.bytes) {
        Ok((pod, mounts)) => {
            read.missing_paths = if folder.is_here { mounts.missing() } else { Vec::new() };
            read.without_volume = mounts.without_volume();
            (read.pod, read.mount_paths) = (Some(Box::new(pod)), mounts.paths());
        }
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
    init_containers: Vec<MountsContainer>,
    volumes: Vec<MountsVolume>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct MountsVolume {
    name: Str,
    host_path: Option<HostPath>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HostPath {
    path: Str,
    r#type: Str,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct MountsContainer {
    volume_mounts: Vec<Mount>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Mount {
    name: Str,
    mount_path: Str,
}

impl Mounts {
    /// What a kubelet checks before it starts the pod, and would not find on this machine (`hostPath type check failed`).
    fn missing(&self) -> Vec<Str> {
        let host_paths = self.spec.volumes.iter().filter_map(|volume| volume.host_path.as_ref());
        let is_missing = |of: &&HostPath| {
            let found = std::fs::metadata(of.path.as_str());
            match of.r#type.as_str() {
                "File" => !found.is_ok_and(|found| found.is_file()),
                "Directory" => !found.is_ok_and(|found| found.is_dir()),
                _ => false,
            }
        };
        host_paths.filter(is_missing).map(|of| of.path.clone()).collect()
    }

    /// What is mounted and is no volume of the pod. (A volume of a mount without a name is another fault, told by the name.)
    fn without_volume(&self) -> Vec<Str> {
        let all = self.spec.init_containers.iter().chain(&self.spec.containers);
        let names = all.flat_map(|container| &container.volume_mounts).map(|mount| &mount.name);
        let is_volume = |name: &Str| self.spec.volumes.iter().any(|volume| volume.name == *name);
        names.filter(|name| !is_volume(name)).cloned().collect()
    }

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
        (version, kind) => Err(format!("it is {version} {kind}, {OTHER_KIND}")),
    }
}

/// Whether these bytes are what a person edits, well or not: no other kind, and no pod as an API server shows it.
pub(crate) fn is_definition(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Status {
        status: Option<serde::de::IgnoredAny>,
    }
    let text = String::from_utf8_lossy(bytes);
    match pod(bytes) {
        Ok(_) => yaml::first(&text)
            .and_then(|(line, first)| parse::<Status>(first, line).ok())
            .is_none_or(|pod| pod.status.is_none()),
        Err(error) => !error.ends_with(OTHER_KIND),
    }
}

/// More than any person writes; larger texts are not looked at as a whole.
const LARGEST_MANIFEST: usize = 256 << 10;

/// Whether these bytes are one Pod and nothing else, without what an API server or a scheduler gives it: no cluster has it yet.
pub(crate) fn is_manifest(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Given {
        status: Option<serde::de::IgnoredAny>,
        #[serde(default)]
        metadata: GivenMeta,
        #[serde(default)]
        spec: GivenSpec,
    }
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct GivenMeta {
        uid: Str,
        creation_timestamp: Option<Str>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct GivenSpec {
        node_name: Str,
    }
    if bytes.len() > LARGEST_MANIFEST || pod(bytes).is_err() {
        return false;
    }
    let text = String::from_utf8_lossy(bytes);
    let Some((line, first)) = yaml::only(&text) else { return false };
    parse::<Given>(first, line).is_ok_and(|given| {
        let is_new = given.metadata.uid.is_empty() && given.metadata.creation_timestamp.is_none();
        given.status.is_none() && is_new && given.spec.node_name.is_empty()
    })
}

/// Reads YAML, which JSON is, too; the lines before the document are counted in what is said of an error.
fn parse<T: for<'de> Deserialize<'de>>(text: &str, before: usize) -> Result<T, String> {
    // Of two keys of one name the last counts, as for the kubelet.
    let options = serde_saphyr::options! { duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
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
        assert!(!is_path("deploy/kubernetes/manifests/web.yaml"));
        assert!(is_path("etc/kubernetes/manifests/etcd.yaml") && is_folder("/etc/kubernetes/manifests/"));
        assert!(is_folder("var/lib/rancher/rke2/agent/pod-manifests"));
        assert!(!is_path("etc/kubernetes/manifests/.etcd.yaml.swp"));
        assert!(!is_path("etc/kubernetes/manifests/old/etcd.yaml") && !is_folder("repository/manifests"));
    }

    #[test]
    fn paths_that_are_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().display();
        let text = format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  volumes:\n  - {{name: a, hostPath: {{path: {dir}, type: Directory}}}}\n  - {{name: b, hostPath: {{path: \
             {dir}, type: File}}}}\n  - {{name: c, hostPath: {{path: {dir}/none, type: DirectoryOrCreate}}}}\n  - {{name: d, hostPath: {{path: {dir}/gone, type: File}}}}\n"
        );
        let (_, mounts) = pod(text.as_bytes()).unwrap();
        let missing: Vec<String> = mounts.missing().iter().map(ToString::to_string).collect();
        assert_eq!(missing, [format!("{dir}"), format!("{dir}/gone")]);
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
        assert!(read("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nmetadata: {name: b}\n").is_ok());
        assert!(is_definition(b"apiVersion: v1\nkind: Pod\n") && is_definition(b"apiVersion: v1\nkind: [\n"));
        assert!(!is_definition(b"apiVersion: v1\nkind: Pod\nstatus: {phase: Running}\n"));
        assert!(!is_definition(b"apiVersion: apps/v1\nkind: StatefulSet\n"));
        assert!(pod(&[0xff, 0xfe, 0]).is_err() && read(&"a".repeat(LARGEST + 1)).is_err());
    }
}
