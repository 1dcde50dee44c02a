//! Building the Go programs that the lab runs.
//!
//! Everything, etcd included, comes from the one Go module in `lab/kubernetes/`. etcd is built there rather than
//! installed from a distribution because it is then the version that this Kubernetes is tested with, it needs no root,
//! and no package starts a service of its own on the default ports.
//!
//! The module's files are part of this program: the build needs no checkout and writes nothing into one. The binaries
//! are kept in the cache, in a folder named after everything that decides what they are.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus};

use anyhow::{Context, Result, bail};

use crate::cache;

/// The version of Kubernetes that is built.
pub const KUBERNETES: &str = "v1.34.4";

const GO_MOD: &str = include_str!("../kubernetes/go.mod");
const GO_SUM: &str = include_str!("../kubernetes/go.sum");
const TOOLS_GO: &str = include_str!("../kubernetes/tools.go");

/// A program that the lab builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The store of the API server.
    Etcd,
    /// The API server.
    KubeApiserver,
    /// The command line client.
    Kubectl,
}

impl Program {
    /// Every program.
    pub const ALL: [Self; 3] = [Self::Etcd, Self::KubeApiserver, Self::Kubectl];

    /// The name of the binary.
    pub fn name(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::KubeApiserver => "kube-apiserver",
            Self::Kubectl => "kubectl",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Etcd => "go.etcd.io/etcd/server/v3",
            Self::KubeApiserver => "k8s.io/kubernetes/cmd/kube-apiserver",
            Self::Kubectl => "k8s.io/kubernetes/cmd/kubectl",
        }
    }
}

/// The path of `program`'s binary, which is built first if the cache lacks it.
pub fn ensure(program: Program) -> Result<PathBuf> {
    let folder = cache::root()?.join(key());
    let binary = folder.join("bin").join(program.name());
    if binary.is_file() {
        return Ok(binary);
    }
    fs::create_dir_all(folder.join("bin")).with_context(|| format!("cannot make {}", folder.display()))?;
    let _lock = lock(&folder.join("lock"))?;
    // Somebody else may have built it while this one waited for the lock.
    if !binary.is_file() {
        build(program, &folder, &binary)?;
    }
    Ok(binary)
}

/// Names everything that decides what the binaries are: the module's files, the version and the flags.
fn key() -> String {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    for part in [GO_MOD, GO_SUM, TOOLS_GO, &ldflags()] {
        digest.update(&part.len().to_le_bytes());
        digest.update(part.as_bytes());
    }
    crate::pki::hex(&digest.finish().as_ref()[..8])
}

/// Held until it is dropped, or its holder dies.
fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).with_context(|| format!("cannot make the lock file {}", path.display()))?;
    if file.try_lock().is_err() {
        note("another build is running, waiting for it");
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    }
    Ok(file)
}

/// Builds under another name and renames, so that a binary in its place is always whole.
fn build(program: Program, folder: &Path, binary: &Path) -> Result<()> {
    let module = folder.join("module");
    write_module(&module)?;
    note(&format!("building {} (minutes the first time, kept in {})", program.name(), folder.display()));
    // With the id, for the `go` of a killed build may still be at work.
    let unfinished = binary.with_extension(format!("{}.unfinished", process::id()));
    let status = go_build(program, &module, &unfinished)?;
    if !status.success() {
        bail!("go could not build {} ({status}); what it said is above", program.package());
    }
    fs::rename(&unfinished, binary).with_context(|| format!("cannot put {} in its place", binary.display()))
}

fn write_module(module: &Path) -> Result<()> {
    fs::create_dir_all(module).with_context(|| format!("cannot make {}", module.display()))?;
    for (name, text) in [("go.mod", GO_MOD), ("go.sum", GO_SUM), ("tools.go", TOOLS_GO)] {
        let path = module.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn go_build(program: Program, module: &Path, output: &Path) -> Result<ExitStatus> {
    let status = Command::new("go")
        .current_dir(module)
        .args(["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", &ldflags(), "-o"])
        .arg(output)
        .arg(program.package())
        .envs([("CGO_ENABLED", "0"), ("GOWORK", "off")])
        .stdout(process::Stdio::null())
        .status();
    match status {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("the lab builds Kubernetes from source and needs Go 1.24 or newer: put `go` into the PATH")
        }
        other => other.context("cannot run go"),
    }
}

/// What the release builds of Kubernetes say about themselves, without which the version is `v0.0.0-master`.
fn ldflags() -> String {
    let (major, minor) = KUBERNETES.trim_start_matches('v').split_once('.').unwrap_or(("", ""));
    let minor = minor.split('.').next().unwrap_or("");
    let version = "k8s.io/component-base/version";
    format!(
        "-s -w -X {version}.gitVersion={KUBERNETES} -X {version}.gitMajor={major} -X {version}.gitMinor={minor} \
         -X {version}.gitTreeState=clean"
    )
}

#[expect(clippy::print_stderr, reason = "a step of minutes that says nothing looks hung")]
fn note(message: &str) {
    eprintln!("lab: {message}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_module() {
        assert!(GO_MOD.contains(&format!("k8s.io/kubernetes {KUBERNETES}\n")));
        assert!(ldflags().contains("gitMajor=1 ") && ldflags().contains("gitMinor=34 "));
    }

    #[test]
    fn every_program_is_pinned() {
        for program in Program::ALL {
            assert!(TOOLS_GO.contains(&format!("\"{}\"", program.package())));
        }
    }
}
