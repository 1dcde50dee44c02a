//! Which clusters are made.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use super::labels::Kind;
use super::moved::{self, Nodes};
use crate::scenario::{self, Finding, Scenario};
use crate::{Addon, NodeOptions, Options, pki, toolchain};

/// How recordings are made: another number makes all of them anew.
const FORM: &str = "1";

/// The scenario in which nothing is wrong and much happens, beside every combination.
pub(super) const BUSY: &str = "healthy-busy";

/// A cluster to be made, broken and recorded.
#[derive(Debug, Clone)]
pub(super) struct Take {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) faults: Vec<Scenario>,
    pub(super) noise: Vec<Scenario>,
    pub(super) allow: Vec<Finding>,
    pub(super) options: Options,
}

/// Scenarios that are made together, as `combinations.yaml` has them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Combination {
    faults: Vec<String>,
    /// By scenario.
    #[serde(default)]
    nodes: BTreeMap<String, Nodes>,
    /// What makes it worth a cluster.
    why: String,
    #[serde(default)]
    allow: Vec<Finding>,
}

/// The names of all clusters, in the order in which they are made.
pub fn names() -> Result<Vec<String>> {
    let combinations = combinations()?;
    let mut names: Vec<_> = ["shared", "healthy-idle", BUSY].map(str::to_owned).into();
    names.extend(combinations.iter().map(|combination| combination.faults.join("+")));
    let alone = Scenario::all_measured()?.into_iter().filter(|scenario| scenario.own_cluster.is_some());
    names.extend(alone.map(|scenario| scenario.name));
    Ok(names)
}

/// All clusters. Scenarios on other nodes are written below `place`.
pub(super) fn all(place: &Path) -> Result<Vec<Take>> {
    let (alone, mut shared): (Vec<_>, Vec<_>) =
        Scenario::all_measured()?.into_iter().partition(|scenario| scenario.own_cluster.is_some());
    let busy = shared.iter().position(|scenario| scenario.name == BUSY).map(|at| shared.remove(at));
    let busy = busy.with_context(|| format!("there is no scenario {BUSY}"))?;
    let mut takes = vec![Take::of("shared", Kind::Shared, shared, vec![busy.clone()])?];
    let mut idle = Take::of("healthy-idle", Kind::Healthy, Vec::new(), Vec::new())?;
    idle.options.addons.0.extend([Addon::Registry, Addon::Metrics, Addon::Storage]);
    takes.push(idle);
    takes.push(Take::of(BUSY, Kind::Healthy, Vec::new(), vec![busy.clone()])?);
    for combination in combinations()? {
        takes.push(combination.take(&busy, place)?);
    }
    for scenario in alone {
        let options = scenario.cluster();
        let name = scenario.name.clone();
        takes.push(Take { options, ..Take::of(&name, Kind::Alone, vec![scenario], Vec::new())? });
    }
    Ok(takes)
}

fn combinations() -> Result<Vec<Combination>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("combinations.yaml");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_saphyr::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))
}

impl Combination {
    fn take(self, busy: &Scenario, place: &Path) -> Result<Take> {
        let name = self.faults.join("+");
        ensure!(!self.why.is_empty(), "{name}: nothing says why it is made");
        let kind = match self.faults.len() {
            2 => Kind::Pair,
            3 => Kind::Triple,
            other => bail!("{name}: {other} faults are neither a pair nor a triple"),
        };
        let none = Nodes::new();
        let read =
            |fault: &String| moved::read(fault, self.nodes.get(fault).unwrap_or(&none), &place.join(&name));
        let faults = self.faults.iter().map(read).collect::<Result<_>>()?;
        let mut take = Take::of(&name, kind, faults, vec![busy.clone()])?;
        take.options.nodes = self.options(&take.faults)?;
        take.allow = self.allow;
        Ok(take)
    }

    /// Each node as the scenario wants it that breaks it, wherever it was moved to.
    fn options(&self, faults: &[Scenario]) -> Result<Vec<NodeOptions>> {
        let mut nodes = vec![NodeOptions::default(); 2];
        for scenario in faults {
            let moved = self.nodes.get(&scenario.name);
            for (own, wanted) in scenario.cluster().nodes.into_iter().enumerate() {
                let name = format!("node-{}", char::from(b'a' + own as u8));
                let target = moved.and_then(|moved| moved.get(&name)).unwrap_or(&name);
                let at = moved::index(target).with_context(|| format!("{target} is no node"))?;
                nodes.resize(nodes.len().max(at + 1), NodeOptions::default());
                let is_plain = |options: &NodeOptions| *options == NodeOptions::default();
                if is_plain(&wanted) {
                    continue;
                }
                ensure!(is_plain(&nodes[at]), "two scenarios want {target} otherwise than it is");
                nodes[at] = wanted;
            }
        }
        Ok(nodes)
    }
}

impl Take {
    fn of(name: &str, kind: Kind, faults: Vec<Scenario>, noise: Vec<Scenario>) -> Result<Self> {
        let mut options = Scenario::read(BUSY)?.cluster();
        options.addons.0.extend(faults.iter().flat_map(|scenario| &scenario.needs.0));
        Ok(Self { name: name.to_owned(), kind, faults, noise, allow: Vec::new(), options })
    }

    /// Names all that decides what is recorded: the version of Kubernetes, and every file of its scenarios.
    pub(super) fn key(&self) -> Result<String> {
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        let mut add = |part: &[u8]| {
            digest.update(&part.len().to_le_bytes());
            digest.update(part);
        };
        add(FORM.as_bytes());
        add(toolchain::KUBERNETES.as_bytes());
        for scenario in self.faults.iter().chain(&self.noise) {
            add(scenario.name.as_bytes());
            for file in scenario::files(&scenario.folder)? {
                add(file.file_name().unwrap_or_default().as_encoded_bytes());
                add(&fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
            }
        }
        Ok(pki::hex(&digest.finish().as_ref()[..8]))
    }

    /// The nodes that its faults are about.
    pub(super) fn broken_nodes(&self) -> Vec<&str> {
        let mut nodes: Vec<&str> = self.faults.iter().flat_map(broken_nodes).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}

/// The nodes that a scenario's roots are about.
pub(super) fn broken_nodes(scenario: &Scenario) -> impl Iterator<Item = &str> {
    scenario.expect.iter().filter_map(|expected| expected.root.object.strip_prefix("Node/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_made_and_every_combination_can_be() {
        let place = tempfile::tempdir().unwrap();
        let takes = all(place.path()).unwrap();
        let made: Vec<_> = takes.iter().map(|take| take.name.clone()).collect();
        assert_eq!(made, names().unwrap());
        let of = |kind: Kind| takes.iter().filter(|take| take.kind == kind).count();
        assert!(of(Kind::Pair) >= 12 && of(Kind::Triple) >= 6 && of(Kind::Healthy) == 2);
        for scenario in Scenario::all().unwrap() {
            let mut all = takes.iter().filter(|take| matches!(take.kind, Kind::Alone | Kind::Shared));
            let made =
                |take: &Take| take.faults.iter().chain(&take.noise).any(|one| one.name == scenario.name);
            assert_eq!(all.any(made), scenario.measured, "{}", scenario.name);
        }
    }

    #[test]
    fn no_two_faults_of_a_combination_are_of_one_node() {
        let place = tempfile::tempdir().unwrap();
        for take in all(place.path()).unwrap().iter().filter(|take| take.kind != Kind::Alone) {
            let all = take.faults.iter().flat_map(broken_nodes).count();
            assert_eq!(all, take.broken_nodes().len(), "{}", take.name);
        }
    }

    #[test]
    fn a_scenario_that_changes_is_recorded_anew() {
        let place = tempfile::tempdir().unwrap();
        let takes = all(place.path()).unwrap();
        let mut keys: Vec<_> = takes.iter().map(|take| take.key().unwrap()).collect();
        assert_eq!(keys[0], takes[0].key().unwrap());
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), takes.len());
    }
}
