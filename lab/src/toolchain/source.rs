//! What decides a binary.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Program;
use crate::pki;

/// Names everything that decides what the binary of `program` is: the files of its module, the package and the flags.
/// Of the module's own programs, only its own counts.
pub(super) fn key(program: Program) -> Result<String> {
    let module = program.module().folder();
    let mut paths = Vec::new();
    collect(&module, &mut paths)?;
    paths.retain(|path| !is_of_another(path, &module, program.name()));
    paths.sort();
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    let mut add = |part: &[u8]| {
        digest.update(&part.len().to_le_bytes());
        digest.update(part);
    };
    add(program.package().as_bytes());
    add(program.ldflags().as_bytes());
    for path in paths {
        add(path.strip_prefix(&module)?.as_os_str().as_encoded_bytes());
        add(&fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    Ok(pki::hex(&digest.finish().as_ref()[..8]))
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            // What has a `go.mod` of its own is another module.
            if !path.join("go.mod").exists() {
                collect(&path, paths)?;
            }
        } else if is_source(&path) {
            paths.push(path);
        }
    }
    Ok(())
}

/// Notes and tests do not end up in a binary; what is embedded may have any other name.
fn is_source(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    !name.ends_with(".md") && !name.ends_with("_test.go")
}

fn is_of_another(path: &Path, module: &Path, name: &str) -> bool {
    let below = path.strip_prefix(module.join("cmd"));
    below.is_ok_and(|below| !below.starts_with(name))
}
