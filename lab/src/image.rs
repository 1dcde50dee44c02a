//! Container images, made here: nothing is pulled from anywhere.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use crate::namespace::run;
use crate::pki;

/// The image that holds the namespaces of a pod.
pub(crate) const PAUSE: &str = "registry.lab/pause:1";
/// A shell and the usual programs.
pub(crate) const BUSYBOX: &str = "registry.lab/busybox:1";

/// Writes the image `name` to `archive`, in the form of `docker save`: Debian's static busybox, running `command`.
pub(crate) fn write_busybox(archive: &Path, name: &str, command: &[&str]) -> Result<()> {
    let layer = busybox_layer()?;
    let digest = ring::digest::digest(&ring::digest::SHA256, &layer);
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "config": { "Cmd": command, "Env": ["PATH=/bin"] },
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{}", pki::hex(digest.as_ref()))] },
    });
    let manifest = json!([{ "Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"] }]);
    let mut tar = tar::Builder::new(Vec::new());
    file(&mut tar, "config.json", config.to_string().as_bytes(), 0o644)?;
    file(&mut tar, "layer.tar", &layer, 0o644)?;
    file(&mut tar, "manifest.json", manifest.to_string().as_bytes(), 0o644)?;
    fs::write(archive, tar.into_inner()?).with_context(|| format!("cannot write {}", archive.display()))
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
