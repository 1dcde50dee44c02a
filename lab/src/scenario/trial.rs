//! Scenarios under test on one cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};

use super::report::{Asked, Report, Source};
use super::spec::Scenario;
use super::{tell, wait};
use crate::{Folder, Form, record};

/// How long recordings may show something else than the cluster itself.
const AGREEMENT: Duration = Duration::from_mins(3);

/// Scenarios under test on one cluster.
pub struct Trial<'a> {
    /// The cluster.
    pub cluster: &'a Folder,
    /// The program that is tested.
    pub rutter: &'a Path,
    /// Where recordings are left.
    pub results: &'a Path,
}

impl Trial<'_> {
    /// Breaks all of `scenarios` at once, holds Rutter's answers against what is expected, heals, and holds again. What
    /// the scenarios made stays.
    ///
    /// What fails is told at the end, so that one failure does not hide another.
    pub fn run(&self, scenarios: &[Scenario]) -> Result<()> {
        let cluster = self.cluster;
        if scenarios.iter().any(|scenario| scenario.since_before) {
            // The kinds are the same as afterwards: what appears must not be what was not looked at.
            record(cluster, &self.before(), Form::Get)?;
        }
        let mut failures = each(scenarios, |scenario| scenario.start(cluster));
        failures.extend(each(scenarios, |scenario| scenario.wait_until_reached(cluster)));
        failures.extend(each(scenarios, |scenario| {
            self.await_report(scenario, "Rutter to see it", |report, source| scenario.faults(report, source))
        }));
        let patience = if failures.is_empty() { AGREEMENT } else { Duration::ZERO };
        failures.extend(failure(self.compare_sources(scenarios, patience)));
        if failures.is_empty() {
            failures.extend(each(scenarios, |scenario| scenario.begin_to_heal(cluster)));
            failures.extend(each(scenarios, |scenario| self.await_end(scenario)));
        }
        if failures.is_empty() {
            return Ok(());
        }
        // The cluster may be the reason that it cannot be recorded.
        failures.extend(failure(record(self.cluster, &self.results.join("get-at-failure"), Form::Get)));
        bail!("{}", failures.join("\n"))
    }

    /// Where the recording from before the fault is.
    fn before(&self) -> PathBuf {
        self.results.join("before")
    }

    /// Asks Rutter as the scenarios want it asked.
    fn report(&self, scenarios: &[Scenario], source: Source<'_>) -> Result<Report> {
        let before = self.before();
        let asked = Asked {
            rutter: self.rutter,
            before: scenarios.iter().any(|scenario| scenario.since_before).then_some(before.as_path()),
            kubelets: scenarios.iter().any(|scenario| scenario.kubelets),
        };
        Report::of(asked, source)
    }

    fn await_report(
        &self,
        scenario: &Scenario,
        what: &str,
        faults: impl Fn(&Report, Source<'_>) -> Result<Vec<String>>,
    ) -> Result<()> {
        let kubeconfig = self.cluster.admin_kubeconfig();
        let live = Source::Live(&kubeconfig);
        let alone = std::slice::from_ref(scenario);
        wait(&scenario.name, what, scenario.timeout(), || faults(&self.report(alone, live)?, live))
    }

    /// The same must be found live, in a recording, and, as far as it can show it, in a dump.
    ///
    /// A recording has no clock: to Rutter its time is the newest that it holds, which may be seconds before the live
    /// one, and what is silent for a minute is then silent for these seconds more. Hence more than one try.
    fn compare_sources(&self, scenarios: &[Scenario], patience: Duration) -> Result<()> {
        let names: Vec<_> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
        wait(&names.join(" "), "the same from all sources", patience, || self.differences(scenarios))
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
            let report = self.report(scenarios, source)?;
            let mut found = Vec::new();
            for scenario in scenarios {
                found.extend(scenario.faults(&report, source)?);
            }
            if scenarios.iter().all(|scenario| scenario.own_cluster.is_none()) {
                found.extend(report.strangers(scenarios)?);
            }
            faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", source.name())));
        }
        Ok(faults)
    }

    fn await_end(&self, scenario: &Scenario) -> Result<()> {
        scenario.wait_until_closed(self.cluster)?;
        self.await_report(scenario, "Rutter to see it closed", |report, _| scenario.left(report))
    }
}

/// What becomes of each; what fails is told at once, too.
fn each(scenarios: &[Scenario], act: impl Fn(&Scenario) -> Result<()>) -> Vec<String> {
    scenarios.iter().filter_map(|scenario| failure(act(scenario))).collect()
}

fn failure(outcome: Result<()>) -> Option<String> {
    let error = outcome.err()?;
    tell(&format!("FAILED {error:#}"));
    Some(format!("{error:#}"))
}
