//! `xtask floor`: the time that nobody can beat on one thread without skipping bytes: merely deserialising Lists into
//! the least that a tool could want. The benchmarks compare with it.

use std::borrow::Cow;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A List of pods, as of `kubectl get pods -A -o json`, or a folder of Lists
    pub(crate) file: PathBuf,
    #[arg(long, default_value_t = 5)]
    pub(crate) runs: usize,
    /// Leave out the generic tree, which takes 4 to 12 times the size of the file in memory
    #[arg(long)]
    pub(crate) no_tree: bool,
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow, default)]
    items: Vec<Item<'a>>,
}

/// A pod. As nothing but the metadata is required, objects of other kinds are read into it, too.
#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(borrow, default)]
    spec: Spec<'a>,
    #[serde(borrow, default)]
    status: Status<'a>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    namespace: Cow<'a, str>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Spec<'a> {
    #[serde(borrow, default)]
    node_name: Cow<'a, str>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    #[serde(borrow, default)]
    phase: Cow<'a, str>,
    #[serde(borrow, default)]
    container_statuses: Vec<ContainerStatus<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContainerStatus<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    ready: bool,
    restart_count: i64,
}

/// The figures, as the last line of the output has them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Floor {
    pub(crate) bytes: usize,
    pub(crate) items: usize,
    pub(crate) read_ms: f64,
    pub(crate) serde_json_ms: f64,
    pub(crate) sonic_rs_ms: f64,
    pub(crate) tree_ms: Option<f64>,
    pub(crate) tree_memory_mb: Option<f64>,
}

impl Floor {
    /// The faster of the two readers.
    pub(crate) fn best_ms(&self) -> f64 {
        self.serde_json_ms.min(self.sonic_rs_ms)
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let floor = measure(&args.file, args.runs, !args.no_tree)?;
    let rate = |ms: f64| floor.bytes as f64 / 1e6 / ms;
    println!("{}: {} items, {:.1} MB", args.file.display(), floor.items, floor.bytes as f64 / 1e6);
    println!("read        {:8.1} ms", floor.read_ms);
    println!("serde_json  {:8.1} ms  {:.2} GB/s", floor.serde_json_ms, rate(floor.serde_json_ms));
    println!("sonic-rs    {:8.1} ms  {:.2} GB/s", floor.sonic_rs_ms, rate(floor.sonic_rs_ms));
    if let (Some(ms), Some(memory)) = (floor.tree_ms, floor.tree_memory_mb) {
        println!("tree        {ms:8.1} ms  and {memory:.0} MB more memory than the typed readers");
    }
    println!("{}", serde_json::to_string(&floor)?);
    Ok(())
}

fn measure(path: &Path, runs: usize, tree: bool) -> anyhow::Result<Floor> {
    let start = Instant::now();
    let texts = read(path)?;
    let read = start.elapsed();
    let mut items = 0;
    let serde_json = median(runs, || {
        items = 0;
        for text in &texts {
            items += visit(&serde_json::from_slice(text)?);
        }
        Ok(())
    })?;
    let sonic_rs = median(runs, || {
        let mut again = 0;
        for text in &texts {
            again += visit(&sonic_rs::from_slice(text)?);
        }
        anyhow::ensure!(again == items, "the readers disagree");
        Ok(())
    })?;
    let before = peak_memory();
    let tree = if tree { Some(median(1, || grow_trees(&texts))?) } else { None };
    let more = peak_memory().zip(before).map(|(after, before)| (after - before) / 1e6);
    Ok(Floor {
        bytes: texts.iter().map(Vec::len).sum(),
        items,
        read_ms: millis(read),
        serde_json_ms: millis(serde_json),
        sonic_rs_ms: millis(sonic_rs),
        tree_ms: tree.map(millis),
        tree_memory_mb: tree.and(more),
    })
}

/// The texts of a file, or of the files in a folder.
fn read(path: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    if !path.is_dir() {
        return Ok(vec![read(path)?]);
    }
    let entries: Result<Vec<_>, _> = std::fs::read_dir(path)?.collect();
    entries?.into_iter().map(|entry| read(&entry.path())).collect()
}

fn grow_trees(texts: &[Vec<u8>]) -> anyhow::Result<()> {
    for text in texts {
        black_box(serde_json::from_slice::<serde_json::Value>(text)?);
    }
    Ok(())
}

/// Reads each field once, so that none is optimised away.
fn visit(list: &List<'_>) -> usize {
    for item in &list.items {
        black_box((&item.metadata.name, &item.metadata.namespace, &item.spec.node_name, &item.status.phase));
        for status in &item.status.container_statuses {
            black_box((&status.name, status.ready, status.restart_count));
        }
    }
    list.items.len()
}

fn median(runs: usize, mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}

fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// The most memory this process has had, in bytes. Only Linux tells.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<f64>().ok().map(|kib| kib * 1024.0)
}
