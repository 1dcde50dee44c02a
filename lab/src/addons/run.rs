//! The add-ons that are processes beside the control plane, and what is asked of them.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Addon;
use crate::folder::{Folder, State};
use crate::namespace::run;
use crate::network::{CONTROL_PLANE, PODS, REGISTRY_PORT};
use crate::process::{self, POLL, Process};
use crate::toolchain;

/// What the cloud gives from: addresses for documentation, which nobody else has.
const ADDRESSES: &str = "192.0.2.10-192.0.2.99";

impl Folder {
    /// Starts an add-on that is a process, unless it runs. The cluster must have been started with it.
    pub fn start_addon(&self, addon: Addon) -> Result<()> {
        let mut state = self.state_with(addon)?;
        if self.addon(addon)?.is_some() {
            return Ok(());
        }
        let mut command = self.command_of(addon, &state)?;
        let log = self.log(addon.program().name());
        let child = process::spawn(&mut command, self.path(), state.owner.as_ref(), &log)?;
        let process = Process::of(child.id().cast_signed());
        let process =
            process.with_context(|| format!("{} ended at once; its log: {}", addon.name(), log.display()))?;
        state.beside.insert(addon, process.clone());
        self.save(&state)?;
        if addon == Addon::Registry {
            wait_for_registry(&process, &state.server)
                .with_context(|| format!("the registry does not listen; its log: {}", log.display()))?;
        }
        Ok(())
    }

    /// Stops an add-on that is a process: nobody answers at its port, nor does its work.
    pub fn stop_addon(&self, addon: Addon) -> Result<()> {
        self.state_with(addon)?;
        process::end(self.addon(addon)?.as_slice(), Duration::from_secs(5))
    }

    /// The process of an add-on, as far as it runs.
    pub fn addon(&self, addon: Addon) -> Result<Option<Process>> {
        let process = self.state()?.unwrap_or_default().beside.remove(&addon);
        Ok(process.filter(Process::is_alive))
    }

    /// Puts one of the lab's images, as `busybox`, into the registry, as `shop/web:v1`; nodes know it as
    /// `registry.lab:5000/shop/web:v1`.
    pub fn push(&self, image: &str, name: &str) -> Result<()> {
        let state = self.state_with(Addon::Registry)?;
        let archive = self.path().join(format!("{image}.tar"));
        if !archive.is_file() {
            bail!("the lab has no image {image}: {} is not there", archive.display());
        }
        let network = state.network.context("there is no network")?;
        let mut push = network.command(toolchain::ensure(Addon::Registry.program())?);
        push.arg("push").arg(archive).arg(format!("{CONTROL_PLANE}:{REGISTRY_PORT}/{name}"));
        run(&mut push).map(drop)
    }

    /// Sets what the cloud gives and refuses, in the form that `lab/go/README.md` tells; what is not said of addresses
    /// stays as it is in a new cluster.
    pub fn set_cloud(&self, cloud: &Value) -> Result<()> {
        let mut whole = json!({ "loadBalancers": { "addresses": ADDRESSES } });
        crate::node::merge(&mut whole, cloud);
        let unfinished = self.write("cloud.json.unfinished", &format!("{whole:#}\n"))?;
        fs::rename(unfinished, self.cloud_file()).context("cannot put cloud.json in its place")
    }

    fn cloud_file(&self) -> PathBuf {
        self.path().join("cloud.json")
    }

    /// The state of the cluster, which must have `addon`, and as a process.
    fn state_with(&self, addon: Addon) -> Result<State> {
        if addon.manifest().is_some() {
            bail!("{} is a Deployment: `lab kubectl` scales it", addon.name());
        }
        let state = self.state()?.unwrap_or_default();
        if !state.addons.has(addon) {
            bail!("the cluster has no {0}: `lab up --with {0}` starts one", addon.name());
        }
        Ok(state)
    }

    fn command_of(&self, addon: Addon, state: &State) -> Result<Command> {
        let network = state.network.as_ref().context("there is no network")?;
        let mut command = network.command(toolchain::ensure(addon.program())?);
        match addon {
            Addon::Registry => {
                command.arg("--listen").arg(format!("0.0.0.0:{REGISTRY_PORT}"));
                command.arg("--dir").arg(self.path().join("registry"));
            }
            Addon::Cloud => {
                if !self.cloud_file().exists() {
                    self.set_cloud(&Value::Null)?;
                }
                command.arg("--kubeconfig").arg(self.admin_kubeconfig());
                command.arg("--cloud-config").arg(self.cloud_file());
                command.args(["--leader-elect=false", "--configure-cloud-routes", "--allocate-node-cidrs"]);
                command.arg(format!("--cluster-cidr={PODS}")).arg("--secure-port=0");
            }
            Addon::Kwok => {
                command.arg("--kubeconfig").arg(self.admin_kubeconfig());
                command.args(["--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake"]);
                command.arg("--node-lease-duration-seconds=40");
            }
            Addon::Metrics | Addon::Storage => bail!("{} is no process", addon.name()),
        }
        Ok(command)
    }
}

/// Asked where the API server is: both listen at all addresses of the control plane.
fn wait_for_registry(registry: &Process, server: &str) -> Result<()> {
    let (host, _) = server.split_once(':').context("the API server has no port")?;
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match TcpStream::connect((host, REGISTRY_PORT)) {
            Ok(_) => return Ok(()),
            Err(error) if Instant::now() >= deadline || !registry.is_alive() => return Err(error.into()),
            Err(_) => thread::sleep(POLL),
        }
    }
}
