//! Scenarios: faults that are made on a real cluster, each in `lab/scenarios/NAME/`.
//!
//! A scenario says how to break something, what Kubernetes must show before it counts as broken, what Rutter must say
//! of it, and how to heal it. Nothing here sleeps and hopes: what is waited for is looked at, and printed.

mod action;
mod condition;
mod spec;
mod verdict;

use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{Cluster, Folder, Form, note, record};
use spec::Condition;
pub use spec::{Scenario, folder};
use verdict::{Report, Source};

/// How often Kubernetes is asked for what is waited for.
const POLL: Duration = Duration::from_millis(500);

/// How many clusters are tested at a time; each takes 2 GB of memory, and waits for most of the time.
const LANES: usize = 3;

impl Scenario {
    /// Makes the fault, and waits until Kubernetes shows it.
    pub fn break_it(&self, cluster: &Folder) -> Result<()> {
        self.start(cluster)?;
        self.wait_until_reached(cluster)
    }

    fn start(&self, cluster: &Folder) -> Result<()> {
        note(&format!("{}: breaking: {}", self.name, self.title));
        self.make_namespace(cluster)?;
        self.run(cluster, &self.r#break)
    }

    fn wait_until_reached(&self, cluster: &Folder) -> Result<()> {
        self.wait_for_all(cluster, &self.reached)
    }

    /// Mends the fault, and waits until Kubernetes shows that it is gone.
    pub fn heal(&self, cluster: &Folder) -> Result<()> {
        self.begin_to_heal(cluster)?;
        self.wait_until_closed(cluster)
    }

    fn begin_to_heal(&self, cluster: &Folder) -> Result<()> {
        note(&format!("{}: healing", self.name));
        self.run(cluster, &self.heal)
    }

    fn wait_until_closed(&self, cluster: &Folder) -> Result<()> {
        self.wait_for_all(cluster, &self.closed)
    }

    /// Deletes what the scenario made.
    pub fn remove(&self, cluster: &Folder) -> Result<()> {
        cluster.kubectl(&["delete", "namespace", &self.name, "--ignore-not-found", "--timeout=60s"]).map(drop)
    }

    fn wait_for_all(&self, cluster: &Folder, conditions: &[Condition]) -> Result<()> {
        conditions.iter().try_for_each(|condition| {
            self.wait(&condition.to_string(), || {
                Ok(if condition.holds(cluster, &self.name)? {
                    Vec::new()
                } else {
                    vec!["not yet".to_owned()]
                })
            })
        })
    }

    /// Waits until `faults` finds none. The last that it found are told when the time is over.
    fn wait(&self, what: &str, mut faults: impl FnMut() -> Result<Vec<String>>) -> Result<()> {
        note(&format!("{}: waiting for {what}", self.name));
        let begin = Instant::now();
        loop {
            let found = faults();
            // The API server may be away for a moment, which some scenarios bring about.
            if let Ok(found) = &found
                && found.is_empty()
            {
                note(&format!("{}: there after {:.0} s", self.name, begin.elapsed().as_secs_f64()));
                return Ok(());
            }
            if begin.elapsed() >= self.timeout() {
                let found = found?;
                return verdict::none(
                    &found,
                    &format!("{}: the time is over before there is {what}", self.name),
                );
            }
            thread::sleep(POLL);
        }
    }
}

/// Scenarios under test on one cluster.
pub struct Trial<'a> {
    /// The cluster.
    pub cluster: &'a Folder,
    /// The program that is tested.
    pub rutter: &'a Path,
    /// Where recordings and logs of a failure are left.
    pub results: &'a Path,
}

impl Trial<'_> {
    /// Breaks all of `scenarios` at once, holds Rutter's answers against what is expected, heals, and holds again. What
    /// the scenarios made stays.
    ///
    /// What fails is told at the end, so that one failure does not hide another.
    pub fn run(&self, scenarios: &[Scenario]) -> Result<()> {
        let cluster = self.cluster;
        let mut failures = each(scenarios, |scenario| scenario.start(cluster));
        failures.extend(each(scenarios, |scenario| scenario.wait_until_reached(cluster)));
        failures.extend(each(scenarios, |scenario| {
            self.await_report(scenario, "Rutter to see it", |report, source| scenario.faults(report, source))
        }));
        failures.extend(failure(self.compare_sources(scenarios)));
        if failures.is_empty() {
            failures.extend(each(scenarios, |scenario| scenario.begin_to_heal(cluster)));
            failures.extend(each(scenarios, |scenario| self.await_end(scenario)));
        }
        if failures.is_empty() {
            return Ok(());
        }
        self.keep_evidence().context("cannot keep what is needed to understand the failure")?;
        bail!("{}\n\nrecording and logs are in {}", failures.join("\n"), self.results.display())
    }

    fn await_report(
        &self,
        scenario: &Scenario,
        what: &str,
        faults: impl Fn(&Report, Source<'_>) -> Result<Vec<String>>,
    ) -> Result<()> {
        let kubeconfig = self.cluster.admin_kubeconfig();
        let live = Source::Live(&kubeconfig);
        scenario.wait(what, || faults(&Report::of(self.rutter, live)?, live))
    }

    /// The same must be found live, in a recording, and, as far as it can show it, in a dump.
    ///
    /// A recording has no clock: to Rutter its time is the newest that it holds, which may be seconds before the live
    /// one, and what is silent for a minute is then silent for these seconds more. Hence more than one try.
    fn compare_sources(&self, scenarios: &[Scenario]) -> Result<()> {
        note("waiting for the same from all sources");
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let faults = self.differences(scenarios)?;
            if faults.is_empty() || Instant::now() >= deadline {
                return verdict::none(&faults, "Rutter is wrong");
            }
        }
    }

    fn differences(&self, scenarios: &[Scenario]) -> Result<Vec<String>> {
        let (get, dump) = (self.results.join("get"), self.results.join("dump"));
        for (folder, form) in [(&get, Form::Get), (&dump, Form::Dump)] {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
            record(self.cluster, folder, form)?;
        }
        let kubeconfig = self.cluster.admin_kubeconfig();
        let mut faults = Vec::new();
        for source in [Source::Live(&kubeconfig), Source::Get(&get), Source::Dump(&dump)] {
            let report = Report::of(self.rutter, source)?;
            let mut found = Vec::new();
            for scenario in scenarios {
                found.extend(scenario.faults(&report, source)?);
            }
            if scenarios.iter().all(|scenario| scenario.own_cluster.is_none()) {
                found.extend(report.strangers(scenarios));
            }
            faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", source.name())));
        }
        Ok(faults)
    }

    fn await_end(&self, scenario: &Scenario) -> Result<()> {
        scenario.wait_until_closed(self.cluster)?;
        self.await_report(scenario, "Rutter to see it closed", |report, _| {
            Ok(scenario.open(report).iter().map(|incident| format!("{incident} is open")).collect())
        })
    }

    /// The recording as it is now, and all logs.
    fn keep_evidence(&self) -> Result<()> {
        record(self.cluster, &self.results.join("get-at-failure"), Form::Get)?;
        let nodes = self.cluster.state()?.unwrap_or_default().nodes;
        copy_logs(self.cluster.path(), &self.results.join("logs"))?;
        nodes.iter().try_for_each(|node| {
            copy_logs(&self.cluster.path().join("nodes").join(node), &self.results.join("logs").join(node))
        })
    }
}

/// What becomes of each; what fails is told at once, too.
fn each(scenarios: &[Scenario], act: impl Fn(&Scenario) -> Result<()>) -> Vec<String> {
    scenarios.iter().filter_map(|scenario| failure(act(scenario))).collect()
}

fn failure(outcome: Result<()>) -> Option<String> {
    let error = outcome.err()?;
    note(&format!("FAILED {error:#}"));
    Some(format!("{error:#}"))
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

/// Tests `scenarios`: those that share a cluster at once, and meanwhile the others, each on one of its own. Clusters are
/// made below `work`, and end with the test.
pub fn test(scenarios: Vec<Scenario>, rutter: &Path, work: &Path) -> Result<()> {
    let (mut alone, shared): (Vec<_>, Vec<_>) =
        scenarios.into_iter().partition(|scenario| scenario.own_cluster.is_some());
    alone.sort_by_key(|scenario| Reverse(scenario.timeout()));
    let mut groups = vec![shared];
    groups.extend(alone.into_iter().map(|scenario| vec![scenario]));
    groups.retain(|group| !group.is_empty());
    let queue = Mutex::new(groups.into_iter());
    let next = || queue.lock().ok()?.next();
    let lane = || -> Vec<String> {
        std::iter::from_fn(next).filter_map(|group| test_and_tell(&group, rutter, work)).collect()
    };
    let failures: Vec<_> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        let panicked = |_| vec!["a thread of the lab panicked; what it said is above".to_owned()];
        lanes.into_iter().flat_map(|lane| lane.join().unwrap_or_else(panicked)).collect()
    });
    verdict::none(&failures, "scenarios failed")
}

/// What went wrong, if anything did.
fn test_and_tell(group: &[Scenario], rutter: &Path, work: &Path) -> Option<String> {
    let begin = Instant::now();
    let names: Vec<_> = group.iter().map(|scenario| scenario.name.as_str()).collect();
    let outcome = test_group(group, rutter, work);
    let ended = if outcome.is_ok() { "ok" } else { "FAILED" };
    note(&format!("{ended} in {:.0} s: {}", begin.elapsed().as_secs_f64(), names.join(" ")));
    outcome.err().map(|error| format!("{error:#}"))
}

fn test_group(group: &[Scenario], rutter: &Path, work: &Path) -> Result<()> {
    let Some(first) = group.first() else { return Ok(()) };
    let name = if first.own_cluster.is_some() { first.name.as_str() } else { "shared" };
    let results = work.join(format!("{name}-results"));
    let place = work.join(name);
    if results.exists() {
        fs::remove_dir_all(&results)?;
    }
    fs::create_dir_all(&results)?;
    let mut options = first.cluster();
    options.addons.0.extend(group.iter().flat_map(|scenario| &scenario.needs.0));
    let outcome = Cluster::start_with(&place, &options)
        .and_then(|cluster| Trial { cluster: cluster.folder(), rutter, results: &results }.run(group));
    let removed = Folder::new(&place)?.remove();
    outcome?;
    removed?;
    fs::remove_dir_all(&results).context("cannot delete the results")
}

/// The `rutter` beside the running program, or one folder above, where Cargo puts it for a test.
pub fn rutter_beside() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let found =
        this.ancestors().skip(1).take(2).map(|folder| folder.join("rutter")).find(|path| path.is_file());
    found.with_context(|| format!("there is no rutter beside {}: build it, or give --rutter", this.display()))
}
