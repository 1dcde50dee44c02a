//! Building the Go programs that the lab runs.
//!
//! Go modules say what they are made of: `lab/kubernetes/` pins Kubernetes and the etcd that it is tested with, `lab/go/`
//! the lab's own programs and the add-ons, `lab/go/kwok/` kwok. etcd is built rather than installed from a distribution because no
//! package then starts a service of its own on the default ports.
//!
//! `go` reads the modules in the checkout and writes nothing there. The binaries are kept in the cache, each in a folder
//! named after everything that decides what it is, so that a change to one program leaves the others as they are.

mod program;
mod source;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::{cache, note};
pub use program::{KUBERNETES, Module, Program};

/// A build needs about this much: Go's own cache of what it compiled, and the binaries.
const DISK_FOR_A_BUILD: u64 = 4 << 30;

/// The path of `program`'s binary, which is built first if the cache lacks it.
pub fn ensure(program: Program) -> Result<PathBuf> {
    let key = source::key(program)?;
    let folder = cache::root()?.join("programs").join(format!("{}-{key}", program.name()));
    let binary = folder.join(program.name());
    if binary.is_file() {
        return Ok(binary);
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let _lock = lock(&folder.join("lock"))?;
    // Somebody else may have built it while this one waited for the lock.
    if !binary.is_file() {
        build(program, &folder, &binary)?;
    }
    Ok(binary)
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
    remove_unfinished(folder)?;
    cache::check_room(folder, DISK_FOR_A_BUILD)?;
    note(&format!("building {} (minutes the first time, kept in {})", program.name(), folder.display()));
    // With the id, for the `go` of a killed build may still be at work.
    let unfinished = binary.with_extension(format!("{}.unfinished", process::id()));
    let status = go_build(program, &unfinished)?;
    if !status.success() {
        bail!("go could not build {} ({status}); what it said is above", program.package());
    }
    fs::rename(&unfinished, binary).with_context(|| format!("cannot put {} in its place", binary.display()))
}

/// What a killed build left.
fn remove_unfinished(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "unfinished") {
            fs::remove_file(&path).with_context(|| format!("cannot delete {}", path.display()))?;
        }
    }
    Ok(())
}

fn go_build(program: Program, output: &Path) -> Result<ExitStatus> {
    let status = Command::new("go")
        .current_dir(program.module().folder())
        .args([
            "build",
            "-mod=readonly",
            "-trimpath",
            "-buildvcs=false",
            "-ldflags",
            &program.ldflags(),
            "-o",
        ])
        .arg(output)
        .arg(program.package())
        .envs([("CGO_ENABLED", "0"), ("GOWORK", "off")])
        .stdout(Stdio::null())
        .status();
    match status {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("the lab builds Kubernetes from source and needs Go 1.24 or newer: put `go` into the PATH")
        }
        other => other.context("cannot run go"),
    }
}
