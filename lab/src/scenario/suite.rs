//! All scenarios, on clusters made for them.

use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};

use super::{Scenario, Trial, tell, verdict};
use crate::{Cluster, Folder};

/// How many clusters are tested at a time; each takes 2 GB of memory, and waits for most of the time.
pub const LANES: usize = 3;

/// Which scenarios are tested on one cluster: all that can share one, and each of the others alone. What takes longest
/// is first.
pub fn groups(mut scenarios: Vec<Scenario>) -> Vec<Vec<Scenario>> {
    scenarios.sort_by_key(|scenario| Reverse(scenario.timeout()));
    let (alone, shared): (Vec<_>, Vec<_>) =
        scenarios.into_iter().partition(|scenario| scenario.own_cluster.is_some());
    let mut groups = vec![shared];
    groups.extend(alone.into_iter().map(|scenario| vec![scenario]));
    groups.retain(|group| !group.is_empty());
    groups
}

/// What a group of [`groups`] is called.
pub fn name_of(group: &[Scenario]) -> &str {
    group.iter().find(|scenario| scenario.own_cluster.is_some()).map_or("shared", |scenario| &scenario.name)
}

/// Tests `scenarios`, as many groups at a time as the machine carries. Clusters are made below `work`, and end with the
/// test.
pub fn test(scenarios: Vec<Scenario>, rutter: &Path, work: &Path) -> Result<()> {
    let queue = Mutex::new(groups(scenarios).into_iter());
    let next = || queue.lock().ok()?.next();
    let lane = || -> Vec<String> {
        let outcomes = std::iter::from_fn(next).map(|group| test_group(&group, rutter, work));
        outcomes.filter_map(|outcome| Some(format!("{:#}", outcome.err()?))).collect()
    };
    let failures: Vec<_> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        let panicked = |_| vec!["a thread of the lab panicked; what it said is above".to_owned()];
        lanes.into_iter().flat_map(|lane| lane.join().unwrap_or_else(panicked)).collect()
    });
    verdict::none(&failures, "scenarios failed")
}

/// Tests the scenarios of a group at once, on a cluster made for them.
pub fn test_group(group: &[Scenario], rutter: &Path, work: &Path) -> Result<()> {
    let begin = Instant::now();
    let names = group.iter().map(|scenario| scenario.name.as_str()).collect::<Vec<_>>().join(" ");
    tell(&format!("starting a cluster for {names}"));
    let outcome = test_on_new_cluster(group, rutter, work);
    let took = begin.elapsed().as_secs();
    match &outcome {
        Ok(()) => tell(&format!("ok in {took} s: {names}")),
        Err(error) => tell(&format!("FAILED in {took} s: {names}: {error:#}")),
    }
    outcome
}

fn test_on_new_cluster(group: &[Scenario], rutter: &Path, work: &Path) -> Result<()> {
    let Some(first) = group.first() else { return Ok(()) };
    let name = name_of(group);
    let results = work.join(format!("{name}-results"));
    let place = work.join(name);
    if results.exists() {
        fs::remove_dir_all(&results)?;
    }
    fs::create_dir_all(&results)?;
    let mut options = first.cluster();
    options.addons.0.extend(group.iter().flat_map(|scenario| &scenario.needs.0));
    let outcome = Cluster::start_with(&place, &options).and_then(|cluster| {
        cluster.wait_for_dns()?;
        Trial { cluster: cluster.folder(), rutter, results: &results }.run(group)
    });
    if let Err(error) = outcome {
        keep_logs(&place, &results).context("cannot keep what is needed to understand the failure")?;
        Folder::new(&place)?.remove()?;
        return Err(error.context(format!("recordings and logs are in {}", results.display())));
    }
    Folder::new(&place)?.remove()?;
    fs::remove_dir_all(&results).context("cannot delete the results")
}

/// Copies the logs of the control plane and of each node.
fn keep_logs(place: &Path, results: &Path) -> Result<()> {
    copy_logs(place, &results.join("logs"))?;
    for node in fs::read_dir(place.join("nodes")).into_iter().flatten() {
        let node = node?;
        copy_logs(&node.path(), &results.join("logs").join(node.file_name()))?;
    }
    Ok(())
}

fn copy_logs(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log")
            && let Some(name) = path.file_name()
        {
            fs::copy(&path, to.join(name)).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

/// The `rutter` beside the running program, or one folder above, where Cargo puts it for a test.
pub fn rutter_beside() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let found =
        this.ancestors().skip(1).take(2).map(|folder| folder.join("rutter")).find(|path| path.is_file());
    found.with_context(|| format!("there is no rutter beside {}: build it, or give --rutter", this.display()))
}
