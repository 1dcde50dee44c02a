//! Measures the engine on a recorded or generated cluster: the time that each of many changes takes until the findings
//! are current again, and the memory that cluster and engine take.
//!
//! `cargo run --release --package rutter-diagnosis --example measure-engine -- FOLDER [CHANGES]`; `cargo xtask bench` runs
//! it on clusters of several sizes. The last line is JSON, times in microseconds of this thread's processor time, so that
//! other programs disturb little.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "the core keeps from the world, a program that measures it can't"
)]

mod changes;
mod figures;

use std::{collections::BTreeMap, error::Error, path::PathBuf};

use rutter_cluster::{Change, Kind};
use rutter_diagnosis::{Engine, Scope};
use rutter_source::{Input, files::Limits, load};
use serde::Serialize;

use changes::World;
use figures::{Series, Summary, Timer, own_bytes};

/// As the binary has it: what memory is measured depends on the allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Changes made, unless told otherwise.
const CHANGES: usize = 40_000;
/// Not measured: the first few build what is built once.
const WARM_UP: usize = 2_000;
/// The diagnosis is taken after so many changes.
const SNAPSHOT: usize = 200;

#[derive(Serialize)]
struct Report {
    pods: usize,
    objects: usize,
    findings: usize,
    /// Until all was diagnosed at first, on all cores, by the clock.
    first_ms: f64,
    cluster_bytes: u64,
    engine_bytes: u64,
    /// What all the changes left behind.
    growth_bytes: i64,
    /// Sustained, if each change is settled before the next.
    per_second: f64,
    changes: BTreeMap<&'static str, Summary>,
    all: Summary,
    second: Summary,
    snapshot: Summary,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let count = match arguments.next() {
        Some(count) => count.to_string_lossy().parse()?,
        None => CHANGES,
    };
    println!("{}", serde_json::to_string(&measure(folder, count)?)?);
    Ok(())
}

fn measure(folder: PathBuf, count: usize) -> Result<Report, Box<dyn Error>> {
    let empty = own_bytes()?;
    let mut cluster = load(&[Input::Path(folder)], &Limits::default())?;
    let mut world = World::new(&cluster);
    world.crash_some(&cluster).into_iter().for_each(|change| cluster.apply(change));
    let loaded = own_bytes()?;
    let pods = cluster.pods.len();
    let objects = Kind::ALL.iter().map(|kind| cluster.refs(*kind).len()).sum();
    let start = std::time::Instant::now();
    let mut engine = Engine::new(cluster);
    let first_ms = start.elapsed().as_secs_f64() * 1e3;
    let diagnosed = own_bytes()?;
    let findings = engine.diagnosis(&Scope::default()).findings.len();

    let mut measured = Measured::default();
    for n in 0..WARM_UP + count {
        if n == WARM_UP {
            measured = Measured::default();
        }
        measured.change(&mut engine, &mut world);
        if n % world.in_a_second() == 0 {
            measured.second(&mut engine);
        }
        if n % SNAPSHOT == 0 {
            measured.snapshot(&engine);
        }
    }
    Ok(Report {
        pods,
        objects,
        findings,
        first_ms,
        cluster_bytes: loaded.saturating_sub(empty),
        engine_bytes: diagnosed.saturating_sub(loaded),
        growth_bytes: own_bytes()?.cast_signed() - diagnosed.cast_signed(),
        per_second: 1e6 / measured.all.mean(),
        changes: measured.changes.iter().map(|(name, series)| (*name, series.summary())).collect(),
        all: measured.all.summary(),
        second: measured.second.summary(),
        snapshot: measured.snapshot.summary(),
    })
}

/// The times taken.
#[derive(Default)]
struct Measured {
    changes: BTreeMap<&'static str, Series>,
    all: Series,
    second: Series,
    snapshot: Series,
}

impl Measured {
    fn change(&mut self, engine: &mut Engine, world: &mut World) {
        let (name, change): (_, Change) = world.next(engine.cluster());
        let timer = Timer::start();
        engine.apply(change);
        engine.settle();
        let taken = timer.micros();
        self.all.push(taken);
        self.changes.entry(name).or_default().push(taken);
    }

    fn second(&mut self, engine: &mut Engine) {
        let time = engine.cluster().time().plus(1);
        let timer = Timer::start();
        engine.advance(time);
        engine.settle();
        self.second.push(timer.micros());
    }

    fn snapshot(&mut self, engine: &Engine) {
        let timer = Timer::start();
        let diagnosis = engine.diagnosis(&Scope::default());
        self.snapshot.push(timer.micros());
        drop(diagnosis);
    }
}
