//! What the machine must have before there can be nodes.

use std::fs;
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

/// What the kernel must do: a shell script that tries it, run in namespaces of its own and in a folder that is deleted
/// afterwards; what it is; and what to do where it fails.
const FEATURES: [(&str, &str, &str); 4] = [
    ("true", "namespaces", "in a container, they need a privileged one"),
    (
        "mkdir lower upper work merged
         mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged",
        "an overlay file system",
        "load it with `modprobe overlay`; if the cluster's folder itself is on an overlay, as in a container, choose one \
         on another file system with --dir",
    ),
    (
        "truncate --size=1M disk.img
         mkfs.ext4 -q -F disk.img
         mkdir disk
         mount -o loop disk.img disk",
        "a loop device with ext4",
        "load it with `modprobe loop`; in a container, it needs /dev/loop-control and /dev/loop0 and on",
    ),
    (
        "ip link add nodes type bridge
         ip link add one-end type veth peer name other-end",
        "a network bridge and links to it",
        "load them with `modprobe bridge` and `modprobe veth`",
    ),
];

/// The controllers of cgroup v1 that kubelet does not start without.
const CONTROLLERS: [&str; 4] = ["cpu", "cpuacct", "cpuset", "memory"];

/// Limits of the kernel that many a machine has too low for several nodes, below `/proc/sys`, with what is enough for all
/// labs that fit: each node has some 15 instances, and kubelet ends when it gets none.
const LIMITS: [(&str, u64); 2] =
    [("fs/inotify/max_user_instances", 1024), ("fs/inotify/max_user_watches", 1 << 19)];

/// The Debian packages that are missing here.
pub fn missing_packages() -> Vec<&'static str> {
    let missing = NEEDED.iter().filter(|(program, _)| !Path::new(program).exists());
    let mut packages: Vec<_> = missing.map(|(_, package)| *package).collect();
    packages.dedup();
    packages
}

/// Installs what nodes need and is missing, with apt-get. Who may not do that is told what nodes will lack: an API server
/// needs none of it.
pub fn install_packages() -> Result<()> {
    let missing = missing_packages();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !is_root() {
        note(&format!(
            "not root, so {list} are not installed: `lab up` works without, `lab up --nodes` does not; `sudo lab build`, \
             or `sudo apt-get install {list}`, installs them"
        ));
        return Ok(());
    }
    note(&format!("installing {list} with apt-get"));
    let by_hand =
        format!("nodes need {list}, as Debian calls them: install them by hand, then run this again");
    if let Err(error) = apt_get(&["-q", "update"]) {
        // What is known of packages may do all the same.
        note(&format!("{error:#}"));
    }
    apt_get(&[&["-q", "install", "-y", "--no-install-recommends"], missing.as_slice()].concat())
        .context(by_hand)?;
    let missing = missing_packages();
    if !missing.is_empty() {
        bail!(
            "apt-get installed {list}, but the programs of {} are not where Debian has them",
            missing.join(" ")
        );
    }
    Ok(())
}

fn apt_get(args: &[&str]) -> Result<()> {
    let output = Command::new("apt-get")
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .output()
        .context("cannot run apt-get")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`apt-get {}` failed ({}): {}", args.join(" "), output.status, said.trim());
    }
    Ok(())
}

/// Makes sure that nodes can run here; the error says why not.
pub(crate) fn check() -> Result<()> {
    if !is_root() {
        bail!(
            "a lab with nodes makes namespaces, mounts and cgroups, and needs root: run it with sudo; without --nodes, an \
             API server needs none"
        );
    }
    let missing = missing_packages();
    if !missing.is_empty() {
        bail!("nodes need {}: `lab build` installs them", missing.join(" "));
    }
    check_cgroups()?;
    raise_limits()
}

fn check_cgroups() -> Result<()> {
    let root = Path::new("/sys/fs/cgroup");
    let missing = CONTROLLERS.iter().filter(|name| !root.join(name).join("cgroup.procs").exists());
    let missing: Vec<_> = missing.copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    if root.join("cgroup.controllers").exists() {
        bail!(
            "nodes need cgroup v1, and this machine has v2 alone: start its kernel with \
             systemd.unified_cgroup_hierarchy=0 (systemd before 258), or use another machine"
        );
    }
    bail!("nodes need the controllers {} of cgroup v1, mounted below {}", missing.join(", "), root.display());
}

/// Raises the limits that are too low, until the machine is started anew.
fn raise_limits() -> Result<()> {
    for (name, enough) in LIMITS {
        let path = Path::new("/proc/sys").join(name);
        let found = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if found.trim().parse().is_ok_and(|found: u64| found >= enough) {
            continue;
        }
        let name = name.replace('/', ".");
        note(&format!("raising {name} from {} to {enough}, until the next boot", found.trim()));
        fs::write(&path, enough.to_string()).with_context(|| {
            format!(
                "nodes need more of {name} than {}: `sysctl -w {name}={enough}` on the machine itself",
                found.trim()
            )
        })?;
    }
    Ok(())
}

/// Whether the kernel does for `folder` what nodes ask of it. It is tried, for no list of modules tells.
pub(crate) fn check_kernel(folder: &Path) -> Result<()> {
    for (script, feature, remedy) in FEATURES {
        let place = folder.join("probe");
        fs::create_dir(&place).with_context(|| format!("cannot make {}", place.display()))?;
        let tried = Command::new("unshare")
            .args(["--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--", "sh", "-euc", script])
            .current_dir(&place)
            .stdin(Stdio::null())
            .output();
        fs::remove_dir_all(&place).with_context(|| format!("cannot delete {}", place.display()))?;
        let tried = tried.context("cannot run unshare")?;
        if !tried.status.success() {
            let said = String::from_utf8_lossy(&tried.stderr);
            let said = said.lines().next().unwrap_or_default();
            bail!("nodes need {feature}, which cannot be had in {}: {remedy} ({said})", folder.display());
        }
    }
    Ok(())
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
