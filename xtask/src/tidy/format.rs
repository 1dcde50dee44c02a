//! `cargo fmt` finds files by following `mod`. A file that no `mod` names, or one behind a `#[rustfmt::skip]`, would
//! silently stay as it is. So cargo fmt is asked which files it looks at.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};

use super::Problems;
use crate::repository::{cargo, root, shown};

pub(super) fn check(files: &[PathBuf]) -> anyhow::Result<Problems> {
    let seen = seen()?;
    let is_source = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "rs");
    // The fuzz targets are a workspace of their own.
    let ours = files.iter().filter(is_source).filter(|file| !file.starts_with(root().join("fuzz")));
    let unseen = ours.filter(|file| !seen.contains(*file));
    Ok(unseen
        .map(|file| format!("{}: cargo fmt doesn't reach it; does a `mod` name it?", shown(file)))
        .collect())
}

/// Every file that `cargo fmt` looks at.
fn seen() -> anyhow::Result<BTreeSet<PathBuf>> {
    let output = cargo().args(["fmt", "--all", "--", "--check", "--verbose"]).output();
    let output = output.context("cannot run cargo fmt")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let paths = text.lines().filter_map(|line| line.strip_prefix("Formatting "));
    // A path may lead through `..`.
    let seen: BTreeSet<PathBuf> = paths.filter_map(|path| PathBuf::from(path).canonicalize().ok()).collect();
    ensure!(!seen.is_empty(), "cargo fmt named no file: {}", String::from_utf8_lossy(&output.stderr));
    Ok(seen)
}
