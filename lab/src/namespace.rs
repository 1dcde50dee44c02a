//! Linux namespaces that live exactly as long as a process that does nothing but hold them.
//!
//! Nothing has a name outside: when the holder ends, the kernel takes down the network interfaces, the mounts (and with
//! them the loop devices) and, with a process namespace, every process inside. So a killed lab leaves none of them.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::process::Process;

/// Which namespaces a holder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// A network.
    Network,
    /// All that a machine has of its own: network, mounts, processes, host name, IPC.
    Machine,
}

/// Namespaces, by the process that holds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Namespace {
    pub(crate) holder: Process,
    kind: Kind,
}

impl Namespace {
    /// The command that makes namespaces and stays in them as `command`.
    pub(crate) fn holder<I: AsRef<OsStr>>(kind: Kind, command: impl IntoIterator<Item = I>) -> Command {
        let mut unshare = Command::new("unshare");
        match kind {
            Kind::Network => unshare.arg("--net"),
            Kind::Machine => unshare.args(["--mount", "--uts", "--ipc", "--net", "--pid", "--fork"]).args([
                "--kill-child",
                "--mount-proc",
                "--propagation=private",
            ]),
        };
        unshare.arg("--").args(command);
        unshare
    }

    /// The namespaces that `started`, a running [`Namespace::holder`], made.
    pub(crate) fn of(kind: Kind, started: &Process) -> Result<Self> {
        let holder = match kind {
            Kind::Network => Some(started.clone()),
            Kind::Machine => started.wait_for_child(Duration::from_secs(5)),
        };
        Ok(Self { holder: holder.context("the process that holds a namespace is gone")?, kind })
    }

    /// `program`, to be run inside.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut nsenter = Command::new("nsenter");
        nsenter.arg(format!("--target={}", self.holder.pid)).arg("--net");
        if self.kind == Kind::Machine {
            nsenter.args(["--mount", "--uts", "--ipc", "--pid"]);
        }
        nsenter.arg("--").arg(program);
        nsenter
    }

    /// Runs a shell script inside, to its end.
    pub(crate) fn shell(&self, script: &str) -> Result<String> {
        run(self.command("sh").args(["-euc", script]))
    }
}

/// Runs `command` to its end and gives what it printed; an error has what it complained of.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let program = Path::new(command.get_program()).display().to_string();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {program}"))?;
    if !output.status.success() {
        let args: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{program} {}` failed ({}): {}", args.join(" "), output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
