//! Whether the node, not the application, is what is slow: unrelated workloads time out there at the same time.

use std::collections::BTreeSet;

use rutter_cluster::{
    ObjectRef, Time,
    objects::{Event, Pod},
};

use crate::{Context, Evidence, texts::probe};

/// Failures this far apart, in seconds, are of one time.
const WINDOW: i64 = 600;

/// So many unrelated workloads at once are no coincidence.
const OWNERS: usize = 3;

/// How many replicas elsewhere are looked at.
const MOST: usize = 50;

/// Workloads whose probes time out on one node, while their replicas elsewhere are fine.
pub(super) struct Load {
    pub(super) owners: usize,
    pub(super) evidence: Vec<Evidence>,
}

/// Whether probes of other workloads time out on the pod's node around `time` too. A node that isn't Ready speaks for
/// itself.
pub(super) fn load(context: &Context<'_>, pod: &Pod, time: Time) -> Option<Load> {
    let node = pod.spec.node_name.as_str();
    if context.node(node).ok().flatten().is_some_and(|node| !node.is_ready()) {
        return None;
    }
    let mut owners = BTreeSet::from([context.top_owner(pod)]);
    let mut evidence = Vec::new();
    for other in context.pods_on(node).ok()? {
        let owner = context.top_owner(other);
        if owners.contains(&owner) {
            continue;
        }
        if let Some(event) = slow_event(context, other, time) {
            owners.insert(owner);
            evidence.push(Evidence::event(event));
        }
    }
    evidence.truncate(OWNERS - 1);
    (owners.len() >= OWNERS && elsewhere_fine(context, &owners, node, time))
        .then_some(Load { owners: owners.len(), evidence })
}

/// An event that says that a probe got no answer in time, around `time`.
fn slow_event<'c>(context: &Context<'c>, pod: &Pod, time: Time) -> Option<&'c Event> {
    let slow = |event: &&Event| {
        event.reason == "Unhealthy"
            && event.last_seen().is_some_and(|seen| seen.since(time).abs() <= WINDOW)
            && probe::parse(&event.message).is_some_and(|failure| failure.outcome.is_slow())
    };
    context.events(pod).ok()?.into_iter().rev().find(slow)
}

/// Whether there are replicas on other nodes, and all that were looked at answer.
fn elsewhere_fine(context: &Context<'_>, owners: &BTreeSet<ObjectRef>, node: &str, time: Time) -> bool {
    let mut looked_at = 0;
    for owner in owners {
        let pods = context.pods_under(owner).unwrap_or_default();
        let others = pods.into_iter().filter(|pod| pod.spec.node_name != node && !pod.is_finished());
        for other in others.take(MOST) {
            if !other.is_ready() || slow_event(context, other, time).is_some() {
                return false;
            }
            looked_at += 1;
        }
    }
    looked_at > 0
}
