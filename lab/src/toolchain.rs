//! Building the Go programs that the lab runs.
//!
//! Go modules say what they are made of: `lab/kubernetes/` pins Kubernetes and the etcd that it is tested with, `lab/go/`
//! the lab's own programs and the add-ons, `lab/go/kwok/` kwok. etcd is built rather than installed from a distribution
//! because no package then starts a service of its own on the default ports.
//!
//! `go` reads the modules in the checkout and writes nothing there. The binaries are kept in the cache, each in a folder
//! named after everything that decides what it is, so that a change to one program leaves the others as they are.

mod go;
mod program;
mod source;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context, Result};

use crate::{cache, note};
use go::Go;
pub use program::{KUBERNETES, Module, Program};

/// The path of `program`'s binary, which is built first if the cache lacks it or has less than all of it.
pub fn ensure(program: Program) -> Result<PathBuf> {
    ensure_in(&cache::root()?, program)
}

fn ensure_in(cache: &Path, program: Program) -> Result<PathBuf> {
    let key = source::key(program)?;
    let folder = cache.join("programs").join(format!("{}-{key}", program.name()));
    let binary = folder.join(program.name());
    if is_whole(&binary) {
        return Ok(binary);
    }
    fs::create_dir_all(&folder).with_context(|| cannot_write(&folder))?;
    let _lock = lock(program, &folder)?;
    // Somebody else may have built it while this one waited for the lock.
    if !is_whole(&binary) {
        build(program, &folder, &binary)?;
    }
    Ok(binary)
}

fn cannot_write(folder: &Path) -> String {
    format!(
        "cannot write to the lab's cache, {}: set RUTTER_LAB_CACHE to a folder where programs can be kept",
        folder.display()
    )
}

/// Whether the file can be run and is as long as it was when it was built: a cache may be copied or restored in part.
fn is_whole(binary: &Path) -> bool {
    let Ok(found) = fs::metadata(binary) else { return false };
    let length = fs::read_to_string(length_of(binary)).ok().and_then(|length| length.trim().parse().ok());
    found.is_file() && found.permissions().mode() & 0o111 != 0 && length == Some(found.len())
}

/// The file that holds how long the binary is.
fn length_of(binary: &Path) -> PathBuf {
    binary.with_extension("length")
}

/// Held until it is dropped, or its holder dies.
fn lock(program: Program, folder: &Path) -> Result<File> {
    let file = File::create(folder.join("lock")).with_context(|| cannot_write(folder))?;
    if file.try_lock().is_err() {
        note(&format!("another build of {} is running, waiting for it", program.name()));
        file.lock().with_context(|| format!("cannot lock {}", folder.display()))?;
    }
    Ok(file)
}

/// Builds under another name and renames, so that a binary in its place is always whole.
fn build(program: Program, folder: &Path, binary: &Path) -> Result<()> {
    remove_unfinished(folder)?;
    let go = Go::find(program.module())?;
    for place in [folder, &go.cache, &go.modules] {
        cache::check_room(
            place,
            program.module().room(),
            "RUTTER_LAB_CACHE, GOCACHE and GOMODCACHE choose other places",
        )?;
    }
    if binary.exists() {
        note(&format!("{} is not as it was built, so it is built again", binary.display()));
    }
    note(&format!("building {} (minutes the first time, kept in {})", program.name(), folder.display()));
    // With the id, for the `go` of a killed build may need a moment to end.
    let unfinished = binary.with_extension(format!("{}.unfinished", process::id()));
    let scratch = folder.join(format!("go.{}.unfinished", process::id()));
    fs::create_dir(&scratch).with_context(|| cannot_write(folder))?;
    let built = go::build(program, &unfinished, &scratch).and_then(|()| put_in_place(&unfinished, binary));
    // Also after a failure: the disk may be full.
    remove_unfinished(folder)?;
    built
}

fn put_in_place(unfinished: &Path, binary: &Path) -> Result<()> {
    let file = File::open(unfinished).with_context(|| format!("cannot read {}", unfinished.display()))?;
    // Else the name may be on the disk before the content is.
    file.sync_all()?;
    let length = file.metadata()?.len();
    fs::rename(unfinished, binary)
        .with_context(|| format!("cannot put {} in its place", binary.display()))?;
    let path = length_of(binary);
    fs::write(&path, format!("{length}\n")).with_context(|| format!("cannot write {}", path.display()))
}

/// What a killed build left.
fn remove_unfinished(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "unfinished") {
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.with_context(|| format!("cannot delete {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    #[test]
    fn what_is_there_in_part_is_built_again_and_nothing_unfinished_stays() {
        let cache = tempfile::tempdir().unwrap();
        let binary = ensure_in(cache.path(), Program::Pause).unwrap();
        let whole = fs::read(&binary).unwrap();
        let folder = binary.parent().unwrap();
        let damages: [&dyn Fn(); 5] = [
            &|| fs::write(&binary, &whole[..whole.len() / 2]).unwrap(),
            &|| fs::write(&binary, "").unwrap(),
            &|| fs::set_permissions(&binary, Permissions::from_mode(0o644)).unwrap(),
            &|| fs::remove_file(length_of(&binary)).unwrap(),
            &|| fs::remove_file(&binary).unwrap(),
        ];
        for (number, damage) in damages.iter().enumerate() {
            damage();
            fs::create_dir(folder.join("go.1.unfinished")).unwrap();
            fs::write(folder.join("pause.1.unfinished"), "half").unwrap();
            ensure_in(cache.path(), Program::Pause).unwrap();
            assert_eq!(fs::read(&binary).unwrap(), whole, "damage {number}");
            assert_eq!(fs::metadata(&binary).unwrap().permissions().mode() & 0o111, 0o111, "damage {number}");
            let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
            names.sort();
            assert_eq!(names, ["lock", "pause", "pause.length"], "damage {number}");
        }
    }
}
