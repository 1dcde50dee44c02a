//! What `scenario.yaml` says.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Addon, Addons, NodeOptions, Options, Part};

/// A fault that is made on a real cluster, and what Rutter must say of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// The name of its folder, and of the namespace that it works in.
    #[serde(skip)]
    pub name: String,
    #[serde(skip)]
    pub(crate) folder: PathBuf,
    /// What happens, in a line.
    pub title: String,
    /// The nodes of the cluster that it needs for itself; without it, it shares one of two nodes with others.
    #[serde(default)]
    pub own_cluster: Option<Vec<NodeOptions>>,
    /// The checks of `rutter lint` that catch its manifests before they are applied, where a manifest causes the fault.
    #[serde(default)]
    #[expect(dead_code, reason = "the linter's tests read it")]
    lint: Vec<String>,
    /// The add-ons that it needs.
    #[serde(default)]
    pub needs: Addons,
    /// Other namespaces that it works in: what is found there is the scenario's, and cases keep what is there.
    #[serde(default)]
    pub also: Vec<String>,
    /// Whether Rutter is given the state before the fault, too (`--since`). Only with a cluster of its own.
    #[serde(default)]
    pub(crate) since_before: bool,
    /// Whether Rutter asks kubelets (`--kubelets`). Only with a cluster of its own.
    #[serde(default)]
    pub(crate) kubelets: bool,
    /// How many seconds each thing that is waited for may take. It is no measure of how long that usually takes: the
    /// machine may be busy with other things.
    #[serde(default = "five_minutes")]
    timeout: u64,
    /// For how many seconds after what must be `reached` Rutter says nothing on purpose, for it might pass by itself. A
    /// measurement looks no sooner.
    #[serde(default)]
    pub(crate) silence: u64,
    /// Whether it counts for the accuracy: not so what is there to be mended, and is made by another scenario, too.
    #[serde(default = "yes")]
    pub(crate) measured: bool,
    pub(super) r#break: Vec<Action>,
    /// What Kubernetes must show before the fault counts as made.
    pub(super) reached: Vec<Condition>,
    /// All open incidents that Rutter must show; none at all if it is empty.
    #[serde(default)]
    pub(crate) expect: Vec<Expected>,
    /// Lessons that must find nothing, neither as a root nor explained.
    #[serde(default)]
    pub(super) absent: Vec<String>,
    pub(super) heal: Vec<Action>,
    /// What Kubernetes must show before the fault counts as healed.
    pub(super) closed: Vec<Condition>,
}

fn five_minutes() -> u64 {
    300
}

/// Something done to the cluster. Files are in the scenario's folder, in which `kubectl` runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Action {
    Apply(String),
    Delete(String),
    Kubectl(Vec<String>),
    Stop(PartOfNode),
    Start(PartOfNode),
    Kill(PartOfNode),
    Freeze(PartOfNode),
    Thaw(PartOfNode),
    /// Sets what becomes of kubelet's calls to containerd, as far as this scenario is concerned.
    Cri {
        node: String,
        rules: Vec<Value>,
    },
    /// Makes an object look older, as no client of the API can.
    Backdate(Backdate),
    /// Writes lines into the kernel's log of a node, until its kubelet reports what they say.
    KernelLog(KernelLog),
    CutNetwork(String),
    RestoreNetwork(String),
    BreakCni(String),
    RestoreCni(String),
    BreakCertificate(String),
    RestoreCertificate(String),
    /// Freezes a process of the control plane, as `kube-scheduler`: all goes on but what it does.
    FreezeController(String),
    ThawController(String),
    /// Stops an add-on that is a process.
    StopAddon(Addon),
    StartAddon(Addon),
    /// Puts an image of the lab, as `busybox`, into the registry, as `shop/web:v1`.
    Push {
        image: String,
        name: String,
    },
    /// Sets what the cloud gives and refuses.
    Cloud(Value),
    /// Has Rutter do it: `rutter fix` of the incident whose root is a finding of this lesson, in the scenario's namespace or about
    /// no namespace; of one variant, as `LESSON/VARIANT`.
    Fix(String),
    /// Runs a program on a node.
    Run {
        node: String,
        command: Vec<String>,
    },
}

/// An object, and by how much all times in it are moved back: when it was made, and since when it is as it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Backdate {
    /// As `nodes`; what has a namespace is in the scenario's.
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) seconds: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KernelLog {
    pub(super) node: String,
    /// The messages, without priority and time.
    pub(super) lines: Vec<String>,
    /// What Kubernetes then shows.
    pub(super) until: Condition,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartOfNode {
    pub(super) node: String,
    pub(super) part: Part,
}

/// Something that Kubernetes shows. `name`, `is` and `message` are regular expressions.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Condition {
    /// At least `count` objects have a value that fits.
    Object {
        kind: String,
        #[serde(default)]
        name: String,
        /// A path as `/status/conditions/type=Ready/status`; `*` stands for every field or item.
        at: String,
        is: String,
        #[serde(default = "one")]
        count: usize,
    },
    /// There is no such object.
    Gone {
        kind: String,
        #[serde(default)]
        name: String,
    },
    /// There is an event about an object, as `Pod/web-.*`.
    Event {
        of: String,
        reason: String,
        #[serde(default)]
        message: String,
    },
    Any(Vec<Condition>),
    All(Vec<Condition>),
}

fn one() -> usize {
    1
}

/// An incident that Rutter must show.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) root: Finding,
    /// What it must explain.
    #[serde(default)]
    pub(crate) explains: Vec<Finding>,
    /// What it explains besides once it is old enough; anything else is too much.
    #[serde(default)]
    pub(crate) may_explain: Vec<Finding>,
    /// Whether a cluster-info dump holds enough to see it; else Rutter must say there that the lesson is
    /// undecided, or that nothing of the kind of its object was seen.
    #[serde(default = "yes")]
    pub(crate) in_dump: bool,
    /// Whether it may stay open for a while after the fault is healed, because Kubernetes tells of no end.
    #[serde(default)]
    pub(crate) lingers: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finding {
    pub(crate) lesson: String,
    #[serde(default)]
    pub(crate) variant: Option<String>,
    /// A regular expression for `Kind/namespace/name`, or `Kind/name`.
    pub(crate) object: String,
}

impl Scenario {
    /// Reads the scenario in the folder `name` of [`folder`].
    pub fn read(name: &str) -> Result<Self> {
        Self::read_from(&folder(), name)
    }

    /// Reads the scenario in the folder `name` of another folder than [`folder`].
    pub(crate) fn read_from(all: &Path, name: &str) -> Result<Self> {
        let folder = all.join(name);
        let path = folder.join("scenario.yaml");
        let text = fs::read_to_string(&path);
        let text =
            text.with_context(|| format!("there is no scenario {name}: cannot read {}", path.display()))?;
        let read: Result<Self, _> = serde_saphyr::from_str(&text);
        let mut scenario = read.with_context(|| format!("cannot understand {}", path.display()))?;
        if scenario.reached.is_empty() {
            bail!("{} does not say what Kubernetes must show", path.display());
        }
        if (scenario.since_before || scenario.kubelets) && scenario.own_cluster.is_none() {
            bail!("{}: `sinceBefore` and `kubelets` need an `ownCluster`", path.display());
        }
        name.clone_into(&mut scenario.name);
        scenario.folder = folder;
        Ok(scenario)
    }

    /// Those of [`Scenario::all`] that count for the accuracy.
    pub(crate) fn all_measured() -> Result<Vec<Self>> {
        Ok(Self::all()?.into_iter().filter(|scenario| scenario.measured).collect())
    }

    /// The names of all scenarios, in order.
    pub fn names() -> Result<Vec<String>> {
        let folder = folder();
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let mut names: Vec<_> = entries
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_>>()?;
        names.sort();
        Ok(names)
    }

    /// All scenarios, in the order of their names.
    pub fn all() -> Result<Vec<Self>> {
        Self::names()?.iter().map(|name| Self::read(name)).collect()
    }

    /// What a cluster must be like for it.
    pub fn cluster(&self) -> Options {
        let nodes = self.own_cluster.clone().unwrap_or_else(|| vec![NodeOptions::default(); 2]);
        // As with what is waited for: a machine may be busy.
        let timeout = Duration::from_mins(5);
        Options { nodes, addons: self.needs.clone(), timeout, ..Options::default() }
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

/// Where the scenarios are: in the checkout that the lab was built from.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// All files of a scenario's folder, in order.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_scenarios_can_be_read_and_have_their_files() {
        let all = Scenario::all().unwrap();
        let alone = all.iter().filter(|scenario| scenario.own_cluster.is_some()).count();
        assert!(all.len() - alone >= 13 && alone >= 10, "scenarios were lost: {} are left", all.len());
        for scenario in all {
            for action in scenario.r#break.iter().chain(&scenario.heal) {
                if let Action::Apply(file) | Action::Delete(file) = action {
                    assert!(scenario.folder.join(file).is_file(), "{}: there is no {file}", scenario.name);
                }
            }
        }
    }

    #[test]
    fn a_field_that_is_not_known_is_refused() {
        let text = "title: x\nbreak: []\nreached: []\nheal: []\nclosed: []\n";
        assert!(serde_saphyr::from_str::<Scenario>(text).is_ok());
        assert!(serde_saphyr::from_str::<Scenario>(&format!("{text}expected: []\n")).is_err());
    }
}
