//! `xtask bench`: measures rutter on generated clusters, in turn with the floor, so that a busy machine slows both.
//!
//! It prints ratios, which hold on other machines, and judges nothing: a busy machine must not fail a build.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use serde::Serialize;

use crate::engine;
use crate::floor::Floor;
use crate::generate;
use crate::lint;
use crate::measure::{self, Usage, median, run_measured};

/// Part of the names of the inputs. A change of what `xtask generate` writes changes this.
const INPUTS: &str = "v1";
const STARTS: usize = 20;
/// What the large cluster takes, with some to spare.
const LARGE_DISK: u64 = 6 << 30;
const LARGE_MEMORY: u64 = 6 << 30;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Measure 150,000 pods, too, if there is room for them
    #[arg(long)]
    large: bool,
    /// How often each pair is run
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Measure this binary instead of building one
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// One input, measured.
#[derive(Debug, Serialize)]
struct Measured {
    input: String,
    megabytes: f64,
    floor_ms: f64,
    wall_ms: f64,
    cpu_ms: f64,
    wall_per_floor: f64,
    peak_mb: f64,
    peak_beyond_input_mb: f64,
}

#[derive(Debug, Serialize)]
struct Report {
    inputs: Vec<Measured>,
    /// The time for ten times the pods, in tens of the time for one; 1 is linear.
    linearity: Option<f64>,
    start_ms: f64,
    binary_mb: f64,
    engine: Vec<serde_json::Value>,
    lint: Vec<lint::Linted>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let folder = target_folder()?.join("bench");
    std::fs::create_dir_all(&folder)?;
    let binary = match &args.binary {
        Some(binary) => binary.clone(),
        None => build()?,
    };
    let mut inputs = Vec::new();
    let small = input(&folder, "15k", 500, 15_000)?;
    inputs.push(measure_input(&binary, "15k pods", &small.join("pods.json"), args.rounds)?);
    inputs.push(measure_input(&binary, "15k all", &small, args.rounds)?);
    if args.large && has_room(&folder)? {
        let large = input(&folder, "150k", 5_000, 150_000)?;
        inputs.push(measure_input(&binary, "150k pods", &large.join("pods.json"), args.rounds)?);
        inputs.push(measure_input(&binary, "150k all", &large, args.rounds)?);
    }
    let report = Report {
        linearity: linearity(&inputs),
        inputs,
        start_ms: start_time(&binary)?,
        binary_mb: std::fs::metadata(&binary)?.len() as f64 / 1e6,
        engine: measure_engine(&folder)?,
        lint: lint::measure(&folder, &binary, args.rounds)?,
    };
    print(&report);
    let text = serde_json::to_string(&report)?;
    std::fs::write(folder.join("report.json"), &text)?;
    println!("{text}");
    Ok(())
}

/// `target`, as this program stands in one of its folders.
pub(crate) fn target_folder() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.ancestors().nth(2).context("xtask isn't in a target folder")?;
    Ok(folder.to_owned())
}

pub(crate) fn build() -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(["build", "--release", "--package", "rutter"]).status()?;
    ensure!(status.success(), "rutter doesn't build");
    Ok(target_folder()?.join("release").join(format!("rutter{}", std::env::consts::EXE_SUFFIX)))
}

/// The folder of an input, written unless it is there.
fn input(folder: &Path, name: &str, nodes: usize, pods: usize) -> anyhow::Result<PathBuf> {
    let out = folder.join(format!("{name}-{INPUTS}"));
    // It is written last, so it tells that the rest is complete.
    if !generate::expected_path(&out)?.exists() {
        // In a process of its own: the kernel counts the memory this one has had to those it starts.
        let mut generate = Command::new(std::env::current_exe()?);
        generate
            .args(["generate", "--nodes", &nodes.to_string(), "--pods", &pods.to_string(), "--out"])
            .arg(&out);
        ensure!(generate.status()?.success(), "xtask generate failed");
    }
    Ok(out)
}

fn has_room(folder: &Path) -> anyhow::Result<bool> {
    let (disk, memory) = (measure::free_disk(folder)?, measure::free_memory()?);
    let enough = disk >= LARGE_DISK && memory >= LARGE_MEMORY;
    if !enough {
        println!(
            "too little room for the large cluster: {} MB of disk, {} MB of memory",
            disk >> 20,
            memory >> 20
        );
    }
    Ok(enough)
}

/// The engine on ever larger clusters; the largest only where there is room.
fn measure_engine(folder: &Path) -> anyhow::Result<Vec<serde_json::Value>> {
    let mut sizes = vec![("1k", 34, 1_000), ("10k", 334, 10_000)];
    if has_room(folder)? {
        sizes.push(("100k", 3_334, 100_000));
    }
    let mut inputs = Vec::new();
    for (name, nodes, pods) in sizes {
        inputs.push((name, input(folder, name, nodes, pods)?));
    }
    engine::measure(&inputs.iter().map(|(name, path)| (*name, path.as_path())).collect::<Vec<_>>())
}

/// Runs rutter and the floor in turn and takes the median of each.
fn measure_input(binary: &Path, name: &str, path: &Path, rounds: usize) -> anyhow::Result<Measured> {
    let (mut usages, mut floors): (Vec<Usage>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for _ in 0..rounds.max(1) {
        let mut diagnose = Command::new(binary);
        diagnose.arg("diagnose").arg(path).args(["-o", "json"]).stdout(Stdio::null());
        usages.push(run_measured(&mut diagnose)?);
        let floor = floor(path)?;
        bytes = floor.bytes;
        floors.push(floor.best_ms());
    }
    let wall_ms = median(usages.iter().map(|usage| usage.wall_ms));
    let floor_ms = median(floors);
    let peak_mb = median(usages.iter().map(|usage| usage.peak_mb));
    let megabytes = bytes as f64 / 1e6;
    Ok(Measured {
        input: name.to_owned(),
        megabytes,
        floor_ms,
        wall_ms,
        cpu_ms: median(usages.iter().map(|usage| usage.cpu_ms)),
        wall_per_floor: wall_ms / floor_ms,
        peak_mb,
        peak_beyond_input_mb: peak_mb - megabytes,
    })
}

/// A floor in a process of its own, so that its memory and caches are as fresh as rutter's.
fn floor(path: &Path) -> anyhow::Result<Floor> {
    let program = std::env::current_exe()?;
    let output = Command::new(program).arg("floor").arg(path).args(["--no-tree", "--runs", "3"]).output()?;
    ensure!(output.status.success(), "xtask floor failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    Ok(serde_json::from_str(text.lines().last().context("xtask floor said nothing")?)?)
}

fn linearity(inputs: &[Measured]) -> Option<f64> {
    let wall =
        |name: &str| inputs.iter().find(|measured| measured.input == name).map(|measured| measured.wall_ms);
    Some(wall("150k pods")? / (10.0 * wall("15k pods")?))
}

fn start_time(binary: &Path) -> anyhow::Result<f64> {
    let start = || run_measured(Command::new(binary).arg("--version").stdout(Stdio::null()));
    let usages: anyhow::Result<Vec<Usage>> = (0..STARTS).map(|_| start()).collect();
    Ok(median(usages?.iter().map(|usage| usage.wall_ms)))
}

fn print(report: &Report) {
    println!(
        "{:<10} {:>8} {:>9} {:>9} {:>9} {:>7} {:>9} {:>12}",
        "input", "MB", "floor ms", "wall ms", "cpu ms", "ratio", "peak MB", "beyond input"
    );
    for measured in &report.inputs {
        println!(
            "{:<10} {:>8.0} {:>9.1} {:>9.1} {:>9.1} {:>7.2} {:>9.0} {:>12.0}",
            measured.input,
            measured.megabytes,
            measured.floor_ms,
            measured.wall_ms,
            measured.cpu_ms,
            measured.wall_per_floor,
            measured.peak_mb,
            measured.peak_beyond_input_mb
        );
    }
    if let Some(linearity) = report.linearity {
        println!("linearity (150k against ten times 15k): {linearity:.2}");
    }
    lint::print(&report.lint);
    println!("start: {:.1} ms; binary: {:.1} MB", report.start_ms, report.binary_mb);
}
