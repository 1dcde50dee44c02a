//! What a new user may meet: each is really brought about, and what the lab says of it is read.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use lab::{Folder, Part, process};
use rustix::process::{Pid, Signal, kill_process};

const LAB: &str = env!("CARGO_BIN_EXE_lab");

/// Runs a shell script in a mount namespace of its own, so that it can hide what the machine has. `$lab` is the lab.
fn sh(dir: &Path, script: &str) -> Output {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation=private", "--", "sh", "-euc", script]).env("lab", LAB);
    command.current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

/// What the lab complained of; that it was one error, in words.
fn complaint(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let line = said.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
    assert!(!line.is_empty() && !said.contains("backtrace"), "{said}");
    said
}

#[track_caller]
fn assert_says(output: &Output, words: &[&str]) {
    let said = complaint(output);
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(3);
    while !done() {
        assert!(Instant::now() < deadline, "the time is over before {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// What the kernel keeps under names, of the cluster in `folder`, whose control plane listens on `server`.
fn leftovers(folder: &Folder, server: &str) -> Vec<String> {
    let path = folder.path().to_str().unwrap();
    let mut left: Vec<_> = folder.running().iter().map(ToString::to_string).collect();
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    left.extend(mounts.lines().filter(|mount| mount.contains(path)).map(str::to_owned));
    let loops = Command::new("losetup").args(["--list", "--noheadings", "--output", "BACK-FILE"]).output();
    let loops = String::from_utf8(loops.unwrap().stdout).unwrap();
    left.extend(loops.lines().filter(|file| file.contains(path)).map(str::to_owned));
    let hierarchies = fs::read_dir("/sys/fs/cgroup").unwrap().flatten();
    let cgroups = hierarchies.map(|hierarchy| hierarchy.path().join(folder.cgroup()));
    left.extend(cgroups.filter(|cgroup| cgroup.exists()).map(|cgroup| cgroup.display().to_string()));
    if let Some(number) = server.strip_prefix("10.213.").and_then(|rest| rest.split('.').next()) {
        let interface = format!("rutter-lab{number}");
        left.extend(Path::new("/sys/class/net").join(&interface).exists().then_some(interface));
    }
    left
}

#[test]
fn a_start_that_is_interrupted_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let moments = [
        ("etcd", 0, Signal::INT),
        ("kube-apiserver", 0, Signal::TERM),
        ("unshare", 1, Signal::TERM),
        ("containerd", 1, Signal::INT),
        ("kube-proxy", 1, Signal::HUP),
    ];
    for (program, nodes, by) in moments {
        let folder = Folder::new(&parent.path().join(program)).unwrap();
        let arguments = ["up", "--nodes", &nodes.to_string(), "--dir", folder.path().to_str().unwrap()];
        let mut up = Command::new(LAB).args(arguments).stderr(Stdio::piped()).spawn().unwrap();
        wait_for(program, || {
            assert!(up.try_wait().unwrap().is_none(), "it ended before there was {program}");
            process::of_folder(folder.path()).iter().any(|process| process.name == program)
        });
        let server = folder.state().unwrap().unwrap_or_default().server;
        signal(&up, by);
        let output = up.wait_with_output().unwrap();
        assert_eq!(output.status.signal(), Some(by.as_raw()), "{program}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("told to stop: ending what runs in ") && !said.contains("error"), "{said}");
        assert!(folder.running().is_empty(), "{program}");
        // The kernel takes its time with a network.
        wait_for("the kernel let go", || leftovers(&folder, &server).is_empty());
    }
}

#[test]
fn two_labs_with_nodes_live_side_by_side_with_the_usual_ports_taken() {
    let parent = tempfile::tempdir().unwrap();
    // Where somebody has them already, they are just as taken.
    let _taken: Vec<_> = [6443, 2379, 2380].map(|port| TcpListener::bind(("0.0.0.0", port))).into();
    let folders = ["one", "other"].map(|name| Folder::new(&parent.path().join(name)).unwrap());
    let lab = |arguments: &[&str], folder: &Folder| {
        let mut lab = Command::new(LAB);
        lab.args(arguments).arg("--dir").arg(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        lab.spawn().unwrap()
    };
    let starts = folders.each_ref().map(|folder| lab(&["up", "--nodes", "1", "--timeout", "180"], folder));
    for start in starts {
        let output = start.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let servers = folders.each_ref().map(|folder| folder.state().unwrap().unwrap().server);
    assert_ne!(servers[0], servers[1]);
    let make = ["create", "namespace", "only-here"];
    folders[0].kubectl(&make).unwrap();
    folders[1].kubectl(&make).unwrap();

    // A second one in the same folder is refused, and told what is there.
    let again = lab(&["up", "--nodes", "1"], &folders[1]).wait_with_output().unwrap();
    let down = format!("`lab down --dir {}` ends it", folders[1].path().display());
    assert_says(&again, &["runs in", "already", "etcd (process ", &down]);

    assert!(lab(&["clean"], &folders[0]).wait_with_output().unwrap().status.success());
    wait_for("the kernel let go", || leftovers(&folders[0], &servers[0]).is_empty());
    assert!(!folders[0].path().exists());
    let status = lab(&["status"], &folders[1]).wait_with_output().unwrap();
    assert!(status.status.success(), "{status:?}");
    assert!(folders[1].kubectl(&["get", "nodes"]).unwrap().contains(" Ready "));

    // Of a lab that is in part dead, the dead part is named.
    folders[1].node("node-a").unwrap().kill(Part::Kubelet).unwrap();
    let status = lab(&["status"], &folders[1]).wait_with_output().unwrap();
    let said = String::from_utf8(status.stdout).unwrap();
    assert_eq!(status.status.code(), Some(1));
    assert!(
        said.contains("kubelet of node-a does not run; its log: ") && said.contains("etcd runs"),
        "{said}"
    );
    assert!(lab(&["clean"], &folders[1]).wait_with_output().unwrap().status.success());
    wait_for("the kernel let go", || leftovers(&folders[1], &servers[1]).is_empty());
}

#[test]
fn a_build_that_is_killed_ends_its_compiler_and_a_second_one_waits_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let cache = dir.path().join("cache");
    let up = || {
        let mut up = Command::new(LAB);
        up.args(["up", "--dir"]).arg(dir.path().join("lab")).env("RUTTER_LAB_CACHE", &cache);
        up.stderr(Stdio::piped()).spawn().unwrap()
    };
    let scratch = || {
        fs::read_dir(cache.join("programs")).into_iter().flatten().flatten().find_map(|program| {
            let entries = fs::read_dir(program.path()).unwrap().flatten();
            entries.map(|entry| entry.path()).find(|path| path.is_dir())
        })
    };
    let compilers = || {
        let pids = fs::read_dir("/proc").unwrap().flatten();
        let commands = pids.filter_map(|pid| fs::read_to_string(pid.path().join("cmdline")).ok());
        commands
            .filter(|command| command.starts_with("go\0build") && command.contains(cache.to_str().unwrap()))
            .count()
    };

    let mut first = up();
    wait_for("the compiler runs", || scratch().is_some() && compilers() == 1);
    let of_first = scratch().unwrap();
    let mut second = up();
    let mut said = BufReader::new(second.stderr.take().unwrap()).lines();
    let line = said.next().unwrap().unwrap();
    assert_eq!(line, "lab: another build of etcd is running, waiting for it");
    first.kill().unwrap();
    first.wait().unwrap();

    // It holds no lock for the dead, and puts away what that one left.
    wait_for("the second builds", || scratch().is_some_and(|now| now != of_first) && compilers() == 1);
    assert!(!of_first.exists());
    signal(&second, Signal::TERM);
    assert_eq!(second.wait().unwrap().signal(), Some(Signal::TERM.as_raw()));
    wait_for("no compiler runs", || compilers() == 0);
}

#[test]
fn too_little_room_is_told_before() {
    let dir = tempfile::tempdir().unwrap();
    let small = "mkdir -p small; mount -t tmpfs -o size=64m small small; ";
    let cache = sh(dir.path(), &format!("{small} RUTTER_LAB_CACHE=$PWD/small $lab build"));
    assert_says(
        &cache,
        &["4.0 GiB are needed, and 0.1 GiB are free", "RUTTER_LAB_CACHE", "small/programs/etcd-"],
    );
    let of_go =
        sh(dir.path(), &format!("{small} GOCACHE=$PWD/small/go RUTTER_LAB_CACHE=$PWD/cache $lab build"));
    assert_says(&of_go, &["4.0 GiB are needed, and 0.1 GiB are free", "GOCACHE", "small/go"]);
    for (nodes, needed) in [(0, "0.5 GiB"), (2, "2.0 GiB")] {
        let up = sh(dir.path(), &format!("{small} $lab up --nodes {nodes} --dir small/lab"));
        assert_says(&up, &[needed, "0.1 GiB are free", "--dir", "small/lab"]);
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let script = "mkdir cache; mount -t tmpfs cache cache; mount -o remount,ro cache; RUTTER_LAB_CACHE=$PWD/cache $lab up";
    assert_says(
        &sh(dir.path(), script),
        &["cannot write to the lab's cache", "set RUTTER_LAB_CACHE", "Read-only"],
    );
}

/// Makes root another user, who may read what root may.
const NOT_ROOT: &str = "unshare --user --map-user=1000 --map-group=1000";

#[test]
fn without_root_there_is_an_api_server_and_for_nodes_a_refusal() {
    let dir = tempfile::tempdir().unwrap();
    // With an empty cache: it refuses before it builds for minutes.
    let nodes =
        sh(dir.path(), &format!("RUTTER_LAB_CACHE=$PWD/cache {NOT_ROOT} $lab up --nodes 1 --dir lab"));
    assert_says(&nodes, &["needs root: run it with sudo"]);
    let script = format!(
        "{NOT_ROOT} $lab up --dir lab; {NOT_ROOT} $lab kubectl --dir lab get namespaces; $lab clean --dir lab"
    );
    let up = sh(dir.path(), &script);
    assert!(up.status.success() && String::from_utf8_lossy(&up.stdout).contains("kube-system"), "{up:?}");
    let build = sh(dir.path(), &format!("mount -t tmpfs none /usr/lib/cni; {NOT_ROOT} $lab build"));
    let said = String::from_utf8_lossy(&build.stderr);
    assert!(build.status.success() && said.contains("not root, so containernetworking-plugins"), "{said}");
}

/// A program named `name` that stands in for a real one, in a folder that goes first in the PATH.
fn fake(dir: &Path, name: &str, script: &str) -> String {
    let path = dir.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    format!("PATH={}:$PATH", dir.display())
}

#[test]
fn without_go_or_with_an_old_one_it_tells_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let build = "RUTTER_LAB_CACHE=$PWD/cache $lab build";
    let none = sh(dir.path(), &format!("export PATH=/usr/bin:/bin; ! command -v go || exit 0; {build}"));
    assert_says(&none, &["needs Go 1.", "no `go` in the PATH"]);
    // A stand-in, for an old compiler is not at hand.
    let old = sh(dir.path(), &format!("{} {build}", fake(dir.path(), "go", "echo go1.19.8")));
    assert_says(&old, &["needs Go 1.", "the `go` in the PATH is 1.19.8"]);
}

#[test]
fn modules_that_cannot_be_had_are_told() {
    let dir = tempfile::tempdir().unwrap();
    for proxy in ["off", "http://127.0.0.1:1"] {
        let go = format!(
            "GOPROXY={proxy} GOMODCACHE=$PWD/modules GOFLAGS=-modcacherw RUTTER_LAB_CACHE=$PWD/cache"
        );
        assert_says(&sh(dir.path(), &format!("{go} $lab build")), &["it needs the network, or GOPROXY set"]);
    }
}

#[test]
fn missing_packages_are_installed_or_told() {
    let dir = tempfile::tempdir().unwrap();
    let without = "mount -t tmpfs none /usr/lib/cni;";
    let up = sh(dir.path(), &format!("{without} $lab up --nodes 1 --dir lab"));
    assert_says(&up, &["nodes need containernetworking-plugins: `lab build` installs them"]);
    // Stand-ins, for the real one has the package already.
    let refuse = fake(dir.path(), "apt-get", "echo \"E: Unable to locate $1 $2\" >&2; exit 100");
    let refused = sh(dir.path(), &format!("{without} {refuse} $lab build"));
    assert_says(
        &refused,
        &[
            "installing containernetworking-plugins with apt-get",
            "install them by hand",
            "install -y --no-install-recommends containernetworking-plugins` failed (exit status: 100): E: Unable to locate",
        ],
    );
    let install =
        fake(dir.path(), "apt-get", "[ $2 != install ] || touch /usr/lib/cni/ptp /usr/lib/cni/portmap");
    let installed = sh(dir.path(), &format!("{without} {install} $lab build"));
    assert!(installed.status.success(), "{installed:?}");
}

#[test]
fn what_the_kernel_lacks_is_told_before_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let up = "$lab up --nodes 1 --dir lab";
    let none = sh(dir.path(), &format!("mount -t tmpfs none /sys/fs/cgroup; {up}"));
    assert_says(&none, &["the controllers cpu, cpuacct, cpuset, memory of cgroup v1"]);
    let v2 = sh(
        dir.path(),
        &format!("mount -t tmpfs none /sys/fs/cgroup; touch /sys/fs/cgroup/cgroup.controllers; {up}"),
    );
    assert_says(&v2, &["this machine has v2 alone", "systemd.unified_cgroup_hierarchy=0"]);
    let overlay = sh(
        dir.path(),
        "mkdir lower upper work over; mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work over
         $lab up --nodes 1 --dir over/lab",
    );
    assert_says(&overlay, &["nodes need an overlay file system", "--dir", "over/lab"]);
    let devices = "mkdir dev; for it in null urandom; do touch dev/$it; mount --bind /dev/$it dev/$it; done
                   mount --rbind dev /dev";
    let loops = sh(dir.path(), &format!("{devices}; {up}"));
    assert_says(&loops, &["nodes need a loop device", "modprobe loop"]);
}

#[test]
fn limits_that_are_too_low_and_cannot_be_raised_are_told() {
    let dir = tempfile::tempdir().unwrap();
    // As in a container: the limit is there, and not to be written.
    let low = "mkdir low; mount -t tmpfs low low; echo 128 >low/max_user_instances; cp /proc/sys/fs/inotify/max_user_watches low
               mount -o remount,ro low; mount --rbind low /proc/sys/fs/inotify";
    let up = sh(dir.path(), &format!("{low}; $lab up --nodes 1 --dir lab"));
    assert_says(&up, &["nodes need more of fs.inotify.max_user_instances than 128", "sysctl -w"]);
}

#[test]
fn wrong_words_are_told_with_the_right_ones() {
    let run = |args: &[&str]| {
        let output = Command::new(LAB).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&["break", "crashloop"]).contains("'crash-loop'"));
    assert!(run(&["up", "--scenario", "crash-lop"]).contains("'crash-loop'"));
    assert!(run(&["test", "crash-loop", "diskpressure"]).contains("'disk-pressure'"));
    let version = run(&["up", "--version", "v1.12"]);
    assert!(version.contains(lab::toolchain::KUBERNETES) && version.contains("lab/README.md"), "{version}");
}

#[test]
fn without_a_cluster_commands_say_how_to_start_one() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("none").to_str().unwrap().to_owned();
    let start = format!("`lab up --dir {dir}` starts one");
    for command in [&["kubectl", "--dir", &dir, "get", "nodes"][..], &["node", "--dir", &dir, "node-a", "sh"]]
    {
        assert_says(&Command::new(LAB).args(command).output().unwrap(), &[&start]);
    }
    let status = Command::new(LAB).args(["status", "--dir", &dir]).output().unwrap();
    assert_eq!(status.status.code(), Some(1));
    assert!(String::from_utf8(status.stdout).unwrap().contains(&start));
    for command in ["down", "clean"] {
        assert!(Command::new(LAB).args([command, "--dir", &dir]).status().unwrap().success());
    }
}

#[test]
fn a_reader_that_went_is_no_error() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let parent = tempfile::tempdir().unwrap();
    let mut status = Command::new(LAB);
    status.args(["status", "--dir"]).arg(parent.path().join("none"));
    let output = status.stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(1), String::new()));
}
