//! Finding nodes that are, or lately were, short of disk, and what they are short of.

use rutter_cluster::objects::{Condition, Node, Pod};

use super::{ID, host_paths, host_paths::Writer, usage::Usage};
use crate::{
    Context, Findings, Outcome,
    pressure::{self, Facts, Pressure, Shortage},
    texts::{
        Amount,
        eviction::{self, Eviction, Resource},
    },
    words,
};

pub(super) const DISK: Pressure = Pressure {
    lesson: ID,
    condition: "DiskPressure",
    name: "disk",
    taint: "node.kubernetes.io/disk-pressure",
    sent: "refused",
    is_it: |resource| resource.is_disk(),
    shortage,
};

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    // `OutOfDisk` went with 1.13.
    let full = node.condition("OutOfDisk").filter(|condition| Condition::is_true(condition));
    let condition = full.or_else(|| node.condition(DISK.condition));
    findings.extend(condition.and_then(|condition| pressure::evaluate(&DISK, context, node, condition)));
    Ok(())
}

/// Whether it is files that are too many, rather than bytes.
pub(super) fn lacks_inodes(facts: &Facts<'_>) -> bool {
    facts.resource().is_some_and(Resource::is_inodes)
}

fn shortage(context: &Context<'_>, node: &Node, facts: &Facts<'_>, evicted: &[&Pod]) -> Shortage {
    let inodes = lacks_inodes(facts);
    let usage = Usage::of(context, node).filter(|_| !inodes);
    let mut writers = host_paths::writers(&facts.pods);
    // Where it was measured that others take the most, nobody is suspected.
    if usage.as_ref().is_some_and(|usage| !usage.is_nobodys()) {
        writers.clear();
    }
    let mut details: Vec<String> = evicted.iter().rev().find_map(|pod| left(pod)).into_iter().collect();
    details.extend(inodes.then(|| "bytes may be free".to_owned()));
    let used = usage.as_ref().map(Usage::say);
    let mut evidence = usage.map_or_else(Vec::new, |usage| usage.evidence(node));
    evidence.extend(writers.iter().take(2).map(Writer::evidence));
    Shortage {
        what: what(facts),
        details,
        parts: unfreed(&writers).into_iter().chain(used).collect(),
        lasting: None,
        evidence,
    }
}

/// What it lacks; since 1.12 the kubelet doesn't say on which file system.
fn what(facts: &Facts<'_>) -> String {
    match facts.resource() {
        Some(Resource::EphemeralStorage) => "disk space".to_owned(),
        Some(other) => other.to_string(),
        None => "disk space or inodes".to_owned(),
    }
}

/// What was left when the last pod was evicted.
fn left(pod: &Pod) -> Option<String> {
    let Some(Eviction::NodeLow { resource, threshold, available, .. }) = eviction::parse(&pod.status.message)
    else {
        return None;
    };
    let amount = |amount: Amount<'_>| match amount.number {
        Some(bytes) if !resource.is_inodes() => words::bytes(bytes),
        Some(number) => number.to_string(),
        None => amount.text.to_owned(),
    };
    Some(format!("{} left, threshold {}", amount(available?), amount(threshold?)))
}

/// Who uses space that no eviction frees.
fn unfreed(writers: &[Writer<'_>]) -> Option<String> {
    let names: Vec<String> = writers.iter().map(Writer::name).collect();
    (!names.is_empty())
        .then(|| format!("no eviction frees what is written to hostPath, as by {}", words::list(&names, 2)))
}
