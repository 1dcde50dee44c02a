//! Starting the nodes of a cluster.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::config::REGISTRY_FOLDER;
use super::{Node, NodeOptions, Part, Record, folder};
use crate::addons::{Addon, Addons};
use crate::folder::Folder;
use crate::namespace::{Kind, Namespace};
use crate::pki::Authority;
use crate::process::{self, POLL, Process};
use crate::{cgroup, image, network};

const INIT: &str = include_str!("init.sh");

/// What nodes are started in.
pub(crate) struct Cluster<'a> {
    pub(crate) folder: &'a Folder,
    pub(crate) network: &'a Namespace,
    pub(crate) authority: &'a Authority,
    pub(crate) owner: Option<&'a Process>,
    pub(crate) addons: &'a Addons,
}

/// Makes a machine for each of `options`, with containerd and its images.
pub(crate) fn prepare(cluster: &Cluster<'_>, options: &[NodeOptions]) -> Result<Vec<Node>> {
    let archives = image::write_all(cluster.folder.path(), cluster.addons)?;
    let count = options.len() as u8;
    thread::scope(|scope| {
        let started: Vec<_> = (0u8..)
            .zip(options)
            .map(|(index, options)| {
                let archives = &archives;
                scope.spawn(move || {
                    let mut node = machine(cluster, index, count, options)?;
                    network::attach(cluster.network, &node.record.namespace, index, &node.name, count)?;
                    node.start(Part::Containerd)?;
                    node.load(archives)?;
                    Ok(node)
                })
            })
            .collect();
        let ended = started.into_iter().map(thread::ScopedJoinHandle::join);
        ended.map(|node| node.unwrap_or_else(|_| bail!("a thread of the lab panicked"))).collect()
    })
}

/// Starts what needs the API server.
pub(crate) fn run_all(nodes: &mut [Node]) -> Result<()> {
    for node in nodes {
        node.start(Part::CriProxy)?;
        node.start(Part::Kubelet)?;
        node.start(Part::KubeProxy)?;
    }
    Ok(())
}

fn machine(cluster: &Cluster<'_>, index: u8, nodes: u8, options: &NodeOptions) -> Result<Node> {
    let name = format!("node-{}", char::from(b'a' + index));
    let path = folder(cluster.folder, &name);
    for below in ["etc/kubernetes", REGISTRY_FOLDER, "etc/cni/net.d"] {
        fs::create_dir_all(path.join(below)).with_context(|| format!("cannot make {}", path.display()))?;
    }
    cgroup::make(&format!("{}/{name}", cluster.folder.cgroup()))?;
    let disk = path.join("disk.img");
    File::create(&disk)
        .and_then(|file| file.set_len(options.disk))
        .context("cannot make the disk of a node")?;

    let log = path.join("init.log");
    let mut command = Namespace::holder(Kind::Machine, ["sh", "-euc", INIT, "init", &name]);
    command.arg(&path).arg(&disk);
    let child = process::spawn(&mut command, cluster.folder.path(), cluster.owner, &log)?;
    let started = Process::of(child.id().cast_signed()).context("the first process of a node is gone")?;
    let namespace = Namespace::of(Kind::Machine, &started)?;
    wait_for(&format!("{name} is set up"), || path.join("ready").exists() || !started.is_alive())?;
    if !started.is_alive() {
        bail!("{name} cannot be set up: {}", fs::read_to_string(&log).unwrap_or_default());
    }
    let record = Record {
        index,
        nodes,
        namespace,
        options: options.clone(),
        parts: BTreeMap::new(),
        owner: cluster.owner.cloned(),
        cloud: cluster.addons.has(Addon::Cloud),
    };
    let node = Node { name, cluster: cluster.folder.clone(), record };
    node.write_files(cluster.authority)?;
    let etc = |file: &str| path.join("etc").join(file).display().to_string();
    node.run("cp", &["--remove-destination", &etc("hosts"), &etc("resolv.conf"), "/etc/"])?;
    node.save()?;
    Ok(node)
}

impl Node {
    /// Gives containerd the images in `archives`, as soon as it listens.
    fn load(&self, archives: &[PathBuf]) -> Result<()> {
        wait_for(&format!("containerd of {} listens", self.name), || self.run("ctr", &["version"]).is_ok())?;
        for archive in archives {
            let archive = archive.display().to_string();
            self.run("ctr", &["--namespace=k8s.io", "images", "import", &archive])?;
        }
        Ok(())
    }
}

fn wait_for(what: &str, done: impl Fn() -> bool) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !done() {
        if Instant::now() >= deadline {
            bail!("the time is over before {what}");
        }
        thread::sleep(POLL);
    }
    Ok(())
}
