//! The cgroups of a lab: `/rutter-lab-ID/NODE` in each controller of cgroup v1.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::POLL;

const ROOT: &str = "/sys/fs/cgroup";
const PREFIX: &str = "rutter-lab-";

/// The controllers that are mounted here.
fn controllers() -> Vec<PathBuf> {
    let entries = fs::read_dir(ROOT).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.join("cgroup.clone_children").exists()).collect()
}

/// The cgroup of the lab with this id.
pub(crate) fn of_lab(id: &str) -> String {
    format!("{PREFIX}{id}")
}

/// Makes the cgroup `path` in each controller, with the processors and memory of its parents.
pub(crate) fn make(path: &str) -> Result<()> {
    for controller in controllers() {
        let mut folder = controller.clone();
        for step in Path::new(path) {
            let parent = folder.clone();
            folder.push(step);
            fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
            for file in ["cpuset.cpus", "cpuset.mems"] {
                if let Ok(of_parent) = fs::read(parent.join(file)) {
                    fs::write(folder.join(file), of_parent)
                        .with_context(|| format!("cannot set {file} of {}", folder.display()))?;
                }
            }
        }
    }
    Ok(())
}

/// Removes the cgroup `path` with all below it. Its processes must have ended; the kernel may still be at it.
pub(crate) fn remove(path: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(15);
    // In all hierarchies, for runc makes cgroups also where there is no controller.
    for hierarchy in fs::read_dir(ROOT).into_iter().flatten().flatten() {
        let folder = hierarchy.path().join(path);
        while folder.exists() {
            remove_tree(&folder);
            if folder.exists() && Instant::now() >= deadline {
                bail!("the cgroup {} cannot be removed: are there processes in it?", folder.display());
            }
            if folder.exists() {
                thread::sleep(POLL);
            }
        }
    }
    Ok(())
}

/// The folders in a cgroup are cgroups; the files go with them.
fn remove_tree(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_tree(&entry.path());
        }
    }
    // Busy as long as a process in it has not quite ended: the caller tries again.
    let _ = fs::remove_dir(folder);
}
