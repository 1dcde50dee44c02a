//! Makes a cluster, breaks it, and records it at a fixed time, whatever Rutter says by then.
//!
//! The scenario suite waits until Rutter is right, and asks whether it ever is. A measurement that waited for that
//! would measure nothing: here Rutter is not asked before the recording is made.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::labels::{FILE, Fault, Labels};
use super::plan::{self, Take};
use crate::namespace::run;
use crate::scenario::{Scenario, tell};
use crate::{Cluster, Folder, Form, record};

/// How long after Kubernetes shows all faults the recording is made, if Rutter isn't to be silent for longer.
const SETTLED: Duration = Duration::from_mins(1);

/// How long a rolling update is under way when the recording is made.
const UNDER_WAY: Duration = Duration::from_secs(4);

/// How long pods may take until the scheduler placed them, before a node that they are kept off may take them again.
const PLACED: Duration = Duration::from_secs(30);

/// The file of a recording that could not be made, with the reason.
pub(super) const FAILED: &str = "failed.txt";

/// The report of somebody who may only read the namespaces of the scenarios, live.
pub(super) const NAMESPACED: &str = "namespaced.json";

/// What is to be made.
#[derive(Debug)]
pub struct Making<'a> {
    /// Where recordings are kept, each in a folder of its name.
    pub to: &'a Path,
    /// Where clusters work meanwhile.
    pub work: &'a Path,
    /// The program that is asked with fewer rights.
    pub rutter: &'a Path,
    /// Only these; all, if there are none.
    pub only: &'a [String],
    /// Whether recordings are made anew that are there.
    pub fresh: bool,
    /// How many clusters run at a time.
    pub lanes: usize,
}

/// Makes the recordings that are not there yet. Those that can't be made are told, and kept as failed.
pub fn make(making: &Making<'_>) -> Result<()> {
    let takes = plan::all(&making.work.join("moved"))?;
    let mut wanted = Vec::new();
    for take in takes {
        let chosen = making.only.is_empty() || making.only.contains(&take.name);
        if chosen && (making.fresh || !is_made(&take, making.to)?) {
            wanted.push(take);
        }
    }
    tell(&format!("{} clusters are to be recorded", wanted.len()));
    let queue = Mutex::new(wanted.into_iter());
    let next = || queue.lock().ok()?.next();
    let lane = || -> Vec<String> {
        std::iter::from_fn(next)
            .filter_map(|take| making.one(&take).err())
            .map(|e| format!("{e:#}"))
            .collect()
    };
    let failures: Vec<_> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..making.lanes.max(1)).map(|_| scope.spawn(lane)).collect();
        let panicked = |_| vec!["a thread of the lab panicked; what it said is above".to_owned()];
        lanes.into_iter().flat_map(|lane| lane.join().unwrap_or_else(panicked)).collect()
    });
    if !failures.is_empty() {
        tell(&format!("{} clusters could not be recorded: {}", failures.len(), failures.join("; ")));
    }
    Ok(())
}

/// Whether there is a recording, made of the same.
fn is_made(take: &Take, to: &Path) -> Result<bool> {
    let labels = Labels::read(&to.join(&take.name))?;
    Ok(labels.is_some_and(|labels| take.key().is_ok_and(|key| key == labels.made_from)))
}

impl Making<'_> {
    fn one(&self, take: &Take) -> Result<()> {
        let begin = Instant::now();
        tell(&format!("{}: starting a cluster", take.name));
        let (place, part) = (self.work.join(&take.name), self.to.join(format!(".{}", take.name)));
        put_away(&part)?;
        fs::create_dir_all(&part).with_context(|| format!("cannot make {}", part.display()))?;
        let outcome = self.on_new_cluster(take, &place, &part);
        Folder::new(&place)?.remove()?;
        if let Err(error) = &outcome {
            fs::write(part.join(FAILED), format!("{error:#}\n"))?;
        }
        let to = self.to.join(&take.name);
        put_away(&to)?;
        fs::rename(&part, &to).with_context(|| format!("cannot write {}", to.display()))?;
        let took = begin.elapsed().as_secs();
        let how = if outcome.is_ok() { "recorded" } else { "FAILED" };
        tell(&format!("{}: {how} after {took} s", take.name));
        outcome.with_context(|| take.name.clone())
    }

    fn on_new_cluster(&self, take: &Take, place: &Path, to: &Path) -> Result<()> {
        let cluster = Cluster::start_with(place, &take.options)?;
        cluster.wait_for_dns()?;
        let folder = cluster.folder();
        if take.faults.iter().any(|scenario| scenario.since_before) {
            record(folder, &to.join("before"), Form::Get)?;
        }
        take.break_all(folder)?;
        // What is waited for has come; what follows from it has not yet, as when somebody is called.
        thread::sleep(take.silence());
        take.roll_out(folder)?;
        record(folder, &to.join("get"), Form::Get)?;
        record(folder, &to.join("dump"), Form::Dump)?;
        let labels = take.labels()?;
        self.ask_with_fewer_rights(&labels, folder, to)?;
        fs::write(to.join(FILE), format!("{:#}\n", serde_json::to_value(&labels)?))?;
        Ok(())
    }

    /// What Rutter says to somebody who may read these namespaces and nothing else. That can't be had from a recording: what is
    /// refused, and what is seen in part, only an API server tells.
    fn ask_with_fewer_rights(&self, labels: &Labels, cluster: &Folder, to: &Path) -> Result<()> {
        let namespaces = labels.namespaces();
        if namespaces.is_empty() {
            return Ok(());
        }
        let role = to.join("role.yaml");
        fs::write(&role, include_str!("../../../docs/book/src/rutter-reader.yaml"))?;
        cluster.kubectl(&["apply", "-f", &role.display().to_string()])?;
        fs::remove_file(&role)?;
        for namespace in &namespaces {
            cluster.kubectl(&[
                "-n",
                namespace,
                "create",
                "rolebinding",
                "rutter-reader",
                "--clusterrole=rutter-reader",
                "--user=viewer",
            ])?;
        }
        let mut rutter = Command::new(self.rutter);
        rutter.args(["diagnose", "-o", "json", "-n", &namespaces.join(",")]);
        let text = run(rutter.arg("--kubeconfig").arg(cluster.viewer_kubeconfig()))?;
        fs::write(to.join(NAMESPACED), text).context("cannot write a report")
    }
}

impl Take {
    /// Makes all its faults at once, and waits until Kubernetes shows every one.
    fn break_all(&self, cluster: &Folder) -> Result<()> {
        for scenario in &self.noise {
            scenario.start(cluster)?;
            scenario.wait_until_reached(cluster)?;
        }
        let is_of_node = |scenario: &&Scenario| plan::broken_nodes(scenario).next().is_some();
        // What is no node's first: its pods need some time before a node is gone.
        let (nodes, others): (Vec<_>, Vec<_>) = self.faults.iter().partition(is_of_node);
        others.into_iter().chain(nodes).try_for_each(|scenario| self.start_apart(scenario, cluster))?;
        self.faults.iter().try_for_each(|scenario| scenario.wait_until_reached(cluster))
    }

    /// Makes a fault, with its pods kept off the nodes that others break: else two faults would be one, or one could not be
    /// made.
    fn start_apart(&self, scenario: &Scenario, cluster: &Folder) -> Result<()> {
        let own: Vec<&str> = plan::broken_nodes(scenario).collect();
        let others: Vec<_> = self.broken_nodes().into_iter().filter(|node| !own.contains(node)).collect();
        for node in &others {
            cluster.kubectl(&["cordon", node])?;
        }
        scenario.start(cluster)?;
        if !others.is_empty() {
            self.wait_until_placed(scenario, cluster)?;
        }
        others.iter().try_for_each(|node| cluster.kubectl(&["uncordon", node]).map(drop))
    }

    /// Waits until there are pods, and no pod is without a node: or for a while, for some faults are just that.
    fn wait_until_placed(&self, scenario: &Scenario, cluster: &Folder) -> Result<()> {
        let begin = Instant::now();
        let path = "jsonpath={range .items[*]}{.spec.nodeName},{end}";
        while begin.elapsed() < PLACED {
            let nodes = cluster.kubectl(&["-n", &scenario.name, "get", "pods", "-o", path])?;
            if !nodes.is_empty() && nodes.trim_end_matches(',').split(',').all(|node| !node.is_empty()) {
                return Ok(());
            }
            thread::sleep(Duration::from_secs(1));
        }
        tell(&format!("{}: not all pods of {} have a node", self.name, scenario.name));
        Ok(())
    }

    /// How long is waited until the recording is made.
    fn silence(&self) -> Duration {
        let longest = self.faults.iter().map(|scenario| Duration::from_secs(scenario.silence)).max();
        longest.unwrap_or_default().max(SETTLED)
    }

    /// Begins a rolling update of what is healthy, which is then under way.
    fn roll_out(&self, cluster: &Folder) -> Result<()> {
        for scenario in self.noise.iter().filter(|scenario| scenario.name == plan::BUSY) {
            cluster.kubectl(&["-n", &scenario.name, "set", "env", "deployment/web", "RELEASE=3"])?;
            thread::sleep(UNDER_WAY);
        }
        Ok(())
    }

    fn labels(&self) -> Result<Labels> {
        Ok(Labels {
            name: self.name.clone(),
            kind: self.kind,
            faults: self.faults.iter().map(Fault::of).collect(),
            noise: self.noise.iter().map(|scenario| scenario.name.clone()).collect(),
            allow: self.allow.clone(),
            made_from: self.key()?,
        })
    }
}

/// Deletes a folder of recordings, if it is one.
fn put_away(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let known = [FILE, FAILED, "get", "dump", "before", NAMESPACED, "role.yaml"];
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if known.iter().all(|known| name.as_os_str() != *known) {
            bail!("{} holds {}, which is of no recording", folder.display(), name.display());
        }
    }
    fs::remove_dir_all(folder).with_context(|| format!("cannot delete {}", folder.display()))
}
