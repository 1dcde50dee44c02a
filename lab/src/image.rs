//! Container images, made here: nothing is pulled from anywhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use crate::addons::Addons;
use crate::namespace::run;
use crate::pki;
use crate::toolchain::{self, Program};

/// The image that holds the namespaces of a pod.
pub(crate) const PAUSE: &str = "docker.io/lab/pause:v1";

/// Writes the images that a cluster with `addons` needs to `folder`, in the form of `docker save`, and gives their files.
pub(crate) fn write_all(folder: &Path, addons: &Addons) -> Result<Vec<PathBuf>> {
    let mut archives = vec![write(folder, "busybox", &busybox_layer()?, &["/bin/sh"])?];
    let inside = addons.0.iter().filter(|addon| addon.manifest().is_some());
    for program in [Program::Pause, Program::Coredns].into_iter().chain(inside.map(|addon| addon.program())) {
        let name = program.name();
        let layer = program_layer(program)?;
        archives.push(write(folder, name, &layer, &[&format!("/{name}")])?);
    }
    Ok(archives)
}

/// An image of one layer, which runs `command`.
fn write(folder: &Path, name: &str, layer: &[u8], command: &[&str]) -> Result<PathBuf> {
    let digest = ring::digest::digest(&ring::digest::SHA256, layer);
    let process = match name {
        "busybox" => json!({ "Cmd": command, "Env": ["PATH=/bin"] }),
        _ => json!({ "Entrypoint": command }),
    };
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "config": process,
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{}", pki::hex(digest.as_ref()))] },
    });
    let tag = format!("docker.io/lab/{name}:v1");
    let manifest = json!([{ "Config": "config.json", "RepoTags": [tag], "Layers": ["layer.tar"] }]);
    let mut tar = tar::Builder::new(Vec::new());
    file(&mut tar, "config.json", config.to_string().as_bytes(), 0o644)?;
    file(&mut tar, "layer.tar", layer, 0o644)?;
    file(&mut tar, "manifest.json", manifest.to_string().as_bytes(), 0o644)?;
    let archive = folder.join(format!("{name}.tar"));
    fs::write(&archive, tar.into_inner()?).with_context(|| format!("cannot write {}", archive.display()))?;
    Ok(archive)
}

fn program_layer(program: Program) -> Result<Vec<u8>> {
    let binary = toolchain::ensure(program)?;
    let content = fs::read(&binary).with_context(|| format!("cannot read {}", binary.display()))?;
    let mut tar = tar::Builder::new(Vec::new());
    file(&mut tar, program.name(), &content, 0o755)?;
    Ok(tar.into_inner()?)
}

fn busybox_layer() -> Result<Vec<u8>> {
    let busybox = "/bin/busybox";
    let program = fs::read(busybox).with_context(|| format!("cannot read {busybox}"))?;
    let mut tar = tar::Builder::new(Vec::new());
    file(&mut tar, "bin/busybox", &program, 0o755)?;
    for applet in run(Command::new(busybox).arg("--list"))?.lines().filter(|applet| *applet != "busybox") {
        let mut header = header(0, 0o777);
        header.set_entry_type(tar::EntryType::Symlink);
        tar.append_link(&mut header, format!("bin/{applet}"), "busybox")?;
    }
    file(&mut tar, "etc/passwd", b"root:x:0:0:root:/:/bin/sh\n", 0o644)?;
    let mut header = header(0, 0o1777);
    header.set_entry_type(tar::EntryType::Directory);
    tar.append_data(&mut header, "tmp/", &[][..])?;
    Ok(tar.into_inner()?)
}

fn file(tar: &mut tar::Builder<Vec<u8>>, path: &str, content: &[u8], mode: u32) -> Result<()> {
    Ok(tar.append_data(&mut header(content.len() as u64, mode), path, content)?)
}

fn header(size: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(mode);
    header
}
