//! Scenarios: faults that are made on a real cluster, each in `lab/scenarios/NAME/`.
//!
//! A scenario says how to break something, what Kubernetes must show before it counts as broken, what Rutter must say
//! of it, and how to heal it. Nothing here sleeps and hopes: what is waited for is looked at, and printed.

mod action;
mod backdate;
mod condition;
pub(crate) mod report;
mod spec;
mod suite;
mod trial;
mod verdict;

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{Folder, note};
use spec::Condition;
pub(crate) use spec::files;
pub(crate) use spec::{Expected, Finding};
pub use spec::{Scenario, folder};
pub use suite::{LANES, groups, name_of, rutter_beside, test, test_group};
pub use trial::Trial;

/// How often Kubernetes is asked for what is waited for.
const POLL: Duration = Duration::from_secs(1);

/// How often what is still missing is told.
const REMINDER: Duration = Duration::from_mins(1);

impl Scenario {
    /// Makes the fault, and waits until Kubernetes shows it.
    pub fn break_it(&self, cluster: &Folder) -> Result<()> {
        self.start(cluster)?;
        self.wait_until_reached(cluster)?;
        let kubeconfig = cluster.admin_kubeconfig();
        self.tell(&format!("reached; ask with `rutter diagnose --kubeconfig {}`", kubeconfig.display()));
        Ok(())
    }

    /// Makes the fault, and does not wait.
    pub(crate) fn start(&self, cluster: &Folder) -> Result<()> {
        self.tell(&format!("breaking: {}", self.title));
        self.make_namespace(cluster)?;
        self.run(cluster, &self.r#break)
    }

    /// Waits until Kubernetes shows the fault.
    pub(crate) fn wait_until_reached(&self, cluster: &Folder) -> Result<()> {
        self.wait_for_all(cluster, &self.reached)
    }

    /// Mends the fault, and waits until Kubernetes shows that it is gone.
    pub fn heal(&self, cluster: &Folder) -> Result<()> {
        self.check_broken(cluster)?;
        self.begin_to_heal(cluster)?;
        self.wait_until_closed(cluster)
    }

    fn begin_to_heal(&self, cluster: &Folder) -> Result<()> {
        self.tell("healing");
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
            wait(&self.name, &condition.to_string(), self.timeout(), || condition.lacks(cluster, &self.name))
        })
    }

    fn tell(&self, message: &str) {
        tell(&format!("{}: {message}", self.name));
    }
}

/// Waits until `faults` finds none. What it finds is told now and then, and when the time is over.
fn wait(
    who: &str,
    what: &str,
    patience: Duration,
    mut faults: impl FnMut() -> Result<Vec<String>>,
) -> Result<()> {
    let begin = Instant::now();
    let mut reminder = begin;
    loop {
        // The API server may be away for a moment, which some scenarios bring about.
        let found = faults().unwrap_or_else(|error| vec![format!("{error:#}")]);
        let waited = begin.elapsed().as_secs();
        if found.is_empty() {
            if reminder > begin {
                tell(&format!("{who}: after {waited} s, there is {what}"));
            }
            return Ok(());
        }
        if begin.elapsed() >= patience {
            return verdict::none(&found, &format!("{who}: waited {waited} s in vain for {what}"));
        }
        if Instant::now() >= reminder {
            let (left_out, shown) = found.split_at(found.len().saturating_sub(3));
            let more = if left_out.is_empty() { "" } else { "…; " };
            tell(&format!("{who}: waiting for {what}; now: {more}{}", shown.join("; ")));
            reminder = Instant::now() + REMINDER;
        }
        thread::sleep(POLL);
    }
}

/// Says what happens, and when: much happens at once, and some of it takes long.
pub(crate) fn tell(message: &str) {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    note(&format!("{:4} s  {message}", BEGIN.elapsed().as_secs()));
}
