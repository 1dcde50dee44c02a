//! What a cluster with nodes has besides an API server.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::{Cluster, Options};
use crate::addons::{Addon, fake};
use crate::control_plane::{self, Files};
use crate::{client, node};

impl Cluster {
    pub(super) fn run_nodes(&mut self, options: &Options, files: &Files, deadline: Instant) -> Result<()> {
        self.run_controllers(files)?;
        let network = self.state.network.clone().context("there is no network")?;
        let mut nodes = node::prepare(
            &node::Cluster {
                folder: &self.folder,
                network: &network,
                authority: &self.authority,
                owner: self.owner.as_ref(),
                addons: &self.state.addons,
            },
            &options.nodes,
        )?;
        self.state.nodes = nodes.iter().map(|node| node.name().to_owned()).collect();
        self.folder.save(&self.state)?;
        let admin = self.admin_kubeconfig.clone();
        client::block_on(|| node::register(&admin, &nodes))?;
        self.run_beside()?;
        node::run_all(&mut nodes)?;
        self.apply("coredns.yaml", include_str!("../../addons/coredns.yaml"))?;
        for manifest in self.state.addons.0.clone().into_iter().filter_map(Addon::manifest) {
            self.apply(manifest.file, manifest.text)?;
        }
        self.wait("all nodes are ready", deadline, || {
            client::block_on(|| node::unready(&admin, nodes.len()))
                .unwrap_or_else(|error| Some(format!("{error:#}")))
        })?;
        self.run_fake_nodes(options, deadline)?;
        self.wait_for_addons(deadline)
    }

    fn run_controllers(&mut self, files: &Files) -> Result<()> {
        let thousands = self.state.addons.has(Addon::Kwok);
        let kubeconfig = self.kubeconfig_with_certificate("system:kube-controller-manager", None)?;
        let controllers = control_plane::controllers(&self.folder, &kubeconfig, files, thousands)?;
        self.spawn_in_network("kube-controller-manager", &controllers)?;
        let kubeconfig = self.kubeconfig_with_certificate("system:kube-scheduler", None)?;
        let scheduler = control_plane::scheduler(&self.folder, &kubeconfig, thousands)?;
        self.spawn_in_network("kube-scheduler", &scheduler)
    }

    /// Starts the add-ons that are processes, and gives the registry its first image.
    fn run_beside(&mut self) -> Result<()> {
        for addon in self.state.addons.beside() {
            self.folder.start_addon(addon)?;
        }
        if self.state.addons.has(Addon::Registry) {
            self.folder.push("busybox", "lab/busybox:v1")?;
        }
        self.state = self.folder.state()?.context("the state of the cluster is gone")?;
        Ok(())
    }

    fn apply(&self, file: &str, text: &str) -> Result<()> {
        let path = self.folder.write(file, text)?;
        self.kubectl(&["apply", "-f", &path.display().to_string()]).map(drop)
    }

    fn run_fake_nodes(&mut self, options: &Options, deadline: Instant) -> Result<()> {
        if options.fake_nodes == 0 {
            return Ok(());
        }
        let admin = self.admin_kubeconfig.clone();
        client::block_on(|| fake::register(&admin, options.fake_nodes))?;
        let all = options.nodes.len() + options.fake_nodes as usize;
        self.wait("all fake nodes are ready", deadline, || {
            // The answer is megabytes long.
            thread::sleep(Duration::from_millis(500));
            client::block_on(|| node::unready(&admin, all)).unwrap_or_else(|error| Some(format!("{error:#}")))
        })
    }

    /// Waits for those that run in the cluster.
    fn wait_for_addons(&self, deadline: Instant) -> Result<()> {
        for manifest in self.state.addons.0.iter().copied().filter_map(Addon::manifest) {
            let left = deadline.saturating_duration_since(Instant::now()).as_secs().max(1);
            let (timeout, namespace) = (format!("--timeout={left}s"), ["-n", manifest.namespace]);
            for object in manifest.ready {
                let wait = ["wait", "--for=condition=Available", object, &timeout];
                self.kubectl(&[&namespace[..], &wait].concat())?;
            }
        }
        Ok(())
    }
}
