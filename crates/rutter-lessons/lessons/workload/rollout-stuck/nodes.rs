//! A DaemonSet's rollout that nodes which are down hold up.
//!
//! The controller updates as many nodes at a time as pods may be unavailable. A node whose pod is gone, or new and not
//! available, counts (`pkg/controller/daemon/update.go` `rollingUpdate`, 1.12–1.37): on a node that is down that stays so.

use rutter_cluster::objects::{DaemonSet, IntOrString, Node, Pod, Rounded};

use super::ID;
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, hosting, words};

/// A node that is back within this time, in seconds, holds nothing up.
const START: i64 = 300;

const NAMED: usize = 3;

pub(super) fn evaluate(context: &Context<'_>, set: &DaemonSet, findings: &mut Findings) -> Outcome {
    let status = &set.status;
    let (updated, wanted) = (status.updated_number_scheduled, status.desired_number_scheduled);
    let is_observed = status.observed_generation >= set.meta.generation;
    if updated >= wanted || !is_observed || set.meta.deleted.is_some() {
        return Ok(());
    }
    let Some(allowed) = allowed(set).filter(|allowed| status.number_unavailable >= *allowed) else {
        return Ok(());
    };
    let unready = context.unready_under(&rutter_cluster::Resource::object_ref(set))?;
    let mut down = Vec::new();
    for pod in unready {
        match down_node(context, pod)? {
            Some(node) => down.push((pod, node)),
            // A pod that isn't well on a node that is: the rollout waits for that, as it should.
            None => return Ok(()),
        }
    }
    if i64::try_from(down.len()).is_ok_and(|down| down >= allowed) {
        findings.push(finding(set, allowed, &down));
    }
    Ok(())
}

/// The pod's node, if that has been down for long.
fn down_node<'c>(context: &Context<'c>, pod: &Pod) -> crate::Seen<Option<&'c Node>> {
    let node = context.node(&pod.spec.node_name)?;
    let is_down = |node: &&Node| {
        let ready = node.condition("Ready");
        let since = ready.and_then(|ready| ready.last_transition_time);
        !node.is_ready()
            && since.is_some_and(|since| !context.is_younger(since, START))
            && !hosting::is_leaving(node)
    };
    Ok(node.filter(is_down))
}

/// How many pods may be unavailable during a rollout, rounded up as the controller does; `None` if it doesn't roll, or puts new
/// pods beside old ones.
fn allowed(set: &DaemonSet) -> Option<i64> {
    let strategy = &set.spec.update_strategy;
    let update = strategy.rolling_update.as_ref().filter(|_| strategy.kind != "OnDelete")?;
    let surges = !matches!(&update.max_surge, IntOrString::Int(0))
        && update.max_surge != IntOrString::Name("0%".into());
    if surges {
        return None;
    }
    let whole = set.status.desired_number_scheduled;
    update.max_unavailable.scaled(whole, Rounded::Up).map(|number| number.max(1))
}

fn finding(set: &DaemonSet, allowed: i64, down: &[(&Pod, &Node)]) -> Finding {
    let mut finding = Finding::about(ID, set);
    finding.variant = "nodes-down";
    finding.severity = Severity::Low;
    finding.confidence = Confidence::Likely;
    let since = |node: &Node| node.condition("Ready").and_then(|ready| ready.last_transition_time);
    finding.since = down.iter().filter_map(|(_, node)| since(node)).max();
    let names: Vec<&str> = down.iter().map(|(_, node)| node.meta.name.as_str()).collect();
    let status = &set.status;
    let verb = if names.len() == 1 { "is" } else { "are" };
    finding.message = format!(
        "its rollout stands still at {} of {} nodes: {} {verb} down, and as many pods as may be unavailable ({allowed}) are, so that no \
         well node is updated",
        status.updated_number_scheduled,
        status.desired_number_scheduled,
        words::list(&names, NAMED),
    );
    let counts = format!(
        "{} updated, {} unavailable, of {}",
        status.updated_number_scheduled, status.number_unavailable, status.desired_number_scheduled
    );
    let nodes = down.iter().take(4).map(|(_, node)| {
        let ready = node.condition("Ready");
        let value = ready.map_or_else(String::new, |ready| format!("{} ({})", ready.status, ready.reason));
        Evidence::field(*node, "status.conditions[Ready]", value, since(node))
    });
    finding.evidence = [Evidence::field(set, "status", counts, None)].into_iter().chain(nodes).collect();
    finding
}
