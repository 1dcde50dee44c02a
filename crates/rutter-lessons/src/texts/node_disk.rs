//! A node's disk and memory in events: garbage collection of images and containers (`ImageGCFailed`, `FreeDiskSpaceFailed`,
//! `ContainerGCFailed`), `InvalidDiskCapacity`, and `SystemOOM`. For `EvictionThresholdMet` see [`super::eviction::reclaiming`].
//!
//! The kubelet's `images/image_gc_manager.go`, `stats/`, `oom/oom_watcher_linux.go`. Three generations of texts: up to about
//! 1.2x, 1.30–1.34, and 1.35 on. The first failure is only logged (`Image garbage collection failed once. Stats
//! initialization may not have completed yet`), so an event is the second in a row.

use std::fmt;

use super::Era;
use super::quantity::bytes;
use super::scan::{after, after_any, between, has, non_empty, number, strip_combined, word};

/// Why garbage collection failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GcKind {
    /// Not one byte could be freed: all images are in use or pinned, or the space isn't taken by images.
    NothingToFree,
    /// Some, but not enough.
    PartlyFreed,
    /// Images could not be deleted.
    DeletionErrors,
    /// The statistics of the file systems aren't there: just started, or the wrong root.
    StatsMissing,
    /// The runtime answered with an error, or not in time.
    RuntimeError {
        /// It didn't answer in time.
        timed_out: bool,
    },
    /// `invalid capacity 0 on image filesystem`: as `StatsMissing`.
    CapacityZero,
    /// Words that aren't known.
    Unknown,
}

/// What a message about garbage collection says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GcFailure<'a> {
    /// Why.
    pub kind: GcKind,
    /// The bytes that were to be freed; not since 1.35.
    pub wanted: Option<u64>,
    /// The bytes that were freed; in 1.30–1.34 those found eligible.
    pub freed: Option<u64>,
    /// How full the image file system is, in per cent; since 1.35.
    pub used_percent: Option<u64>,
    /// Its size in bytes; since 1.35.
    pub capacity: Option<u64>,
    /// The error that the message carries, if any.
    pub detail: Option<&'a str>,
    /// The generation of the text.
    pub era: Era,
}

/// Reads the message of `ImageGCFailed`, `FreeDiskSpaceFailed`, `ContainerGCFailed` or `InvalidDiskCapacity`.
pub fn gc_failure(message: &str) -> GcFailure<'_> {
    let text = strip_combined(message);
    let (open, close) = ("with errors in image deletion: ", "image deletion: ");
    if let Some(detail) = after_any(text, &[open, close]) {
        return GcFailure { kind: GcKind::DeletionErrors, detail: non_empty(detail), ..amounts(text) };
    }
    let told = amounts(text);
    let kind = match told.freed {
        Some(0) => GcKind::NothingToFree,
        Some(_) => GcKind::PartlyFreed,
        None => return GcFailure { kind: error_kind(text), detail: non_empty(text), ..told },
    };
    GcFailure { kind, ..told }
}

/// The figures of all three generations.
fn amounts(text: &str) -> GcFailure<'_> {
    let figure = |opens: &[&str]| after_any(text, opens).and_then(number);
    let percent = after(text, "image filesystem (").and_then(number);
    let era = if has(text, &["only found ", "Insufficient free disk space"]) {
        Era::Current
    } else if text.contains("failed to garbage collect required amount of images. Wanted") {
        Era::Old
    } else {
        Era::Any
    };
    GcFailure {
        kind: GcKind::Unknown,
        wanted: figure(&["anted to free ", "Attempted to free "]),
        freed: figure(&["but freed ", "but only found ", "(freed "]),
        used_percent: percent,
        capacity: between(text, "% of ", " used)").and_then(bytes),
        detail: None,
        era,
    }
}

fn error_kind(text: &str) -> GcKind {
    if text.contains("invalid capacity 0") {
        return GcKind::CapacityZero;
    }
    let timed_out = has(text, &["DeadlineExceeded", "deadline exceeded", "operation timeout"]);
    if timed_out
        || has(text, &["rpc error", "Cannot connect to the Docker daemon", "Error response from daemon"])
    {
        return GcKind::RuntimeError { timed_out };
    }
    let stats = [
        "unable to find data in memory cache",
        "imageFs",
        "ImageFsInfo",
        "image stats",
        "non-existent label",
        "imagefs",
    ];
    if has(text, &stats) { GcKind::StatsMissing } else { GcKind::Unknown }
}

impl fmt::Display for GcKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingToFree => "there was no image that could be deleted",
            Self::PartlyFreed => "deleting unused images did not free enough",
            Self::DeletionErrors => "images could not be deleted",
            Self::StatsMissing => "the statistics of the file systems are missing",
            Self::RuntimeError { timed_out: true } => "the container runtime did not answer in time",
            Self::RuntimeError { timed_out: false } => "the container runtime answered with an error",
            Self::CapacityZero => "the size of the image file system is not known yet",
            Self::Unknown => "garbage collection failed for a reason that is not known",
        })
    }
}

/// A `SystemOOM` event: the kernel ran out of memory, by the kubelet's reading of its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemOom<'a> {
    /// The process that was killed; not in 1.12.
    pub process: Option<&'a str>,
    /// Its process id; not in 1.12.
    pub pid: Option<u64>,
}

/// Reads a `SystemOOM` event: `System OOM encountered` (1.12), `System OOM encountered, victim process: p, pid: n` (≥ 1.20).
pub fn system_oom(message: &str) -> Option<SystemOom<'_>> {
    let rest = after(strip_combined(message), "System OOM encountered")?;
    let process = after(rest, "victim process: ").map(|p| p.split(", pid:").next().unwrap_or(p).trim());
    Some(SystemOom {
        process: process.and_then(non_empty),
        pid: after(rest, "pid: ").and_then(|p| number(word(p))),
    })
}

#[cfg(test)]
#[path = "tests/node_disk.rs"]
mod tests;
