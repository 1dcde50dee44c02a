//! Finding them; of nodes that say the same the first speaks for all.

use rutter_cluster::{ObjectRef, Quantity, objects::Node};

use super::{
    ID,
    offer::{self, Shrunk},
};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, hosting, memory, words};

const NAMED: usize = 3;
/// So many nodes are shown as evidence.
const SHOWN: usize = 4;

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let shrunk =
        context.kept("nodes that offer less than before", &ObjectRef::default(), offer::since_earlier);
    let speaks = |nodes: &[Shrunk]| nodes.first().is_some_and(|first| first.node == node.meta.name);
    if !shrunk.is_empty() {
        findings.extend(speaks(&shrunk).then(|| finding(context, node, &shrunk, true)));
        return Ok(());
    }
    let Some(about) = offer::type_of(node) else { return Ok(()) };
    let uneven = context.kept("nodes that offer less than their peers", &about, offer::of_type);
    findings.extend(speaks(&uneven).then(|| finding(context, node, &uneven, false)));
    Ok(())
}

fn finding(context: &Context<'_>, node: &Node, nodes: &[Shrunk], is_compared: bool) -> Finding {
    let mut finding = Finding::about(ID, node);
    finding.variant = if is_compared { "shrunk" } else { "uneven" };
    finding.confidence = if is_compared { Confidence::Certain } else { Confidence::Likely };
    let risk = risk(context, nodes);
    finding.severity = if risk.is_none() { Severity::Info } else { Severity::Low };
    let known = nodes.iter().filter_map(|shrunk| context.node(&shrunk.node).ok()?);
    let known: Vec<&Node> = known.collect();
    finding.instances = known.iter().map(|node| rutter_cluster::Resource::object_ref(*node)).collect();
    let risk = risk.map_or_else(String::new, |risk| format!("; {risk}"));
    finding.message = format!("{}{risk}", message(context, nodes, is_compared));
    let of = |shrunk: &Shrunk| known.iter().find(|node| node.meta.name == shrunk.node).copied();
    finding.evidence = nodes
        .iter()
        .take(SHOWN)
        .filter_map(|shrunk| {
            let Shrunk { capacity, before, after, kubelet_before, kubelet_after, .. } = shrunk;
            let was = format!("{} with kubelet {kubelet_before}", bytes(*before));
            let value = format!("{} of {} (kubelet {kubelet_after}; {was})", bytes(*after), bytes(*capacity));
            Some(Evidence::field(of(shrunk)?, "status.allocatable.memory", value, None))
        })
        .collect();
    finding
}

fn message(context: &Context<'_>, nodes: &[Shrunk], is_compared: bool) -> String {
    let names: Vec<&str> = nodes.iter().map(|shrunk| shrunk.node.as_str()).collect();
    let names = words::list(&names, NAMED);
    let on = if nodes.len() == 1 { "on" } else { "on each of" };
    let (least, most) = nodes
        .iter()
        .map(Shrunk::lost)
        .fold((i64::MAX, 0), |(least, most), lost| (least.min(lost), most.max(lost)));
    let (least, most) = (bytes(least), bytes(most));
    let lost = if least == most { most } else { format!("{least} to {most}") };
    let upgrade = upgrade(nodes);
    if !is_compared {
        return format!(
            "pods are offered {lost} less memory than on nodes of the same size that are not upgraded yet {on} {names}{upgrade}"
        );
    }
    let all = nodes.iter().map(Shrunk::lost).fold(0, i64::saturating_add);
    let time = context.earlier().map(rutter_cluster::Cluster::time).filter(|time| time.unix() > 0);
    let than = time.map_or_else(|| "before".to_owned(), |time| format!("at {time}"));
    let whole = if nodes.len() == 1 { String::new() } else { format!(", {} in all", bytes(all)) };
    format!("pods are offered {lost} less memory than {than} {on} {names}{whole}{upgrade}")
}

/// ` (kubelet v1.33.1 → v1.34.0)`, where all went the same way.
fn upgrade(nodes: &[Shrunk]) -> String {
    let versions = |shrunk: &Shrunk| (shrunk.kubelet_before.clone(), shrunk.kubelet_after.clone());
    let Some((before, after)) = nodes.first().map(versions) else { return String::new() };
    match nodes.iter().all(|other| versions(other) == (before.clone(), after.clone())) {
        true if before == after => {
            format!(", with the same kubelet ({after}): reservations or eviction thresholds were changed")
        }
        true => format!(" (kubelet {before} → {after})"),
        false => " (with several versions of the kubelet)".to_owned(),
    }
}

/// What no longer fits, in words; `None` if everything fits, or pods were not seen.
fn risk(context: &Context<'_>, nodes: &[Shrunk]) -> Option<String> {
    let over: Vec<&Shrunk> = nodes.iter().filter(|shrunk| promised(context, shrunk) > shrunk.after).collect();
    let names: Vec<&str> = over.iter().map(|shrunk| shrunk.node.as_str()).collect();
    let too_large = too_large(context, nodes);
    let large: Vec<String> = too_large.iter().map(|pod| format!("{}/{}", pod.namespace, pod.name)).collect();
    let over = (!over.is_empty()).then(|| {
        format!(
            "the pods on {} request more than that, so that some are refused (OutOfmemory) when the node starts anew",
            words::list(&names, NAMED)
        )
    });
    let large = (!large.is_empty()).then(|| {
        format!("no node is large enough any more for {}, once it is made anew", words::list(&large, NAMED))
    });
    let all: Vec<String> = over.into_iter().chain(large).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// What the pods on a node request, in bytes.
fn promised(context: &Context<'_>, shrunk: &Shrunk) -> i64 {
    let pods = context.pods_on(&shrunk.node).unwrap_or_default();
    let running = pods.into_iter().filter(|pod| !pod.is_finished());
    running.map(memory::requested).fold(0, i64::saturating_add)
}

/// Pods on these nodes that request more than any node offers now.
fn too_large(context: &Context<'_>, nodes: &[Shrunk]) -> Vec<ObjectRef> {
    let Ok(all) = context.nodes() else { return Vec::new() };
    let offered = all.iter().filter_map(|node| node.status.allocatable.get("memory").map(Quantity::units));
    let Some(most) = offered.max() else { return Vec::new() };
    let pods = nodes.iter().flat_map(|shrunk| context.pods_on(&shrunk.node).unwrap_or_default());
    let large = pods
        .filter(|pod| !pod.is_finished() && !hosting::belongs_to_node(pod) && memory::requested(pod) > most);
    large.map(|pod| context.top_owner(pod)).collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

pub(super) fn bytes(number: i64) -> String {
    words::bytes(u64::try_from(number).unwrap_or(0))
}
