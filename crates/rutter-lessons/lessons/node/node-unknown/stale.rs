//! Nodes that are called Ready although nothing has been heard of them for long: the controller that marks dead nodes
//! doesn't work.

use rutter_cluster::{
    Time,
    objects::{Condition, Lease, Node},
};

use super::ID;
use crate::{Confidence, Context, Evidence, Finding, Severity, hosting, words};

/// A lease is renewed every 10 s, and a node without renewal is marked after 50: one that is so much older than those of
/// other nodes should have been marked long ago. In seconds.
const OLD: i64 = 120;

/// The same against the snapshot's time, which other clocks make, in seconds.
const VERY_OLD: i64 = 300;

/// Without leases: a status that doesn't change is written every 5 minutes, in seconds.
const NO_REPORT: i64 = 660;

/// A controller-manager that leads renews its lease every 2 s.
const LEADER: i64 = 60;

/// How many other nodes are looked at: enough to know the time by them.
const MOST: usize = 200;

pub(super) fn stale(context: &Context<'_>, node: &Node, ready: &Condition) -> Option<Finding> {
    let lease = context.node_lease(&node.meta.name).ok().flatten();
    let renewed = lease.and_then(|lease| lease.spec.renew_time);
    let heard = renewed.max(ready.last_heartbeat_time)?;
    let age = context.age(heard);
    if age < OLD {
        return None;
    }
    let peers = peers(context, node);
    let fresh = peers.iter().any(|(_, time)| time.since(heard) >= OLD && context.age(*time) < OLD);
    let confidence = match renewed {
        // Others are heard of, this one isn't.
        Some(_) if fresh => Confidence::Likely,
        // No node is, though the control plane is: or there is only this one.
        Some(_) if age >= VERY_OLD && control_plane_lives(context, heard) => Confidence::Possible,
        None if age >= NO_REPORT && others_report(context, node, heard) => Confidence::Likely,
        _ => return None,
    };
    if clock_is_behind(context, node, lease, heard, &peers) {
        return None;
    }
    Some(finding(context, node, lease, heard, confidence))
}

/// Whether a lease of the control plane is younger: else all leases may have been read before the rest of the source.
fn control_plane_lives(context: &Context<'_>, heard: Time) -> bool {
    let renewed = |name| context.lease("kube-system", name).ok().flatten()?.spec.renew_time;
    ["kube-scheduler", "kube-controller-manager"]
        .into_iter()
        .filter_map(renewed)
        .any(|time| time.since(heard) >= OLD)
}

/// The leases of other nodes with the time of their renewal.
fn peers<'c>(context: &Context<'c>, node: &Node) -> Vec<(&'c Lease, Time)> {
    let nodes = context.nodes().unwrap_or_default();
    let others = nodes.iter().filter(|other| other.meta.name != node.meta.name).take(MOST);
    let lease = |name: &str| context.node_lease(name).ok().flatten();
    others
        .filter_map(|other| lease(&other.meta.name))
        .filter_map(|lease| Some((lease, lease.spec.renew_time?)))
        .collect()
}

/// Whether other nodes have reported since: else the whole list of nodes may be older than the rest of the source.
fn others_report(context: &Context<'_>, node: &Node, heard: Time) -> bool {
    let nodes = context.nodes_and_heartbeats().unwrap_or_default();
    nodes.iter().filter(|other| other.meta.name != node.meta.name).any(|other| {
        let reported = other.condition("Ready").and_then(|ready| ready.last_heartbeat_time);
        reported.is_some_and(|time| time.since(heard) >= OLD && context.age(time) < NO_REPORT)
    })
}

/// Whether the node is alive with a clock that is behind: the API server has stored something of it after something that
/// is younger than it claims to be.
fn clock_is_behind(
    context: &Context<'_>,
    node: &Node,
    lease: Option<&Lease>,
    heard: Time,
    peers: &[(&Lease, Time)],
) -> bool {
    let revision = |text: &str| text.parse::<u64>().ok();
    let written = lease.and_then(|lease| revision(&lease.meta.resource_version));
    let before = |peer: &Lease| {
        written.zip(revision(&peer.meta.resource_version)).is_some_and(|(own, peer)| peer < own)
    };
    let by_peers = peers.iter().any(|(peer, time)| before(peer) && time.since(heard) >= OLD / 2);
    // A pod that was created after the last sign of life and runs there was started by this kubelet.
    let pods = context.pods_on(&node.meta.name).unwrap_or_default();
    let by_pods = pods.iter().any(|pod| {
        let young = pod.meta.created.is_some_and(|created| created.since(heard) > OLD / 2);
        young && pod.container_statuses().any(|(status, _)| status.state.running.is_some())
    });
    by_peers || by_pods
}

fn finding(
    context: &Context<'_>,
    node: &Node,
    lease: Option<&Lease>,
    heard: Time,
    confidence: Confidence,
) -> Finding {
    let mut finding = Finding::about(ID, node);
    finding.variant = "stale-lease";
    finding.severity = Severity::High;
    finding.confidence = confidence;
    finding.since = Some(heard);
    let leader = leader(context);
    if leader.as_ref().is_some_and(|(_, age)| *age < LEADER) {
        // It may be patient by configuration.
        finding.confidence = Confidence::Possible;
    }
    finding.message = format!(
        "{} has not reported since {}, yet is still called Ready: the controller-manager, which marks such nodes, {}",
        node.meta.name,
        hosting::clock(context, heard),
        its_state(leader.as_ref().map(|(_, age)| *age)),
    );
    // Of lease and report the younger was taken.
    let field = if let Some(lease) = lease.filter(|lease| lease.spec.renew_time == Some(heard)) {
        Evidence::field(lease, "spec.renewTime", heard.to_string(), Some(heard))
    } else {
        let path = "status.conditions[Ready].lastHeartbeatTime";
        Evidence::field(node, path, heard.to_string(), Some(heard))
    };
    finding.evidence.push(field);
    finding.evidence.push(Evidence::field(node, "status.conditions[Ready].status", "True", None));
    finding.evidence.extend(leader.map(|(evidence, _)| evidence));
    finding
}

/// What the age of the controller-manager's lease says of it.
fn its_state(age: Option<i64>) -> String {
    match age {
        Some(age) if age >= LEADER => {
            format!("has not renewed its own lease for {} either", words::duration(age))
        }
        Some(_) => "is at work, but has not marked it".to_owned(),
        None => "seems not to work".to_owned(),
    }
}

/// The controller-manager's own lease and its age.
fn leader(context: &Context<'_>) -> Option<(Evidence, i64)> {
    let lease = context.lease("kube-system", "kube-controller-manager").ok().flatten()?;
    let renewed = lease.spec.renew_time?;
    let age = context.age(renewed);
    let evidence = Evidence::field(lease, "spec.renewTime", renewed.to_string(), Some(renewed));
    Some((evidence, age))
}
