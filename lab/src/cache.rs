//! Where the lab keeps what it builds and, unless told otherwise, what it runs.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The lab's cache folder: `RUTTER_LAB_CACHE`, or `rutter-lab` in the user's cache folder.
pub fn root() -> Result<PathBuf> {
    if let Some(folder) = folder_from("RUTTER_LAB_CACHE") {
        return Ok(folder);
    }
    folder_from("XDG_CACHE_HOME")
        .or_else(|| folder_from("HOME").map(|home| home.join(".cache")))
        .map(|caches| caches.join("rutter-lab"))
        .context("no folder for the lab's cache: set RUTTER_LAB_CACHE to one")
}

/// The folder that `lab up` and the other commands work in when they are given none.
pub fn default_work_folder() -> Result<PathBuf> {
    Ok(root()?.join("up"))
}

fn folder_from(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Fails, naming the place and telling `remedy`, if there is less than `bytes` of room where `folder` is or will be.
pub(crate) fn check_room(folder: &Path, bytes: u64, remedy: &str) -> Result<()> {
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
    let found = rustix::fs::statvfs(there).with_context(|| format!("cannot look at {}", folder.display()))?;
    let room = found.f_bavail * found.f_frsize;
    if room < bytes {
        let gib = |bytes: u64| bytes as f64 / f64::from(1 << 30);
        bail!(
            "too little room on the disk of {}: {:.1} GiB are needed, and {:.1} GiB are free. {remedy}",
            folder.display(),
            gib(bytes),
            gib(room)
        );
    }
    Ok(())
}
