//! A cluster with real nodes: pods run, nodes break and heal, and nothing is left behind.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use lab::process::{self, Process};
use lab::{Cluster, Folder, NodeOptions, Options, Part};
use rutter_cluster::Kind;
use rutter_source::live;

fn two_nodes() -> Options {
    Options { nodes: vec![NodeOptions::default(); 2], ..Options::default() }
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(3);
    while !done() {
        assert!(Instant::now() < deadline, "the time is over before {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn run_pod(cluster: &Cluster, name: &str) {
    let image = ["run", name, "--image=lab/busybox:v1", "--restart=Never"];
    cluster.kubectl(&[&image[..], &["--", "sh", "-c", "echo hello; exec sleep 3600"]].concat()).unwrap();
}

fn phase(cluster: &Cluster, pod: &str) -> String {
    cluster.kubectl(&["get", "pod", pod, "-o", "jsonpath={.status.phase}"]).unwrap()
}

fn ready(cluster: &Cluster, node: &str) -> String {
    let path = "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}";
    cluster.kubectl(&["get", "node", node, "-o", path]).unwrap()
}

/// What the kernel keeps under names, of the cluster in `folder`.
fn leftovers(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    let mut left: Vec<_> = mounts.lines().filter(|mount| mount.contains(folder)).map(str::to_owned).collect();
    let loops =
        Command::new("losetup").args(["--list", "--noheadings", "--output", "BACK-FILE"]).output().unwrap();
    let loops = String::from_utf8(loops.stdout).unwrap();
    left.extend(loops.lines().filter(|file| file.contains(folder)).map(str::to_owned));
    left
}

/// What Rutter hears of real kubelets, where it may ask.
fn kubelets_tell_of_themselves(cluster: &Cluster) {
    let options = live::Options {
        kubeconfig: Some(cluster.admin_kubeconfig().into()),
        kubelets: true,
        ..live::Options::default()
    };
    let seen = live::load(&options, &[Kind::Node], &mut |_| {}).unwrap();
    assert!(seen.coverage().problems.is_empty(), "{:?}", seen.coverage().problems);
    for name in ["node-a", "node-b"] {
        let kubelet = &seen.kubelets()[name];
        let (stats, config) = (kubelet.stats.as_ref().unwrap(), kubelet.config.as_ref().unwrap());
        let image_fs = &stats.node.runtime.image_fs;
        let figures =
            [stats.node.fs.available_bytes, image_fs.capacity_bytes, stats.node.memory.available_bytes];
        assert!(figures.iter().all(Option::is_some), "{stats:?}");
        assert!(!config.eviction_hard.is_empty());
    }
}

#[test]
fn pods_run_and_nodes_break_and_heal() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = Cluster::start_with(&dir.path().join("lab"), &two_nodes()).unwrap();
    run_pod(&cluster, "first");
    wait_for("the pod runs", || phase(&cluster, "first") == "Running");
    assert_eq!(cluster.kubectl(&["logs", "first"]).unwrap(), "hello\n");
    assert_eq!(cluster.kubectl(&["exec", "first", "--", "echo", "there"]).unwrap(), "there\n");
    cluster
        .kubectl(&["-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=60s"])
        .unwrap();
    // kube-proxy may need a moment to hear of CoreDNS.
    wait_for("names are found", || {
        let look = ["exec", "first", "--", "nslookup", "kubernetes.default.svc.cluster.local"];
        cluster.kubectl(&look).is_ok_and(|found| found.contains("10.96.0.1"))
    });

    kubelets_tell_of_themselves(&cluster);

    let mut node = cluster.node("node-b").unwrap();
    node.stop(Part::Kubelet).unwrap();
    assert!(node.process(Part::Kubelet).is_none());
    node.break_cni().unwrap();
    node.start(Part::Kubelet).unwrap();
    wait_for("the node has no network", || ready(&cluster, "node-b") == "False");
    node.restore_cni().unwrap();
    wait_for("the node is ready again", || ready(&cluster, "node-b") == "True");

    cluster.kubectl(&["cordon", "node-a"]).unwrap();
    let refuse =
        serde_json::json!([{ "method": "RunPodSandbox", "action": "fail", "message": "refused by the lab" }]);
    node.set_cri_rules(&refuse).unwrap();
    run_pod(&cluster, "second");
    wait_for("the sandbox is refused", || {
        cluster.kubectl(&["get", "events"]).unwrap().contains("refused by the lab")
    });
    node.set_cri_rules(&serde_json::json!([])).unwrap();
    wait_for("the pod runs after all", || phase(&cluster, "second") == "Running");

    node.cut_network().unwrap();
    wait_for("nobody hears of the node", || ready(&cluster, "node-b") == "Unknown");
    node.restore_network().unwrap();
    wait_for("the node is back", || ready(&cluster, "node-b") == "True");

    let folder = cluster.folder().clone();
    drop(cluster);
    assert!(folder.running().is_empty());
    wait_for("the kernel let go", || leftovers(folder.path()).is_empty());
}

#[test]
fn a_killed_cluster_with_nodes_is_cleaned_away() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("lab");
    let folder = Folder::new(&dir).unwrap();
    let arguments = ["up", "--nodes", "2", "--dir", dir.to_str().unwrap()];
    let mut up = Command::new(env!("CARGO_BIN_EXE_lab")).args(arguments).spawn().unwrap();
    // In the middle of its start.
    wait_for("a kubelet runs", || {
        process::of_folder(folder.path()).iter().any(|process| process.name == "kubelet")
    });
    up.kill().unwrap();
    up.wait().unwrap();
    let left = folder.running();
    assert!(!leftovers(folder.path()).is_empty() || !left.is_empty());
    let clean =
        Command::new(env!("CARGO_BIN_EXE_lab")).args(["clean", "--dir", dir.to_str().unwrap()]).output();
    let clean = clean.unwrap();
    assert!(clean.status.success(), "{}", String::from_utf8_lossy(&clean.stderr));
    assert!(!left.iter().any(Process::is_alive));
    assert!(!dir.exists());
    wait_for("the kernel let go", || leftovers(&dir).is_empty());
    let hierarchies = fs::read_dir("/sys/fs/cgroup").unwrap().flatten();
    assert!(!hierarchies.into_iter().any(|hierarchy| hierarchy.path().join(folder.cgroup()).exists()));
}
