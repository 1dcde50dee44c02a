//! `rutter diagnose -w` beside an API server that is killed, and a store that changes and forgets meanwhile.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use lab::Cluster;
use serde_json::{Value, json};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(3);

/// Rutter, and the lines that it prints, on both outputs.
struct Rutter {
    child: Child,
    lines: Receiver<String>,
}

impl Rutter {
    fn follow(kubeconfig: &Path) -> Self {
        let mut child = Command::new(lab::scenario::rutter_beside().unwrap())
            .args(["diagnose", "-w", "-o", "json", "--kubeconfig"])
            .arg(kubeconfig)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, lines) = mpsc::channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let send = send.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if send.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        Self { child, lines }
    }

    /// Waits for a line; those before it are shown if it doesn't come.
    fn wait(&self, what: &str, is_it: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut others = Vec::new();
        let mut found = false;
        while !found
            && let Ok(line) = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now()))
        {
            found = is_it(&line);
            others.push(line);
        }
        assert!(found, "{what}: not among\n{}", others.join("\n"));
    }

    fn wait_for(&self, event: &str, pod: &str) {
        let is_it = |line: &str| {
            let change: Value = serde_json::from_str(line).unwrap_or_default();
            change["event"] == event && change["incident"]["root"]["object"]["name"] == pod
        };
        self.wait(&format!("{event} {pod}"), is_it);
    }

    fn wait_to_be_told(&self, words: &str) {
        self.wait(words, |line| line.contains(words));
    }
}

impl Drop for Rutter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A pod that crashes: with no kubelet, its status is written here.
fn crash(cluster: &Cluster, name: &str) {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": name },
        "spec": { "nodeName": "node-a", "containers": [{ "name": "app", "image": "app:v1" }] },
    });
    let path = cluster.folder().path().join(format!("{name}.json"));
    std::fs::write(&path, pod.to_string()).unwrap();
    cluster.kubectl(&["create", "-f", path.to_str().unwrap()]).unwrap();
    let ended = json!({ "exitCode": 1, "reason": "Error", "finishedAt": "2026-01-01T00:00:00Z",
        "startedAt": "2026-01-01T00:00:00Z" });
    let status = json!({ "status": {
        "phase": "Running",
        "containerStatuses": [{
            "name": "app", "ready": false, "restartCount": 12, "image": "app:v1", "imageID": "app",
            "state": { "waiting": { "reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container" } },
            "lastState": { "terminated": ended },
        }],
    }});
    let patch = ["patch", "pod", name, "--subresource=status", "--type=merge", "-p", &status.to_string()];
    cluster.kubectl(&patch).unwrap();
}

#[test]
fn incidents_are_followed_over_a_crash_of_the_api_server_and_a_compacted_history() {
    let dir = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start(dir.path()).unwrap();
    crash(&cluster, "before");
    let rutter = Rutter::follow(cluster.admin_kubeconfig());
    rutter.wait_for("opened", "before");
    crash(&cluster, "meanwhile");
    rutter.wait_for("opened", "meanwhile");

    cluster.kill_api_server().unwrap();
    rutter.wait_to_be_told("can't be followed");
    // What happens now, nobody can be told of: the event is forgotten before the API server is back.
    let revision = cluster.delete_stored("/registry/pods/default/before").unwrap();
    cluster.compact_store(revision).unwrap();
    cluster.start_api_server().unwrap();
    rutter.wait_for("closed", "before");

    crash(&cluster, "after");
    rutter.wait_for("opened", "after");
    cluster.kubectl(&["delete", "pod", "meanwhile", "--grace-period=0", "--force"]).unwrap();
    rutter.wait_for("closed", "meanwhile");
}
