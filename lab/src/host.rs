//! What the machine must have before there can be nodes.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::note;

/// Programs that nodes need, each with the Debian package that has it.
const NEEDED: [(&str, &str); 12] = [
    ("/usr/bin/containerd", "containerd"),
    ("/usr/sbin/runc", "runc"),
    ("/usr/lib/cni/ptp", "containernetworking-plugins"),
    ("/usr/lib/cni/portmap", "containernetworking-plugins"),
    ("/usr/sbin/iptables", "iptables"),
    ("/usr/sbin/conntrack", "conntrack"),
    ("/usr/sbin/ipset", "ipset"),
    ("/bin/busybox", "busybox-static"),
    ("/sbin/ip", "iproute2"),
    ("/sbin/mkfs.ext4", "e2fsprogs"),
    ("/usr/bin/nsenter", "util-linux"),
    ("/bin/mount", "mount"),
];

/// The Debian packages that are missing here.
pub fn missing_packages() -> Vec<&'static str> {
    let missing = NEEDED.iter().filter(|(program, _)| !Path::new(program).exists());
    let mut packages: Vec<_> = missing.map(|(_, package)| *package).collect();
    packages.dedup();
    packages
}

/// Installs what is missing, with apt-get.
pub fn install_packages() -> Result<()> {
    let missing = missing_packages();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    check_root(&format!("installing {list}"))?;
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("nodes need {list} (as Debian calls them), and there is no apt-get to install them with");
    }
    note(&format!("installing {list} with apt-get"));
    apt_get(&["-q", "update"])?;
    apt_get(&[&["-q", "install", "-y", "--no-install-recommends"], missing.as_slice()].concat())
}

fn apt_get(args: &[&str]) -> Result<()> {
    let output = Command::new("apt-get")
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .output()
        .context("cannot run apt-get")?;
    if !output.status.success() {
        bail!("apt-get {} failed:\n{}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Whether nodes can run here; the error says why not.
pub(crate) fn check() -> Result<()> {
    check_root("a lab with nodes (namespaces, mounts, cgroups)")?;
    let missing = missing_packages();
    if !missing.is_empty() {
        bail!("nodes need {}: `lab build` installs them", missing.join(" "));
    }
    if !Path::new("/sys/fs/cgroup/memory/cgroup.procs").exists() {
        bail!("nodes need the memory controller of cgroup v1 at /sys/fs/cgroup/memory");
    }
    Ok(())
}

fn check_root(what: &str) -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        bail!("{what} needs root: run it with sudo");
    }
    Ok(())
}
