//! A cluster is started, filled, looked at, killed and cleaned away.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Output};

use lab::process::{self, Process};
use lab::{Cluster, Folder, Options, User};
use serde_json::Value;

fn data() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"))
}

fn lab(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lab")).args(args).output().unwrap()
}

/// The JSON that the API server gives `kubeconfig` for `args` of `kubectl get`.
fn get(kubeconfig: &Path, args: &[&str]) -> Value {
    let kubectl = lab::toolchain::ensure(lab::toolchain::Program::Kubectl).unwrap();
    let command = Command::new(kubectl)
        .arg("--kubeconfig")
        .arg(kubeconfig)
        .arg("get")
        .args(args)
        .args(["-o", "json"])
        .output();
    let output = command.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn counts(pairs: &[(&str, usize)]) -> BTreeMap<String, usize> {
    pairs.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
}

#[test]
fn a_recording_is_loaded_with_its_relations_and_states() {
    let dir = tempfile::tempdir().unwrap();
    let carol =
        User { name: "carol".into(), token: "of-carol".into(), groups: vec!["system:masters".into()] };
    let options = Options { users: vec![carol], ..Options::default() };
    let cluster = Cluster::start_with(dir.path(), &options).unwrap();
    let admin = cluster.admin_kubeconfig();

    let loaded = lab::load(admin, data()).unwrap();
    assert!(loaded.refused.is_empty(), "{loaded}");
    assert_eq!(loaded.passed_over.len(), 2, "{loaded}");
    assert_eq!(loaded.replaced, counts(&[("Namespace", 1)]), "{loaded}");
    let kinds = [
        ("CustomResourceDefinition", 1),
        ("Deployment", 1),
        ("EndpointSlice", 1),
        ("Event", 1),
        ("Job", 1),
        ("Namespace", 1),
        ("Node", 1),
        ("Pod", 2),
        ("ReplicaSet", 1),
        ("Service", 1),
        ("Ship", 1),
    ];
    assert_eq!(loaded.created, counts(&kinds), "{loaded}");

    let deployment = get(admin, &["-n", "shop", "deployment", "web"]);
    let replica_set = get(admin, &["-n", "shop", "replicaset", "web-1"]);
    let pod = get(admin, &["-n", "shop", "pod", "web-1-a"]);
    assert_ne!(pod["metadata"]["uid"], "00000000-0000-4000-8000-000000000003");
    assert_eq!(replica_set["metadata"]["ownerReferences"][0]["uid"], deployment["metadata"]["uid"]);
    assert_eq!(pod["metadata"]["ownerReferences"][0]["uid"], replica_set["metadata"]["uid"]);
    assert_eq!(pod["spec"]["nodeName"], "node-a");
    assert_eq!(pod["spec"]["tolerations"], Value::Null);
    assert_eq!(pod["status"]["containerStatuses"][0]["restartCount"], 7);

    let event = get(admin, &["-n", "shop", "event", "web-1-a.1"]);
    assert_eq!(event["involvedObject"]["uid"], pod["metadata"]["uid"]);
    assert_eq!((&event["lastTimestamp"], &event["count"]), (&"2026-01-02T03:04:05Z".into(), &30.into()));
    let slice = get(admin, &["-n", "shop", "endpointslice", "web-x"]);
    assert_eq!(slice["endpoints"][0]["targetRef"]["uid"], pod["metadata"]["uid"]);
    assert_eq!(get(admin, &["node", "node-a"])["status"]["conditions"][0]["status"], "False");
    assert_eq!(get(admin, &["-n", "shop", "ship", "argo"])["spec"]["crew"], 50);

    let leaving = get(admin, &["-n", "shop", "pod", "web-1-leaving"]);
    assert!(leaving["metadata"]["deletionTimestamp"].is_string());
    assert_eq!(leaving["metadata"]["deletionGracePeriodSeconds"], 600);

    // Who may do what, and what the audit log says of it.
    get(&cluster.kubeconfig_for("carol", "of-carol").unwrap(), &["nodes"]);
    get(&cluster.kubeconfig_with_certificate("dave", Some("system:masters")).unwrap(), &["nodes"]);
    let refused = Command::new(lab::toolchain::ensure(lab::toolchain::Program::Kubectl).unwrap())
        .args(["get", "nodes", "--kubeconfig"])
        .arg(cluster.viewer_kubeconfig())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Forbidden"));
    let requests = cluster.requests_of("viewer").unwrap();
    assert!(requests.iter().any(|request| request.code == 403 && request.uri.starts_with("/api/v1/nodes")));
    assert!(requests.iter().all(|request| ["get", "list"].contains(&request.verb.as_str())));
    assert!(cluster.requests_of("admin").unwrap().iter().any(|request| request.verb == "create"));

    let folder = cluster.folder().clone();
    let started = folder.state().unwrap().unwrap().processes;
    assert_eq!(started.iter().filter(|process| process.is_alive()).count(), 2);
    drop(cluster);
    assert!(!started.iter().any(Process::is_alive));
    assert!(process::of_folder(folder.path()).is_empty());
}

#[test]
fn what_a_killed_lab_leaves_is_cleaned_away() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("cluster");
    let dir = dir.to_str().unwrap();
    let folder = Folder::new(Path::new(dir)).unwrap();

    // Killed in the middle of its start: etcd runs, and the rest may not.
    let up = Command::new(env!("CARGO_BIN_EXE_lab")).args(["up", "--dir", dir]).spawn().unwrap();
    kill_when_it_runs(up, &folder, 1);
    let left = folder.running();
    assert!(!left.is_empty());
    assert!(lab(&["clean", "--dir", dir]).status.success());
    assert!(!left.iter().any(Process::is_alive));
    assert!(!folder.path().exists());

    // Killed processes are noticed, a second cluster in the same folder is refused.
    let output = lab(&["up", "--dir", dir]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!lab(&["up", "--dir", dir]).status.success());
    let kubectl = lab(&["kubectl", "--dir", dir, "--", "get", "--raw", "/readyz"]);
    assert_eq!(String::from_utf8_lossy(&kubectl.stdout), "ok");
    let running = folder.running();
    assert_eq!(running.len(), 2);
    assert!(lab(&["status", "--dir", dir]).status.success());
    process::end(&running[..1], std::time::Duration::ZERO).unwrap();
    let status = lab(&["status", "--dir", dir]);
    assert!(!status.status.success());
    let status = String::from_utf8_lossy(&status.stdout);
    assert!(
        status.contains("does not run; its log: ") && status.contains("not all of it runs: "),
        "{status}"
    );
    assert!(lab(&["down", "--dir", dir]).status.success());
    assert!(folder.running().is_empty());
    assert!(folder.path().exists());
    assert!(lab(&["clean", "--dir", dir]).status.success());
    assert!(!folder.path().exists());
}

const HOLDS: &str = "RUTTER_LAB_TEST_HOLDS";

#[test]
fn the_cluster_of_a_killed_test_is_an_orphan() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("cluster");
    let folder = Folder::new(&dir).unwrap();
    let test = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "holds_a_cluster_until_it_is_killed"])
        .env(HOLDS, &dir)
        .spawn();
    kill_when_it_runs(test.unwrap(), &folder, 2);

    assert!(process::orphaned_folders().contains(&dir));
    assert!(lab(&["clean", "--dir", dir.to_str().unwrap()]).status.success());
    assert!(folder.running().is_empty());
    assert!(!dir.exists());
}

#[test]
#[ignore = "the other side of the_cluster_of_a_killed_test_is_an_orphan"]
fn holds_a_cluster_until_it_is_killed() {
    let Some(dir) = std::env::var_os(HOLDS) else { return };
    let _cluster = Cluster::start(Path::new(&dir)).unwrap();
    loop {
        std::thread::park();
    }
}

/// Waits until the cluster in `folder`, which `starter` starts, has that many processes, and kills `starter`.
fn kill_when_it_runs(mut starter: Child, folder: &Folder, processes: usize) {
    while process::of_folder(folder.path()).len() < processes {
        assert!(
            starter.try_wait().unwrap().is_none(),
            "it ended before it had started {processes} processes"
        );
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    starter.kill().unwrap();
    starter.wait().unwrap();
}
