//! Writes objects as the files of `kubectl get` and `kubectl cluster-info dump`, one object in memory at a time.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::json::{Json, Layout, obj};
use super::meta::add_managed_fields;
use super::plan::{Namespace, Plan};

/// Takes the objects of a resource one by one.
pub(super) type Emit<'a> = dyn FnMut(Json) -> anyhow::Result<()> + 'a;

/// A resource and how to build its objects in a namespace. One without namespaces is asked once.
pub(super) struct Resource {
    /// As `kubectl get` names it: with its group.
    pub(super) name: &'static str,
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) namespaced: bool,
    pub(super) build: fn(&Plan, &Namespace, &mut Emit<'_>) -> anyhow::Result<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `kubectl get -o json`: keys sorted, each item with its kind, no managed fields.
    Get,
    /// As the API server sends a List: its own order, on one line, with managed fields.
    Compact,
    /// `kubectl cluster-info dump`: the API server's order, indented, no managed fields.
    Dump,
}

/// The end of `kubectl get -o json`, from the line break before the end of the items.
const GET_END: &str =
    "\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n";

/// One file that holds a List.
struct List<'a> {
    resource: &'a Resource,
    style: Style,
    out: BufWriter<File>,
    buffer: Vec<u8>,
    items: usize,
}

impl<'a> List<'a> {
    fn create(path: &Path, resource: &'a Resource, style: Style) -> anyhow::Result<List<'a>> {
        let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
        let mut list = List {
            resource,
            style,
            out: BufWriter::with_capacity(1 << 20, file),
            buffer: Vec::with_capacity(1 << 15),
            items: 0,
        };
        let (kind, version) = (resource.kind, resource.api_version);
        match style {
            Style::Get => write!(list.out, "{{\n    \"apiVersion\": \"v1\",\n    \"items\": [")?,
            Style::Compact => write!(
                list.out,
                "{{\"kind\":\"{kind}List\",\"apiVersion\":\"{version}\",\"metadata\":{{\"resourceVersion\":\"535\"}},\
                 \"items\":["
            )?,
            Style::Dump => write!(
                list.out,
                "{{\n    \"kind\": \"{kind}List\",\n    \"apiVersion\": \"{version}\",\n    \"metadata\": {{\n        \
                 \"resourceVersion\": \"535\"\n    }},\n    \"items\": "
            )?,
        }
        Ok(list)
    }

    fn item(&mut self, mut item: Json) -> anyhow::Result<()> {
        let layout = if self.style == Style::Compact { Layout::Compact } else { Layout::Indented(2) };
        self.buffer.clear();
        if self.items > 0 {
            self.buffer.push(b',');
        } else if self.style == Style::Dump {
            self.buffer.push(b'[');
        }
        self.items += 1;
        layout.break_line(&mut self.buffer);
        match self.style {
            Style::Get => {
                item.push("apiVersion", self.resource.api_version);
                item.push("kind", self.resource.kind);
                item.sort_keys();
            }
            Style::Compact => add_managed_fields(&mut item, self.resource.api_version, self.resource.kind),
            Style::Dump => {}
        }
        item.write(&mut self.buffer, layout);
        Ok(self.out.write_all(&self.buffer)?)
    }

    fn finish(mut self) -> anyhow::Result<()> {
        let end = match (self.style, self.items) {
            (Style::Get, 0) => GET_END.trim_start(),
            (Style::Get, _) => GET_END,
            (Style::Compact, _) => "]}\n",
            (Style::Dump, 0) => "null\n}\n",
            (Style::Dump, _) => "\n    ]\n}\n",
        };
        self.out.write_all(end.as_bytes())?;
        Ok(self.out.flush()?)
    }
}

/// Writes one file per resource.
pub(super) fn write_lists(
    plan: &Plan,
    resources: &[Resource],
    style: Style,
    folder: &Path,
) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    for resource in resources {
        let path = folder.join(format!("{}.json", resource.name));
        let mut list = List::create(&path, resource, style)?;
        let namespaces = if resource.namespaced { &plan.namespaces[..] } else { &plan.namespaces[..1] };
        for namespace in namespaces {
            (resource.build)(plan, namespace, &mut |item| list.item(item))?;
        }
        list.finish()?;
    }
    let version = obj! { "serverVersion": obj! { "gitVersion": "v1.34.4", "major": "1", "minor": "34" } };
    write_json(&folder.join("version.json"), &version)
}

/// Writes the folders of `kubectl cluster-info dump`: fewer resources, by namespace, and logs.
pub(super) fn write_dump(plan: &Plan, resources: &[Resource], folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let dumped = ["pods", "services", "events", "deployments.apps", "replicasets.apps", "daemonsets.apps"];
    for resource in resources {
        let name = resource.name.split('.').next().unwrap_or(resource.name);
        if resource.name == "nodes" {
            let mut list = List::create(&folder.join("nodes.json"), resource, Style::Dump)?;
            (resource.build)(plan, &plan.namespaces[0], &mut |item| list.item(item))?;
            list.finish()?;
        } else if dumped.contains(&resource.name) {
            for namespace in &plan.namespaces {
                let within = namespace_folder(folder, namespace)?;
                let mut list = List::create(&within.join(format!("{name}.json")), resource, Style::Dump)?;
                (resource.build)(plan, namespace, &mut |item| list.item(item))?;
                list.finish()?;
            }
        }
    }
    plan.namespaces.iter().try_for_each(|namespace| write_logs(plan, folder, namespace))
}

fn namespace_folder(folder: &Path, namespace: &Namespace) -> anyhow::Result<PathBuf> {
    let within = folder.join(&namespace.name);
    fs::create_dir_all(&within)?;
    Ok(within)
}

/// A dump has the logs of every pod, in a folder of its own.
fn write_logs(plan: &Plan, folder: &Path, namespace: &Namespace) -> anyhow::Result<()> {
    for pod in plan.pods_in(namespace) {
        let name = plan.pod_name(pod);
        let within = folder.join(&namespace.name).join(&name);
        fs::create_dir_all(&within)?;
        let title = format!("logs for container app of pod {}/{name}", namespace.name);
        let text = format!(
            "==== START {title} ====\n{{\"level\":\"info\",\"msg\":\"listening\",\"addr\":\":8080\"}}\n==== END {title} ====\n"
        );
        fs::write(within.join("logs.txt"), text)?;
    }
    Ok(())
}

pub(super) fn write_json(path: &Path, value: &Json) -> anyhow::Result<()> {
    let mut text = Vec::new();
    value.write(&mut text, Layout::Indented(0));
    text.push(b'\n');
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
