//! A node: a machine of its own as far as Linux namespaces can make one, with containerd, kubelet and kube-proxy.

mod api;
mod config;
mod fault;
mod start;

use std::collections::BTreeMap;
use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::folder::Folder;
use crate::namespace::{Namespace, run};
use crate::network;
use crate::process::{self, Process};
pub(crate) use api::{register, unready};
pub(crate) use config::merge;
pub(crate) use start::{Cluster, prepare, run_all};

/// A program of a node that can be stopped, frozen and killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The container runtime.
    Containerd,
    /// What kubelet asks instead of the container runtime, and what holds or refuses calls.
    CriProxy,
    /// The agent.
    Kubelet,
    /// What makes Services work.
    KubeProxy,
}

impl Part {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Containerd => "containerd",
            Self::CriProxy => "cri-proxy",
            Self::Kubelet => "kubelet",
            Self::KubeProxy => "kube-proxy",
        }
    }
}

/// How a node is to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NodeOptions {
    /// The size in bytes of the disk that holds its images and what kubelet keeps. It takes only the room that is used.
    pub disk: u64,
    /// Fields of its `KubeletConfiguration` besides, or instead of, those that the lab sets.
    pub kubelet: Value,
}

impl Default for NodeOptions {
    fn default() -> Self {
        Self { disk: 10 << 30, kubelet: Value::Null }
    }
}

/// What is written down of a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    index: u8,
    /// How many nodes there are.
    nodes: u8,
    namespace: Namespace,
    options: NodeOptions,
    parts: BTreeMap<Part, Process>,
    owner: Option<Process>,
    /// Whether a cloud says what addresses it has.
    cloud: bool,
}

/// A node of a running cluster, which need not have been started by this process.
#[derive(Debug, Clone)]
pub struct Node {
    name: String,
    cluster: Folder,
    record: Record,
}

impl Node {
    pub(crate) fn open(cluster: &Folder, name: &str) -> Result<Self> {
        let path = folder(cluster, name).join("node.json");
        let text = fs::read(&path)
            .with_context(|| format!("there is no node {name} in {}", cluster.path().display()))?;
        let record =
            serde_json::from_slice(&text).with_context(|| format!("{} is damaged", path.display()))?;
        Ok(Self { name: name.to_owned(), cluster: cluster.clone(), record })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it was to be.
    pub(crate) fn options(&self) -> &NodeOptions {
        &self.record.options
    }

    /// The address among the nodes.
    pub fn address(&self) -> Ipv4Addr {
        network::node_address(self.record.index)
    }

    /// Where its files are: the disk, the logs, what it has in `/etc`.
    pub fn folder(&self) -> PathBuf {
        folder(&self.cluster, &self.name)
    }

    /// What `part` wrote to its outputs.
    pub fn log(&self, part: Part) -> PathBuf {
        self.folder().join(format!("{}.log", part.name()))
    }

    /// Runs a program on the node, to its end, and gives what it printed.
    pub fn run(&self, program: &str, args: &[&str]) -> Result<String> {
        run(self.command_of(program).args(args))
    }

    /// The command that runs `program` on the node.
    pub fn command_of(&self, program: &str) -> Command {
        self.record.namespace.command(program)
    }

    /// The process of `part`, as far as it runs.
    pub fn process(&self, part: Part) -> Option<&Process> {
        self.record.parts.get(&part).filter(|process| process.is_alive())
    }

    /// What was started on it, running or not.
    pub(crate) fn processes(&self) -> impl Iterator<Item = (Part, &Process)> {
        self.record.parts.iter().map(|(part, process)| (*part, process))
    }

    /// Starts `part`, unless it runs.
    pub fn start(&mut self, part: Part) -> Result<()> {
        if self.process(part).is_some() {
            return Ok(());
        }
        let mut command = self.command(part)?;
        let log = self.log(part);
        let owner = self.record.owner.clone();
        let child = process::spawn(&mut command, self.cluster.path(), owner.as_ref(), &log)?;
        let nsenter = Process::of(child.id().cast_signed());
        // What runs is the child of the `nsenter` that was started.
        let process = nsenter.and_then(|nsenter| nsenter.wait_for_child(Duration::from_secs(5)));
        let Some(process) = process else {
            bail!("{} of {} ended at once; its log: {}", part.name(), self.name, log.display());
        };
        self.record.parts.insert(part, process);
        self.save()
    }

    /// Asks `part` to stop, and kills it if it does not.
    pub fn stop(&self, part: Part) -> Result<()> {
        process::end(self.process(part).map_or(&[], std::slice::from_ref), Duration::from_secs(10))
    }

    /// Kills `part`.
    pub fn kill(&self, part: Part) -> Result<()> {
        process::end(self.process(part).map_or(&[], std::slice::from_ref), Duration::ZERO)
    }

    fn write(&self, path: &str, text: &str) -> Result<()> {
        self.cluster.write(&format!("nodes/{}/{path}", self.name), text).map(drop)
    }

    fn save(&self) -> Result<()> {
        self.write("node.json.unfinished", &serde_json::to_string_pretty(&self.record)?)?;
        let folder = self.folder();
        fs::rename(folder.join("node.json.unfinished"), folder.join("node.json"))
            .context("cannot put node.json in its place")
    }
}

fn folder(cluster: &Folder, name: &str) -> PathBuf {
    cluster.path().join("nodes").join(name)
}
