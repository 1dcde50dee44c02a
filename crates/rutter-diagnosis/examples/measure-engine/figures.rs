//! Times of this thread's processor, and this program's own memory.

use std::error::Error;

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

/// Measures from its start on.
pub(crate) struct Timer(f64);

impl Timer {
    pub(crate) fn start() -> Self {
        Self(now())
    }

    pub(crate) fn micros(&self) -> f64 {
        now() - self.0
    }
}

/// The time that this thread has had a processor, in microseconds.
fn now() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// Times of the same thing, in microseconds.
#[derive(Default)]
pub(crate) struct Series(Vec<f64>);

#[derive(Serialize)]
pub(crate) struct Summary {
    count: usize,
    mean: f64,
    p50: f64,
    p99: f64,
    max: f64,
}

impl Series {
    pub(crate) fn push(&mut self, micros: f64) {
        self.0.push(micros);
    }

    pub(crate) fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len().max(1) as f64
    }

    pub(crate) fn summary(&self) -> Summary {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (sorted.len() as f64 * share) as usize;
            sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
        };
        Summary { count: sorted.len(), mean: self.mean(), p50: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

/// The memory that this program has for itself alone: files that it has mapped don't count. Only Linux tells.
pub(crate) fn own_bytes() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).ok_or("no RssAnon")?;
    let kib: u64 = line.split_whitespace().next().ok_or("RssAnon of nothing")?.parse()?;
    Ok(kib * 1024)
}
