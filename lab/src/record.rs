//! Recording a running cluster, in the forms that people send.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::namespace::run;
use crate::toolchain::{self, Program};

/// What a recording looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A file for each kind, as `kubectl get --all-namespaces -o json` gives it.
    Get,
    /// As `kubectl cluster-info dump` gives it.
    Dump,
}

/// Writes what the cluster in `folder` holds to `to`, which is made.
pub fn record(folder: &Folder, to: &Path, form: Form) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    match form {
        Form::Get => get(folder, to),
        Form::Dump => {
            let to = format!("--output-directory={}", to.display());
            // Else a node that does not answer holds it for minutes, for the log of each of its containers.
            let args =
                ["--request-timeout=20s", "cluster-info", "dump", "--all-namespaces", "-o", "json", &to];
            folder.kubectl(&args).map(drop)
        }
    }
}

fn get(folder: &Folder, to: &Path) -> Result<()> {
    let kinds: Vec<_> = folder
        .kubectl(&["api-resources", "--verbs=list", "--no-headers"])?
        .lines()
        .filter_map(Listable::read)
        .collect();
    let names: Vec<_> = kinds.iter().map(|kind| kind.resource.as_str()).collect();
    // In one call: within a second or two, so that what was deleted meanwhile is not still named elsewhere.
    let text = folder.kubectl(&["get", &names.join(","), "--all-namespaces", "-o", "json"])?;
    let mut all: Value = serde_json::from_str(&text)?;
    let mut items = all["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
    items.iter_mut().for_each(scrub);
    let mut files = BTreeSet::new();
    for kind in &kinds {
        // Also the empty ones: that there are none is worth knowing.
        let (ours, others) = items.into_iter().partition(|item| kind.is_of(item));
        items = others;
        let list = json!({ "apiVersion": "v1", "kind": "List", "metadata": {}, "items": Value::Array(ours) });
        // As `pods` and `pods.metrics.k8s.io`.
        let name = if files.insert(kind.plural()) { kind.plural() } else { &kind.resource };
        write(&to.join(format!("{name}.json")), &format!("{list:#}\n"))?;
    }
    write(&to.join("version.json"), &folder.kubectl(&["version", "-o", "json"])?)?;
    kubelets(folder, to, kinds.iter().any(|kind| kind.kind == "Node"))
}

/// What each kubelet that answers says of itself, as `kubectl get --raw` gives it.
fn kubelets(folder: &Folder, to: &Path, has_nodes: bool) -> Result<()> {
    if !has_nodes {
        return Ok(());
    }
    let names = folder.kubectl(&["get", "nodes", "-o", "jsonpath={.items[*].metadata.name}"])?;
    // Fake nodes have no kubelet, and nobody needs a thousand of them.
    for node in names.split_whitespace().filter(|name| !name.starts_with("fake-")) {
        for (path, file) in [("stats/summary", "stats"), ("configz", "configz")] {
            let raw = format!("--raw=/api/v1/nodes/{node}/proxy/{path}");
            // A broken node's kubelet may not answer: that is part of the record, too.
            if let Ok(text) = folder.kubectl(&["--request-timeout=10s", "get", &raw]) {
                let value: Value = serde_json::from_str(&text)?;
                write(&to.join(format!("{file}-{node}.json")), &format!("{value:#}\n"))?;
            }
        }
    }
    Ok(())
}

/// A kind of object that can be listed.
#[derive(Debug, PartialEq, Eq)]
struct Listable {
    /// As `deployments.apps`.
    resource: String,
    version: String,
    kind: String,
}

impl Listable {
    /// Reads a line of `kubectl api-resources`, in which short names may be missing. Events are taken in their new form only.
    fn read(line: &str) -> Option<Self> {
        let words: Vec<_> = line.split_whitespace().collect();
        let [plural, .., version, _, kind] = words[..] else { return None };
        let group = version.split_once('/').map(|(group, _)| group);
        let resource = group.map_or_else(|| plural.to_owned(), |group| format!("{plural}.{group}"));
        (resource != "events").then(|| Self { resource, version: version.to_owned(), kind: kind.to_owned() })
    }

    fn plural(&self) -> &str {
        self.resource.split('.').next().unwrap_or_default()
    }

    fn is_of(&self, object: &Value) -> bool {
        object["apiVersion"] == *self.version && object["kind"] == *self.kind
    }
}

/// The values of Secrets do not leave the cluster; their keys do.
pub(crate) fn scrub(object: &mut Value) {
    if object["kind"] == "Secret" {
        for value in object["data"].as_object_mut().into_iter().flat_map(|data| data.values_mut()) {
            *value = Value::String(String::new());
        }
        if let Some(annotations) = object["metadata"]["annotations"].as_object_mut() {
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("managedFields");
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

impl Folder {
    /// Runs kubectl as the cluster's administrator, and gives what it printed.
    pub fn kubectl(&self, args: &[&str]) -> Result<String> {
        run(self.kubectl_command()?.args(args))
    }

    /// kubectl, to be run as the cluster's administrator.
    pub(crate) fn kubectl_command(&self) -> Result<Command> {
        let mut command = Command::new(toolchain::ensure(Program::Kubectl)?);
        command.env("KUBECONFIG", self.admin_kubeconfig());
        Ok(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_with_and_without_short_names() {
        let read = |line| Listable::read(line).map(|kind| (kind.resource, kind.version, kind.kind));
        let kind = |resource: &str, version: &str, kind: &str| {
            Some((resource.to_owned(), version.to_owned(), kind.to_owned()))
        };
        assert_eq!(read("pods   po   v1   true   Pod"), kind("pods", "v1", "Pod"));
        assert_eq!(
            read("events   ev   events.k8s.io/v1   true   Event"),
            kind("events.events.k8s.io", "events.k8s.io/v1", "Event")
        );
        assert_eq!(
            read("csidrivers   storage.k8s.io/v1   false   CSIDriver"),
            kind("csidrivers.storage.k8s.io", "storage.k8s.io/v1", "CSIDriver")
        );
        assert_eq!(read("events   ev   v1   true   Event"), None);
    }
}
