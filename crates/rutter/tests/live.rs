//! The binary against a real API server, which holds what the demo's recording holds, moved to the present.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
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
    command.env_remove("KUBECONFIG").output().unwrap()
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
    let users = vec![user("oncall", &["system:masters"]), user("nobody", &[])];
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
    let viewer = report(cluster.viewer_kubeconfig(), &[]);
    assert_eq!(state(&viewer, "nodes"), "forbidden");
    let nobody = cluster.kubeconfig_for("nobody", "of-nobody").unwrap();
    let nothing = report(&nobody, &[]);
    assert_eq!(state(&nothing, "pods"), "forbidden");
    assert_eq!(diagnose(&nobody, &["--require-complete"]).status.code(), Some(3));
    let text = String::from_utf8(diagnose(&nobody, &[]).stdout).unwrap();
    assert!(text.contains("may not be read") && !text.to_lowercase().contains("healthy"), "{text}");

    // Wrong credentials.
    let stranger = cluster.kubeconfig_for("stranger", "wrong").unwrap();
    let refused = diagnose(&stranger, &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("401"));

    // Read verbs only, by everybody.
    for user in ["oncall", "viewer", "nobody"] {
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

#[test]
fn being_stopped_half_way_is_said_and_leaves_no_half_report() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = Cluster::start_with(&dir.path().join("lab"), &Options::default()).unwrap();
    let running = cluster.folder().running();
    let server = running.iter().find(|process| process.name.starts_with("kube-apiserver")).unwrap();
    // A server that stands still: the read begins and cannot end.
    signal("STOP", server.pid);
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rutter"));
        command.args(["diagnose", "-o", "json", "--kubeconfig"]).arg(cluster.admin_kubeconfig());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_secs(2));
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was stopped");
        signal(name, child.id());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{name}");
        assert!(output.stdout.is_empty(), "half a report: {}", String::from_utf8_lossy(&output.stdout));
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("stopped before all was read"), "{told}");
    }
    signal("CONT", server.pid);
}
