//! The way from the findings about an object up to a root, and down to what they explain.

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::Cluster;
use rutter_lessons::{Confidence, Context};

use super::harm::{Harmed, harmed};
use crate::{Diagnosis, Explained, Incident};

/// A finding about the object, and what it hangs on.
#[derive(Debug)]
pub struct Thread {
    /// The incident that it is part of.
    pub incident: Incident,
    /// Its place among the incidents by rank, from 1.
    pub rank: usize,
    /// The finding, then what explains it, up to the root.
    pub up: Vec<Step>,
    /// What the finding explains, each after its own cause.
    pub down: Vec<Explained>,
    /// Who suffers from it.
    pub harms: Vec<Harmed>,
}

/// A finding on the way to a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The position of the finding.
    pub finding: usize,
    /// Why the next step explains it; none for the root.
    pub because: Option<(String, Confidence)>,
    /// Findings of other incidents that explain it too.
    pub also: Vec<usize>,
}

impl Thread {
    /// The positions of all findings that the thread tells of.
    pub(super) fn findings(&self) -> impl Iterator<Item = usize> + '_ {
        self.up.iter().map(|step| step.finding).chain(self.down.iter().map(|effect| effect.finding))
    }
}

/// A thread for each of these findings that none of the others explains, the worst incident first.
pub(super) fn threads(
    cluster: &Cluster,
    context: &Context<'_>,
    diagnosis: &Diagnosis,
    mine: &[usize],
) -> Vec<Thread> {
    let mine: BTreeSet<usize> = mine.iter().copied().collect();
    let mut threads = Vec::new();
    for (n, incident) in diagnosis.incidents.iter().chain(&diagnosis.history).enumerate() {
        let by: BTreeMap<usize, &Explained> =
            incident.explains.iter().map(|one| (one.finding, one)).collect();
        let members = [incident.root].into_iter().chain(incident.explains.iter().map(|one| one.finding));
        for head in members.filter(|finding| mine.contains(finding)) {
            let up = up(head, &by);
            if up.iter().skip(1).any(|step| mine.contains(&step.finding)) {
                continue;
            }
            let down = down(head, incident);
            let harms = harmed(cluster, context, diagnosis, head, &down);
            threads.push(Thread { incident: incident.clone(), rank: n + 1, up, down, harms });
        }
    }
    threads
}

fn up(head: usize, by: &BTreeMap<usize, &Explained>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = Some(head);
    while let Some(finding) = at {
        let explained = by.get(&finding);
        steps.push(Step {
            finding,
            because: explained.map(|one| (one.why.clone(), one.confidence)),
            also: explained.map(|one| one.also.clone()).unwrap_or_default(),
        });
        // No way is longer than there are findings.
        at = explained.map(|one| one.by).filter(|_| steps.len() <= by.len());
    }
    steps
}

/// What a finding explains over any number of steps: in an incident's list each stands behind its own cause.
fn down(head: usize, incident: &Incident) -> Vec<Explained> {
    let mut below: BTreeMap<usize, usize> = [(head, 0)].into();
    let mut effects = Vec::new();
    for effect in &incident.explains {
        if let Some(depth) = below.get(&effect.by).map(|depth| depth + 1) {
            below.insert(effect.finding, depth);
            effects.push(Explained { depth, ..effect.clone() });
        }
    }
    effects
}
