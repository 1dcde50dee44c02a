//! An API server with a node and pods, and Rutter as a program.

use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lab::Cluster;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "the time is over before {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) struct Bench {
    pub(crate) cluster: Cluster,
    folder: tempfile::TempDir,
    rutter: PathBuf,
}

impl Bench {
    pub(crate) fn start() -> Self {
        Self::of(|dir| Cluster::start(dir).unwrap())
    }

    pub(crate) fn of(start: impl FnOnce(&Path) -> Cluster) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cluster = start(&folder.path().join("lab"));
        fs::create_dir(folder.path().join("journals")).unwrap();
        Self { cluster, folder, rutter: lab::scenario::rutter_beside().unwrap() }
    }

    pub(crate) fn kubectl(&self, arguments: &[&str]) -> String {
        self.cluster.kubectl(arguments).unwrap()
    }

    pub(crate) fn create(&self, object: &Value) {
        let path = self.folder.path().join("object.json");
        fs::write(&path, object.to_string()).unwrap();
        self.kubectl(&["create", "-f", path.to_str().unwrap()]);
    }

    /// A fresh node with these pods on it, and no budgets.
    pub(crate) fn prepare(&self, pods: &[&str]) {
        let gone = ["--ignore-not-found", "--grace-period=0", "--force"];
        self.kubectl(&[&["delete", "pods,pdb", "--all"][..], &gone].concat());
        self.kubectl(&[&["delete", "node", "node-a"][..], &gone].concat());
        self.create(&json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"}}));
        for pod in pods {
            self.create(&json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": pod, "labels": {"app": pod}},
                "spec": {"nodeName": "node-a", "containers": [{"name": "app", "image": "app:v1"}]},
            }));
            let status =
                json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}});
            self.kubectl(&[
                "patch",
                "pod",
                pod,
                "--subresource=status",
                "--type=merge",
                "-p",
                &status.to_string(),
            ]);
        }
    }

    /// A budget over a pod that allows so many disruptions, as the disruption controller would have counted it.
    pub(crate) fn budget(&self, pod: &str, allowed: i64) {
        if self.kubectl(&["get", "pdb", pod, "--ignore-not-found"]).is_empty() {
            self.create(&json!({
                "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": pod},
                "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": pod}}},
            }));
        }
        let status = json!({"status": {"observedGeneration": 1, "disruptionsAllowed": allowed, "currentHealthy": 1,
            "desiredHealthy": 1 - allowed, "expectedPods": 1}});
        self.kubectl(&[
            "patch",
            "pdb",
            pod,
            "--subresource=status",
            "--type=merge",
            "-p",
            &status.to_string(),
        ]);
    }

    pub(crate) fn uid(&self) -> String {
        self.kubectl(&["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"])
    }

    /// Cordons the node, evicts its pods one at a time, and claims it no longer.
    pub(crate) fn plan(&self, operation: &str) -> String {
        let list: Value = serde_json::from_str(&self.kubectl(&["get", "nodes,pods", "-o", "json"])).unwrap();
        let items = list["items"].as_array().unwrap();
        let of = |kind: &'static str| items.iter().filter(move |item| item["kind"] == kind);
        let object = |item: &Value| {
            let mut object = json!({"apiVersion": "v1", "kind": item["kind"], "name": item["metadata"]["name"],
                "uid": item["metadata"]["uid"]});
            if item["kind"] == "Pod" {
                object["namespace"] = json!("default");
            }
            object
        };
        let node = object(of("Node").next().unwrap());
        let field = |path: &str, equals: Value| json!({"is": "field", "object": node, "path": path, "equals": equals});
        let ours = field("/metadata/annotations/rutter.dev~1operation", json!(operation));
        let cordoned = field("/metadata/annotations/rutter.dev~1cordoned", json!(operation));
        let annotations = |operation: Value, cordoned: Value| json!({"metadata": {"annotations": {"rutter.dev/operation": operation, "rutter.dev/cordoned": cordoned}}});
        let mut cordon = annotations(json!(operation), json!(operation));
        cordon["spec"] = json!({"unschedulable": true});
        let mut uncordon = annotations(Value::Null, Value::Null);
        uncordon["spec"] = json!({"unschedulable": null});
        let mut steps = vec![json!({
            "id": "cordon", "title": "Cordon node-a", "stage": 0,
            "needs": [{"is": "unclaimed", "node": node, "operation": operation}, field("/spec/unschedulable", Value::Null)],
            "action": {"do": "patch", "object": node, "body": cordon},
            "until": [field("/spec/unschedulable", json!(true)), ours],
            "undo": {"undo": "act", "title": "Uncordon node-a", "needs": [cordoned],
                "action": {"do": "patch", "object": node, "body": uncordon}},
            "deadlineSeconds": 60,
        })];
        for pod in of("Pod") {
            let name = pod["metadata"]["name"].as_str().unwrap();
            steps.push(json!({
                "id": format!("evict {name}"), "title": format!("Evict {name}"), "stage": 1,
                "action": {"do": "evict", "pod": object(pod), "graceSeconds": 0},
                "until": [{"is": "gone", "object": object(pod)}],
                "undo": {"undo": "never", "why": "a pod that was evicted does not come back"},
                "deadlineSeconds": 100,
            }));
        }
        steps.push(json!({
            "id": "release", "title": "Release node-a", "stage": 2, "needs": [ours],
            "action": {"do": "patch", "object": node,
                "body": {"metadata": {"annotations": {"rutter.dev/operation": null}}}},
            "until": [field("/metadata/annotations/rutter.dev~1operation", Value::Null)],
            "undo": {"undo": "nothing"}, "deadlineSeconds": 60,
        }));
        json!({
            "apiVersion": "rutter.dev/v1alpha1", "kind": "Plan", "operation": operation, "title": "Drain node-a",
            "cluster": {"name": "lab", "uid": self.uid()}, "made": "2026-01-01T00:00:00Z", "about": [node],
            "remarks": [], "steps": steps, "parallel": 1,
        })
        .to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.rutter);
        command.args(arguments).env("RUTTER_JOURNAL", self.folder.path().join("journals"));
        command.env("KUBECONFIG", self.cluster.admin_kubeconfig()).stdin(Stdio::null());
        command
    }

    pub(crate) fn rutter(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn saved(&self, plan: &str) -> String {
        let path = self.folder.path().join("plan.json");
        fs::write(&path, plan).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn run(&self, plan: &str, flags: &[&str]) -> Output {
        self.rutter(&[&["run", &self.saved(plan), "--yes"][..], flags].concat())
    }

    /// Runs it for a reader who is gone before the first word.
    pub(crate) fn run_unread(&self, plan: &str, flags: &[&str]) -> Output {
        let saved = self.saved(plan);
        let arguments = [&["run", &saved][..], flags].concat();
        let mut command = self.command(&arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        child.wait_with_output().unwrap()
    }

    pub(crate) fn run_as(&self, kubeconfig: &str, plan: &str, flags: &[&str]) -> Output {
        self.rutter(&[&["run", &self.saved(plan), "--kubeconfig", kubeconfig][..], flags].concat())
    }

    /// Runs it with a limit to the size of its files, the journal that is: the kernel kills it at the write that goes
    /// beyond, of which the first part is on the disk.
    pub(crate) fn run_with_so_much_journal(&self, plan: &str, bytes: usize) -> Output {
        let mut command = Command::new("prlimit");
        command.arg(format!("--fsize={bytes}")).arg(&self.rutter).args(["run", &self.saved(plan), "--yes"]);
        command.env("RUTTER_JOURNAL", self.folder.path().join("journals"));
        command.env("KUBECONFIG", self.cluster.admin_kubeconfig()).stdin(Stdio::null());
        command.output().unwrap()
    }

    /// Goes on with a run that was killed; begins it where it was killed before it began.
    pub(crate) fn resume_if_begun(&self, operation: &str, plan: &str) -> Output {
        let path = self.journal_path(operation);
        let begun = self.journal(operation).contains('\n');
        if !begun {
            let _ = fs::remove_file(path);
            return self.run(plan, &[]);
        }
        if self.journal(operation).contains("\"entry\":\"ended\"") {
            return self.rutter(&["journal", "show", operation]);
        }
        self.rutter(&["journal", "resume", operation])
    }

    /// Begins to run it, and goes on.
    pub(crate) fn begin(&self, plan: &str, flags: &[&str]) -> Running {
        let saved = self.saved(plan);
        let arguments = [&["run", &saved, "--yes"][..], flags].concat();
        self.start_rutter(&arguments)
    }

    pub(crate) fn start_rutter(&self, arguments: &[&str]) -> Running {
        let mut child =
            self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let said = Arc::clone(&said);
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let mut said = said.lock().unwrap();
                    said.push_str(&line);
                    said.push('\n');
                }
            });
        }
        Running { child, said }
    }

    fn journal_path(&self, operation: &str) -> PathBuf {
        self.folder.path().join(format!("journals/{operation}.jsonl"))
    }

    pub(crate) fn journal(&self, operation: &str) -> String {
        fs::read_to_string(self.journal_path(operation)).unwrap_or_default()
    }

    pub(crate) fn node(&self, path: &str) -> String {
        self.of_node("node-a", path)
    }

    pub(crate) fn of_node(&self, node: &str, path: &str) -> String {
        self.kubectl(&["get", "node", node, "-o", &format!("jsonpath={path}")])
    }

    pub(crate) fn pods(&self) -> Vec<String> {
        let names = self.kubectl(&["get", "pods", "-o", "jsonpath={.items[*].metadata.name}"]);
        names.split_whitespace().map(str::to_owned).collect()
    }

    pub(crate) fn is_drained(&self) -> bool {
        self.pods().is_empty()
            && self.node("{.spec.unschedulable}") == "true"
            && self.node(r"{.metadata.annotations.rutter\.dev/operation}").is_empty()
    }

    /// What Rutter wrote and the API server took, since the node was made.
    pub(crate) fn taken(&self) -> Vec<String> {
        self.writes_where(|code| code < 300)
    }

    /// What it sent, taken or not.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.writes_where(|_| true)
    }

    fn writes_where(&self, is_wanted: impl Fn(u16) -> bool) -> Vec<String> {
        let log = fs::read_to_string(self.cluster.audit_log()).unwrap();
        let mut writes = Vec::new();
        for line in log.lines() {
            let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
            let uri = line["requestURI"].as_str().unwrap_or_default();
            let verb = line["verb"].as_str().unwrap_or_default();
            if verb == "create" && uri.starts_with("/api/v1/nodes?") {
                writes.clear();
            }
            let code = line["responseStatus"]["code"].as_u64().unwrap_or_default() as u16;
            if uri.contains("fieldManager=rutter") && is_wanted(code) {
                writes.push(format!("{verb} {uri}"));
            }
        }
        writes
    }
}

/// A run that goes on.
pub(crate) struct Running {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Running {
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub(crate) fn wait_for_line(&mut self, words: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.said().contains(words) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < deadline, "{words:?} is not in: {}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// As `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn interrupt(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
    }

    /// The exit code.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                std::thread::sleep(Duration::from_millis(100));
                return status.code();
            }
            assert!(Instant::now() < deadline, "it goes on: {}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
