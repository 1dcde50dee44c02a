//! What a run of a program took, as the kernel accounts for it, and what this machine has free.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use wait4::Wait4 as _;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) wall_ms: f64,
    /// In user and system mode, on all cores.
    pub(crate) cpu_ms: f64,
    /// The most memory it had resident, in millions of bytes.
    pub(crate) peak_mb: f64,
}

/// Runs a program to its end. Exit code 1 means that rutter found something.
pub(crate) fn run_measured(command: &mut Command) -> anyhow::Result<Usage> {
    let start = Instant::now();
    let child = command.spawn().with_context(|| format!("cannot run {}", command.get_program().display()))?;
    let used = child.wait4()?;
    let wall = start.elapsed();
    ensure!(matches!(used.status.code(), Some(0 | 1)), "{command:?} ended with {}", used.status);
    Ok(Usage {
        wall_ms: millis(wall),
        cpu_ms: millis(used.rusage.utime + used.rusage.stime),
        peak_mb: used.rusage.maxrss as f64 / 1e6,
    })
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The middle one of the values; 0 of none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The bytes that fit onto the disk of a folder.
pub(crate) fn free_disk(folder: &Path) -> anyhow::Result<u64> {
    let output = Command::new("df").args(["-P", "-k"]).arg(folder).output().context("cannot run df")?;
    let text = String::from_utf8(output.stdout)?;
    let available = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3));
    Ok(available.context("df answers in an unknown form")?.parse::<u64>()? * 1024)
}

/// The bytes of memory that programs can still take. Only Linux tells.
pub(crate) fn free_memory() -> anyhow::Result<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").context("cannot tell the free memory")?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib =
        line.and_then(|line| line.split_whitespace().next()).context("no MemAvailable in /proc/meminfo")?;
    Ok(kib.parse::<u64>()? * 1024)
}
