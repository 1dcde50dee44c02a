//! Recording a running cluster, in the forms that people send.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

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
    let resources = folder.kubectl(&["api-resources", "--verbs=list", "-o", "name"])?;
    let mut names = BTreeSet::new();
    for resource in resources.lines().filter(|resource| *resource != "events") {
        let text = folder.kubectl(&["get", resource, "--all-namespaces", "-o", "json"])?;
        let mut list: Value = serde_json::from_str(&text)?;
        let items = list["items"].as_array_mut().into_iter().flatten();
        items.for_each(scrub);
        let short = resource.split('.').next().unwrap_or(resource);
        // There are pods and pods.metrics.k8s.io; the kinds of Kubernetes itself come first.
        let name = if names.insert(short) { short } else { resource };
        write(&to.join(format!("{name}.json")), &format!("{list:#}\n"))?;
    }
    write(&to.join("version.json"), &folder.kubectl(&["version", "-o", "json"])?)
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
        run(Command::new(toolchain::ensure(Program::Kubectl)?)
            .args(args)
            .env("KUBECONFIG", self.admin_kubeconfig()))
    }
}
