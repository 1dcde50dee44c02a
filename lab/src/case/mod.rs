//! Making a lesson's case of a recording: what a scenario made, without what is the machine's own, and the same each time.

mod keep;
mod stable;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::{note, scenario::Scenario};

/// A case is read by people, and kept for good.
const MOST_BYTES: usize = 60_000;

/// A file of a recording.
#[derive(Debug)]
struct Document {
    /// Below the recording's folder.
    path: PathBuf,
    body: Body,
}

#[derive(Debug)]
enum Body {
    /// A list of objects.
    List(Value),
    /// The log of a pod's containers.
    Log(String),
}

impl Document {
    fn items(&mut self) -> Option<&mut Vec<Value>> {
        match &mut self.body {
            Body::List(list) => list.get_mut("items")?.as_array_mut(),
            Body::Log(_) => None,
        }
    }
}

/// Writes what `scenario` left in `recording` as the case `case` (`LESSON/fires-NAME`), and gives its folder. Logs are kept
/// where `logs` says so: most lessons read none.
pub fn make_case(recording: &Path, scenario: &str, case: &str, logs: bool) -> Result<PathBuf> {
    let to = folder(case)?;
    let version = version(recording);
    let is_about_node = to.components().any(|part| part.as_os_str() == "node" || part.as_os_str() == "cloud");
    let also = Scenario::read(scenario)?.also;
    let files = files(recording, &Wanted { scenario, also: &also, logs, node_events: is_about_node })?;
    let bytes: usize = files.values().map(String::len).sum();
    ensure!(bytes <= MOST_BYTES, "the case would have {bytes} bytes, more than {MOST_BYTES}");
    write(&files, &to)?;
    let expect = to.join("expect.json");
    if !expect.exists() {
        let origin = format!("recorded: Kubernetes {version}, scenario {scenario} of the lab");
        put(&expect, &format!("{:#}\n", json!({ "origin": origin, "findings": [] })))?;
    }
    note(&format!("{}: read it, then UPDATE_CASES=1 writes what is found into it", to.display()));
    Ok(to)
}

/// What is wanted of a recording.
struct Wanted<'a> {
    /// The scenario, and its namespace.
    scenario: &'a str,
    /// Its other namespaces.
    also: &'a [String],
    /// The ends of the logs of its pods.
    logs: bool,
    /// Events about nodes.
    node_events: bool,
}

impl Wanted<'_> {
    fn has(&self, namespace: &str) -> bool {
        namespace == self.scenario || self.also.iter().any(|other| other == namespace)
    }

    /// Whether a file of a dump is of a namespace of the scenario.
    fn has_file(&self, path: &Path) -> bool {
        path.iter().next().and_then(OsStr::to_str).is_some_and(|first| self.has(first))
    }
}

/// The files of a case, by their paths in it.
fn files(recording: &Path, wanted: &Wanted<'_>) -> Result<BTreeMap<PathBuf, String>> {
    let mut documents = Vec::new();
    read(recording, recording, &mut documents)?;
    keep::keep(&mut documents, wanted);
    ensure!(!documents.is_empty(), "{} holds nothing of {}", recording.display(), wanted.scenario);
    stable::stabilise(&mut documents)?;
    let text = |body| match body {
        Body::List(list) => format!("{list:#}\n"),
        Body::Log(text) => text,
    };
    Ok(documents.into_iter().map(|document| (document.path, text(document.body))).collect())
}

/// The folder of a case: its lesson must be there.
fn folder(case: &str) -> Result<PathBuf> {
    let Some((lesson, name)) = case.split_once('/') else {
        bail!("`{case}` is no case: LESSON/fires-NAME or LESSON/silent-NAME")
    };
    let kind = name.split('-').next().unwrap_or_default();
    ensure!(
        matches!(kind, "fires" | "silent") && !name.contains(['/', '.']),
        "a case is called fires-NAME or silent-NAME, not {name}"
    );
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/rutter-lessons/lessons");
    for group in fs::read_dir(&lessons).with_context(|| format!("cannot read {}", lessons.display()))? {
        let folder = group?.path().join(lesson);
        if folder.join("lesson.md").is_file() {
            return Ok(folder.join("cases").join(name));
        }
    }
    bail!("there is no lesson {lesson}")
}

/// The version of the API server, or what a recording says in its place.
fn version(recording: &Path) -> String {
    let read = |file: &str| -> Option<Value> {
        serde_json::from_str(&fs::read_to_string(recording.join(file)).ok()?).ok()
    };
    let server =
        read("version.json").and_then(|all| Some(all["serverVersion"]["gitVersion"].as_str()?.to_owned()));
    let kubelet = || {
        let nodes = read("nodes.json")?;
        Some(nodes["items"][0]["status"]["nodeInfo"]["kubeletVersion"].as_str()?.to_owned())
    };
    server.or_else(kubelet).unwrap_or_else(|| crate::toolchain::KUBERNETES.to_owned())
}

fn read(root: &Path, folder: &Path, documents: &mut Vec<Document>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            read(root, &path, documents)?;
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let body = match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => Body::List(
                serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?,
            ),
            Some("txt") => Body::Log(text),
            _ => continue,
        };
        documents.push(Document { path: path.strip_prefix(root)?.to_owned(), body });
    }
    documents.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(())
}

/// Puts the files of a case in the place of those that were there.
fn write(files: &BTreeMap<PathBuf, String>, to: &Path) -> Result<()> {
    let expect = fs::read(to.join("expect.json")).ok();
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("cannot remove {}", to.display()))?;
    }
    for (path, text) in files {
        put(&to.join(path), text)?;
    }
    if let Some(expect) = expect {
        fs::write(to.join("expect.json"), expect)?;
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests;
