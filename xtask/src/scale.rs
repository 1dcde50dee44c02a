//! `xtask bench-scale`: a live scan and a live watch of a big cluster, beside the mere download of the same lists.
//!
//! The API server is real, and nothing acts on what is in it. It is filled through its etcd, and read through its API.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use crate::bench::{build, target_folder};
use crate::measure::{self, Usage, median, run_measured};

/// So many pods are made to crash, one after the other.
const CRASHES: usize = 40;
/// What a change may take until it counts as lost.
const PATIENCE: Duration = Duration::from_secs(30);
/// What an API server may take to read what was written to its etcd.
const SETTLES: Duration = Duration::from_mins(10);
/// Of the API server's memory: its cache holds each pod, its events, its share of workloads and slices.
const BYTES_A_POD: u64 = 100_000;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 150_000)]
    pods: usize,
    #[arg(long, default_value_t = 5_000)]
    nodes: usize,
    /// How often each scan and download is done; the middle one counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measure this binary instead of building one
    #[arg(long)]
    binary: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let for_server = (1 << 30) + args.pods as u64 * BYTES_A_POD;
    // Besides the API server there are etcd, which maps its file, and what is measured.
    let needed = for_server + (1 << 30) + args.pods as u64 * 30_000;
    let free = measure::free_memory()?;
    ensure!(free >= needed, "{} MB of memory are free, and {} are needed", free >> 20, needed >> 20);
    let binary = args.binary.clone().map_or_else(build, Ok)?;
    let folder = target_folder()?.join("bench-scale");
    std::fs::create_dir_all(&folder)?;
    let mut lab = Lab::start(&folder.join("lab"), for_server)?;
    let filled = lab.fill(args.nodes, args.pods)?;
    println!("filled through etcd in {:.0} s", filled.as_secs_f64());
    let settled = lab.settle(&binary)?;
    println!("the API server had read it all {:.0} s later", settled.as_secs_f64());
    let lists = lab.lists_of(&binary)?;
    println!("{} pods, {} nodes, {} lists", args.pods, args.nodes, lists.len());
    println!("on the same cores as the API server");
    Rounds::measure(&lab, &lists, &binary, args.rounds)?.print();
    let watched = watch(&lab, &binary)?;
    if lab.apart()? {
        println!("on a core of their own, the API server on the others");
        Rounds::measure(&lab, &lists, &binary, args.rounds)?.print();
    }
    println!(
        "rutter diagnose -w: loaded after {:.1} s, {:.0} MB resident then, {:.0} MB after the changes, {:.0} MB at most",
        watched.loaded.as_secs_f64(),
        watched.resident_mb,
        watched.resident_after_mb,
        watched.peak_mb
    );
    let mut latencies: Vec<f64> = watched.latencies.iter().map(Duration::as_secs_f64).collect();
    latencies.sort_by(f64::total_cmp);
    let at = |part: f64| latencies.get((latencies.len() as f64 * part) as usize).or(latencies.last());
    println!(
        "change to printed incident, {} changes: p50 {:.2} s, p99 {:.2} s, longest {:.2} s",
        latencies.len(),
        at(0.5).copied().unwrap_or_default(),
        at(0.99).copied().unwrap_or_default(),
        latencies.last().copied().unwrap_or_default()
    );
    for peer in ["popeye", "k8sgpt"] {
        let found = Command::new(peer).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        println!("{peer}: {}", if found.is_ok() { "installed; run it beside" } else { "not installed" });
    }
    Ok(())
}

/// What scans and downloads of the same lists took.
#[derive(Default)]
struct Rounds {
    scans: Vec<Usage>,
    protobuf: Vec<(Usage, f64)>,
    json: Vec<(Usage, f64)>,
}

impl Rounds {
    /// In turns, so that what slows the machine for a while slows all of them.
    fn measure(lab: &Lab, lists: &[String], binary: &Path, rounds: usize) -> anyhow::Result<Self> {
        let mut measured = Self::default();
        for _ in 0..rounds.max(1) {
            measured.protobuf.push(lab.download(lists, "application/vnd.kubernetes.protobuf")?);
            let mut scan = lab.rutter(binary);
            measured.scans.push(run_measured(scan.args(["-o", "json"]).stdout(Stdio::null()))?);
            measured.json.push(lab.download(lists, "application/json")?);
        }
        Ok(measured)
    }

    fn print(&self) {
        let wall = |all: &[(Usage, f64)]| median(all.iter().map(|(usage, _)| usage.wall_ms));
        let size = |all: &[(Usage, f64)]| median(all.iter().map(|(_, megabytes)| *megabytes));
        let floor = wall(&self.protobuf);
        println!("{:<24} {:>9} {:>8} {:>7} {:>9} {:>9}", "", "wall s", "MB", "ratio", "cpu s", "peak MB");
        for (name, all) in [("download, protobuf", &self.protobuf), ("download, JSON", &self.json)] {
            let (took, cpu) = (wall(all), median(all.iter().map(|(usage, _)| usage.cpu_ms)));
            let (took_s, cpu_s, ratio) = (took / 1e3, cpu / 1e3, took / floor);
            println!("{name:<24} {took_s:>9.2} {:>8.0} {ratio:>7.2} {cpu_s:>9.2} {:>9}", size(all), "");
        }
        let of = |what: fn(&Usage) -> f64| median(self.scans.iter().map(what));
        let (took_s, cpu_s) = (of(|usage| usage.wall_ms) / 1e3, of(|usage| usage.cpu_ms) / 1e3);
        let ratio = took_s * 1e3 / floor;
        let peak = of(|usage| usage.peak_mb);
        println!("{:<24} {took_s:>9.2} {:>8} {ratio:>7.2} {cpu_s:>9.2} {peak:>9.0}", "rutter diagnose", "");
    }
}

/// An API server; ends with the measuring.
struct Lab {
    program: PathBuf,
    folder: PathBuf,
    server: String,
    token: String,
    /// Whether clients have the first core for themselves.
    pinned: bool,
}

impl Lab {
    /// Starts it; its API server collects its garbage in time to stay within `memory` bytes. Left alone it takes twice of what
    /// it holds.
    fn start(folder: &Path, memory: u64) -> anyhow::Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo).args(["build", "--package", "lab"]).status()?;
        ensure!(built.success(), "lab doesn't build");
        let program = target_folder()?.join("debug/lab");
        for verb in ["clean", "up"] {
            let mut command = Command::new(&program);
            let done = command
                .arg(verb)
                .arg("--dir")
                .arg(folder)
                .env("GOMEMLIMIT", memory.to_string())
                .stdout(Stdio::null())
                .status()?;
            ensure!(done.success() || verb == "clean", "lab {verb} failed");
        }
        let text = std::fs::read_to_string(folder.join("admin.kubeconfig"))?;
        let config: Value = serde_json::from_str(&text).context("the lab's kubeconfig isn't JSON")?;
        let text = |path: &str| config.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let server = text("/clusters/0/cluster/server").context("no server in the kubeconfig")?;
        let token = text("/users/0/user/token").context("no token in the kubeconfig")?;
        Ok(Self { program, folder: folder.to_owned(), server, token, pinned: false })
    }

    /// In a process of its own: the kernel counts the memory this one has had to those it starts.
    fn fill(&self, nodes: usize, pods: usize) -> anyhow::Result<Duration> {
        let begin = Instant::now();
        let mut generate = Command::new(std::env::current_exe()?);
        generate.args(["generate", "--nodes", &nodes.to_string(), "--pods", &pods.to_string()]);
        ensure!(generate.arg("--etcd").arg(self.etcd()?).status()?.success(), "xtask generate failed");
        Ok(begin.elapsed())
    }

    /// Waits until a scan comes back whole and for a second time no sooner. The API server learns of what was written to etcd
    /// behind its back, and answers lists with "too large resource version" until its caches have caught up.
    fn settle(&self, binary: &Path) -> anyhow::Result<Duration> {
        let begin = Instant::now();
        let mut whole = 0;
        while whole < 2 {
            ensure!(begin.elapsed() < SETTLES, "no scan came back whole in {} s", SETTLES.as_secs());
            let mut scan = self.rutter(binary);
            let done =
                scan.args(["--require-complete", "-o", "name"]).stdout(Stdio::null()).stderr(Stdio::null());
            whole = if done.status()?.success() { whole + 1 } else { 0 };
        }
        Ok(begin.elapsed())
    }

    /// The address of etcd, as its process was told.
    fn etcd(&self) -> anyhow::Result<String> {
        let processes = self.processes()?;
        let etcd = processes.iter().find(|process| process["name"] == "etcd").context("no etcd runs")?;
        let line = std::fs::read_to_string(format!("/proc/{}/cmdline", etcd["pid"]))?;
        let told = line.split('\0').find_map(|part| part.strip_prefix("--listen-client-urls="));
        Ok(told.context("etcd listens nowhere")?.to_owned())
    }

    fn processes(&self) -> anyhow::Result<Vec<Value>> {
        let state: Value = serde_json::from_slice(&std::fs::read(self.folder.join("state.json"))?)?;
        Ok(state["processes"].as_array().context("no processes in the lab's state")?.clone())
    }

    /// Gives clients the first core and what serves them the others, as where the API server is another machine: else
    /// all that a client does is taken from the server. Not where there is one core.
    fn apart(&mut self) -> anyhow::Result<bool> {
        let cores = std::thread::available_parallelism()?.get();
        if cores < 2 {
            return Ok(false);
        }
        for process in self.processes()? {
            let mut pin = Command::new("taskset");
            pin.args(["--all-tasks", "--cpu-list", "--pid", &format!("1-{}", cores - 1)]);
            let done = pin.arg(process["pid"].to_string()).stdout(Stdio::null()).status();
            ensure!(done.context("cannot run taskset")?.success(), "a process can't be pinned to a core");
        }
        self.pinned = true;
        Ok(true)
    }

    fn client(&self, program: impl AsRef<OsStr>) -> Command {
        if !self.pinned {
            return Command::new(program);
        }
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", "0"]).arg(program);
        command
    }

    fn rutter(&self, binary: &Path) -> Command {
        let mut command = self.client(binary);
        command.arg("diagnose").arg("--kubeconfig").arg(self.folder.join("admin.kubeconfig"));
        command.stderr(Stdio::null());
        command
    }

    fn curl(&self) -> Command {
        let mut curl = self.client("curl");
        curl.args(["--no-progress-meter", "--fail", "--insecure", "-H"])
            .arg(format!("Authorization: Bearer {}", self.token));
        curl
    }

    /// The lists that a scan reads, which the API server's audit log tells.
    fn lists_of(&self, binary: &Path) -> anyhow::Result<Vec<String>> {
        let log = self.folder.join("audit.log");
        let before = std::fs::read_to_string(&log)?.lines().count();
        run_measured(self.rutter(binary).args(["-o", "json"]).stdout(Stdio::null()))?;
        let text = std::fs::read_to_string(&log)?;
        let mut lists = Vec::new();
        for line in text.lines().skip(before) {
            let Ok(entry) = serde_json::from_str::<Value>(line) else { continue };
            let is_ours = entry["userAgent"].as_str().is_some_and(|agent| agent.contains("rutter"));
            let path = entry["requestURI"].as_str().and_then(|uri| uri.split('?').next()).unwrap_or_default();
            if is_ours && entry["verb"] == "list" && !lists.iter().any(|known| known == path) {
                lists.push(path.to_owned());
            }
        }
        ensure!(!lists.is_empty(), "the audit log names no list that rutter read");
        Ok(lists)
    }

    /// Downloads whole lists, as many at a time as a scan does, and does nothing with them.
    fn download(&self, lists: &[String], accept: &str) -> anyhow::Result<(Usage, f64)> {
        let mut curl = self.curl();
        curl.args(["--parallel", "--parallel-max", "4", "-w", "%{size_download}\\n", "-H"])
            .arg(format!("Accept: {accept}"));
        for list in lists {
            curl.args(["-o", "/dev/null"]).arg(format!("{}{list}", self.server));
        }
        let sizes = self.folder.join("sizes");
        let usage = run_measured(curl.stdout(std::fs::File::create(&sizes)?))?;
        let bytes: f64 =
            std::fs::read_to_string(&sizes)?.lines().filter_map(|line| line.parse::<f64>().ok()).sum();
        Ok((usage, bytes / 1e6))
    }

    /// Running pods of as many Deployments.
    fn pods(&self, number: usize) -> anyhow::Result<Vec<Value>> {
        let url = format!("{}/api/v1/pods?limit={}", self.server, number * 60);
        let output = self.curl().arg(url).output()?;
        let list: Value = serde_json::from_slice(&output.stdout).context("pods can't be read")?;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        let mut pods: Vec<Value> = items
            .into_iter()
            .filter(|pod| pod.pointer("/metadata/ownerReferences/0/kind") == Some(&json!("ReplicaSet")))
            .filter(|pod| pod.pointer("/status/containerStatuses/0/ready") == Some(&json!(true)))
            .collect();
        pods.dedup_by_key(|pod| pod.pointer("/metadata/ownerReferences/0/uid").cloned());
        pods.truncate(number);
        Ok(pods)
    }

    /// Lets a pod crash, as its kubelet would tell.
    fn crash(&self, pod: &Value) -> anyhow::Result<()> {
        let mut statuses = pod["status"]["containerStatuses"].clone();
        for status in statuses.as_array_mut().into_iter().flatten() {
            status["ready"] = json!(false);
            status["restartCount"] = json!(7);
            status["lastState"] = json!({"terminated": {"exitCode": 1, "reason": "Error"}});
            status["state"] = json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}});
        }
        let (namespace, name) = (&pod["metadata"]["namespace"], &pod["metadata"]["name"]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let url = format!("{}/api/v1/namespaces/{}/pods/{}/status", self.server, text(namespace), text(name));
        let patch = json!({"status": {"containerStatuses": statuses}}).to_string();
        let mut curl = self.curl();
        curl.args([
            "-X",
            "PATCH",
            "-H",
            "Content-Type: application/merge-patch+json",
            "-o",
            "/dev/null",
            "-d",
        ]);
        ensure!(curl.arg(patch).arg(url).status()?.success(), "a pod can't be patched");
        Ok(())
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let mut clean = Command::new(&self.program);
        let _ = clean.arg("clean").arg("--dir").arg(&self.folder).stdout(Stdio::null()).status();
    }
}

/// What following the cluster took.
struct Watched {
    loaded: Duration,
    resident_mb: f64,
    resident_after_mb: f64,
    peak_mb: f64,
    latencies: Vec<Duration>,
}

fn watch(lab: &Lab, binary: &Path) -> anyhow::Result<Watched> {
    let pods = lab.pods(CRASHES)?;
    let begin = Instant::now();
    let mut child = lab.rutter(binary).args(["-w", "-o", "json"]).stdout(Stdio::piped()).spawn()?;
    let watched = follow(lab, &mut child, &pods, begin);
    child.kill()?;
    child.wait()?;
    watched
}

fn follow(lab: &Lab, child: &mut Child, pods: &[Value], begin: Instant) -> anyhow::Result<Watched> {
    let lines = lines_of(child)?;
    let first = lines.recv_timeout(Duration::from_mins(10)).context("nothing was printed in ten minutes")?;
    let loaded = first.0 - begin;
    std::thread::sleep(Duration::from_secs(5));
    let resident_mb = status(child, "VmRSS:")?;
    let mut latencies = Vec::new();
    for pod in pods {
        while lines.try_recv().is_ok() {}
        let owner = pod.pointer("/metadata/ownerReferences/0/name").and_then(Value::as_str);
        let (deployment, _) =
            owner.and_then(|owner| owner.rsplit_once('-')).context("a pod without owner")?;
        let changed = Instant::now();
        lab.crash(pod)?;
        let told = loop {
            let left = PATIENCE.saturating_sub(changed.elapsed());
            let (at, line) = lines
                .recv_timeout(left)
                .with_context(|| format!("nothing was told of {deployment} in {} s", PATIENCE.as_secs()))?;
            if line.contains(deployment) {
                break at;
            }
        };
        latencies.push(told - changed);
    }
    let resident_after_mb = status(child, "VmRSS:")?;
    Ok(Watched { loaded, resident_mb, resident_after_mb, peak_mb: status(child, "VmHWM:")?, latencies })
}

/// The lines that it prints, each with its time.
fn lines_of(child: &mut Child) -> anyhow::Result<Receiver<(Instant, String)>> {
    let output = child.stdout.take().context("no output")?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send((Instant::now(), line)).is_err() {
                break;
            }
        }
    });
    Ok(receiver)
}

/// A line of what the kernel tells of a process, in millions of bytes.
fn status(child: &Child, field: &str) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.split_whitespace().next()).context("the kernel doesn't tell")?;
    Ok(kib.parse::<f64>()? * 1024.0 / 1e6)
}
