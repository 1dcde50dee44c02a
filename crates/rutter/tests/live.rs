//! The binary against a real API server, which holds what the demo's recording holds, moved to the present.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::{
    fs,
    io::Write,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use jiff::Timestamp;
use lab::{Cluster, Options, User};
use serde_json::{Value, json};

/// The time of the newest heartbeat in the recording.
const RECORDED: &str = "2026-11-23T23:32:34Z";
const SECRET: &str = "correct-horse-battery-staple";

/// Moves every time in `value` by `seconds`, keeping its fraction as it is written.
fn shift(value: &mut Value, seconds: i64) {
    match value {
        Value::String(text) if text.len() >= 20 && text.ends_with('Z') => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text.trim_end_matches('Z'), "Z"));
            if let Ok(time) = format!("{whole}Z").parse::<Timestamp>() {
                let moved = Timestamp::from_second(time.as_second() + seconds).unwrap().to_string();
                let fraction = if fraction == "Z" { "Z".to_owned() } else { format!(".{fraction}") };
                *text = format!("{}{fraction}", moved.trim_end_matches('Z'));
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| shift(value, seconds)),
        Value::Object(fields) => fields.values_mut().for_each(|value| shift(value, seconds)),
        _ => {}
    }
}

/// What lets a user read pods, in all namespaces, and nothing else.
fn only_pods(user: &str) -> [Value; 2] {
    let api_group = "rbac.authorization.k8s.io";
    let api_version = format!("{api_group}/v1");
    [
        json!({"apiVersion": api_version, "kind": "ClusterRole", "metadata": {"name": "only-pods"},
            "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]}),
        json!({"apiVersion": api_version, "kind": "ClusterRoleBinding", "metadata": {"name": "only-pods"},
            "roleRef": {"apiGroup": api_group, "kind": "ClusterRole", "name": "only-pods"},
            "subjects": [{"apiGroup": api_group, "kind": "User", "name": user}]}),
    ]
}

/// The demo's recording as of now, and a Secret and a ConfigMap beside it, as a folder with one List.
fn recording(dir: &Path) -> PathBuf {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/cluster.json")).unwrap();
    let documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let mut list = documents.map_while(Result::ok).find(|document| document["kind"] == "List").unwrap();
    let items = list["items"].as_array_mut().unwrap();
    items.push(
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "payments"},
        "stringData": {"password": SECRET}}),
    );
    items.push(
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "db", "namespace": "payments"},
        "data": {"password": SECRET}}),
    );
    items.extend(only_pods("partly"));
    let recorded: Timestamp = RECORDED.parse().unwrap();
    shift(&mut list, Timestamp::now().as_second() - recorded.as_second());
    let folder = dir.join("recording");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("all.json"), list.to_string()).unwrap();
    folder
}

fn diagnose(kubeconfig: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rutter"));
    command.arg("diagnose").arg("--kubeconfig").arg(kubeconfig).args(more);
    command.env_remove("KUBECONFIG").env_remove("COLUMNS").output().unwrap()
}

fn report(kubeconfig: &Path, more: &[&str]) -> Value {
    let output = diagnose(kubeconfig, &[more, &["-o", "json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(SECRET), "a value of a Secret or ConfigMap is in the report");
    serde_json::from_str(&text).unwrap()
}

/// The incidents as `lesson object`, with what they explain.
fn told(report: &Value) -> Vec<String> {
    let name = |finding: &Value| {
        let object = &finding["object"];
        let words = [&finding["lesson"], &object["kind"], &object["name"]];
        words.map(|word| word.as_str().unwrap_or_default()).join(" ")
    };
    // Not the history: the API server gives every object a new creation time, so what was before is another object's.
    let incidents = report["incidents"].as_array().unwrap().iter();
    let with_effects = |incident: &Value| {
        let effects = incident["explains"].as_array().into_iter().flatten().map(name).collect::<Vec<_>>();
        format!("{} -> {}", name(&incident["root"]), effects.join(", "))
    };
    incidents.map(with_effects).collect()
}

fn state(report: &Value, resource: &str) -> String {
    let coverage = report["coverage"].as_array().unwrap().iter();
    let found = coverage.clone().find(|one| one["resource"] == resource);
    found.map_or_else(|| "not mentioned".to_owned(), |one| one["state"].as_str().unwrap().to_owned())
}

#[test]
fn a_live_cluster_is_read_and_nothing_is_changed() {
    let dir = tempfile::tempdir().unwrap();
    let user = |name: &str, groups: &[&str]| User {
        name: name.into(),
        token: format!("of-{name}"),
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
    };
    let users = vec![user("oncall", &["system:masters"]), user("partly", &[])];
    let cluster =
        Cluster::start_with(&dir.path().join("lab"), &Options { users, ..Options::default() }).unwrap();
    let folder = recording(dir.path());
    let loaded = lab::load(cluster.admin_kubeconfig(), &folder).unwrap();
    assert!(loaded.refused.is_empty(), "{loaded}");

    // What a file shows, the live cluster shows.
    let oncall = cluster.kubeconfig_for("oncall", "of-oncall").unwrap();
    let live = report(&oncall, &[]);
    let file =
        Command::new(env!("CARGO_BIN_EXE_rutter")).arg("diagnose").arg(&folder).args(["-o", "json"]).output();
    let file: Value = serde_json::from_slice(&file.unwrap().stdout).unwrap();
    assert_eq!(told(&live), told(&file));
    assert_eq!(live["incidents"][0]["root"]["object"]["name"], "node-a");
    assert_eq!(live["cluster"]["version"], "v1.34.4");
    assert_eq!(["pods", "nodes", "leases"].map(|kind| state(&live, kind)), ["seen", "seen", "seen"]);
    let complete = diagnose(&oncall, &["--require-complete"]);
    assert_eq!(complete.status.code(), Some(0), "{}", String::from_utf8_lossy(&complete.stdout));

    // One namespace.
    let one = report(&oncall, &["-n", "payments"]);
    assert_eq!(one["scope"]["namespaces"], json!(["payments"]));
    assert_eq!(state(&one, "pods"), "partial");

    // Somebody who may read next to nothing is told so, and nothing is called well.
    let partly = cluster.kubeconfig_for("partly", "of-partly").unwrap();
    let pods = report(&partly, &[]);
    assert_eq!(["pods", "nodes"].map(|kind| state(&pods, kind)), ["seen", "forbidden"]);
    assert_eq!(diagnose(&partly, &["--require-complete"]).status.code(), Some(3));
    let text = String::from_utf8(diagnose(&partly, &[]).stdout).unwrap();
    assert!(text.contains("may not be read") && !text.to_lowercase().contains("healthy"), "{text}");

    // Somebody who may read nothing gets no report, but the reason.
    let nothing = diagnose(cluster.viewer_kubeconfig(), &[]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(nothing.stdout.is_empty(), "{}", String::from_utf8_lossy(&nothing.stdout));
    let why = String::from_utf8(nothing.stderr).unwrap();
    assert!(why.contains("let nothing be read that lessons need") && why.contains("\"viewer\""), "{why}");

    // Wrong credentials.
    let stranger = cluster.kubeconfig_for("stranger", "wrong").unwrap();
    let refused = diagnose(&stranger, &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("401"));

    // Read verbs only, by everybody.
    for user in ["oncall", "viewer", "partly"] {
        let requests = cluster.requests_of(user).unwrap();
        assert!(!requests.is_empty());
        let writes: Vec<_> =
            requests.iter().filter(|request| !["get", "list"].contains(&request.verb.as_str())).collect();
        assert!(writes.is_empty(), "{writes:?}");
    }

    // The cluster is gone.
    drop(cluster);
    let gone = diagnose(&oncall, &[]);
    assert_eq!(gone.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&gone.stderr).contains("rutter diagnose --demo"));
}

/// Sends a signal. A shell has `kill` wherever it is.
fn signal(name: &str, pid: impl std::fmt::Display) {
    assert!(Command::new("sh").arg("-c").arg(format!("kill -{name} {pid}")).status().unwrap().success());
}

/// A process that stands still, until this is dropped: nobody could end it otherwise, should the test fail.
struct Stopped(i32);

impl Stopped {
    fn new(pid: i32) -> Self {
        signal("STOP", pid);
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        drop(Command::new("sh").arg("-c").arg(format!("kill -CONT {}", self.0)).status());
    }
}

/// Starts `rutter diagnose`, with `before` in the shell that becomes it, and waits until it has surely begun.
fn begin(before: &str, kubeconfig: &Path, stdout: Stdio) -> Child {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{before} exec \"$@\"")).args(["sh", env!("CARGO_BIN_EXE_rutter")]);
    command.args(["diagnose", "-o", "json", "--kubeconfig"]).arg(kubeconfig);
    let mut child = command.stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert!(child.try_wait().unwrap().is_none(), "it ended before it was stopped");
    child
}

/// What it wrote on standard error; it must have died of the signal and, if that is a pipe, have written nothing else.
fn died(child: Child, of: i32) -> String {
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.signal(), Some(of), "{}", output.status);
    assert!(output.stdout.is_empty(), "half a report: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn being_stopped_is_said_while_it_reads_and_leaves_no_half_report() {
    const SIGNALS: [(&str, i32); 2] = [("INT", 2), ("TERM", 15)];
    let dir = tempfile::tempdir().unwrap();
    let cluster = Cluster::start_with(&dir.path().join("lab"), &Options::default()).unwrap();
    let kubeconfig = cluster.admin_kubeconfig();

    // A full pipe that nobody reads: the report begins and cannot end.
    for (name, number) in SIGNALS {
        let (_unread, mut full) = std::io::pipe().unwrap();
        full.write_all(&vec![b'x'; 1 << 16]).unwrap();
        let child = begin("", kubeconfig, full.into());
        signal(name, child.id());
        assert_eq!(died(child, number), "", "{name} while the report is written");
    }

    // A server that stands still: the read begins and cannot end.
    let running = cluster.folder().running();
    let server = running.iter().find(|process| process.name.starts_with("kube-apiserver")).unwrap();
    let _stopped = Stopped::new(server.pid);
    for (name, number) in SIGNALS {
        let child = begin("", kubeconfig, Stdio::piped());
        signal(name, child.id());
        let told = died(child, number);
        assert!(told.contains("stopped before all was read"), "{told}");
    }

    // What was ignored stays so.
    let mut child = begin("trap '' INT;", kubeconfig, Stdio::piped());
    signal("INT", child.id());
    std::thread::sleep(Duration::from_secs(1));
    assert!(child.try_wait().unwrap().is_none(), "it was to ignore the interrupt");
    signal("TERM", child.id());
    assert!(died(child, 15).contains("stopped before all was read"));
}
