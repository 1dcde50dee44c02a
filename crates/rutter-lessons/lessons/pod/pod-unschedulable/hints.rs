//! How far the pod is from fitting: the number, label or taint that is missing, and the nearest there is.

use std::collections::BTreeSet;

use rutter_cluster::objects::{Node, Pod, Taint};
use rutter_cluster::{Objects, Quantity, Requirement, Str};

use super::{fit, unwell};
use crate::{
    Context, Evidence, placement,
    texts::scheduling::{Reason, Unschedulable},
    words,
};

/// So many of the tainted nodes are shown.
const SHOWN: usize = 4;

#[derive(Default)]
pub(super) struct Hint {
    /// To stand behind the scheduler's words.
    pub(super) text: Option<String>,
    pub(super) evidence: Vec<Evidence>,
}

pub(super) fn hint(context: &Context<'_>, pod: &Pod, variant: &str, said: &Unschedulable<'_>) -> Hint {
    let mut hint = match variant {
        "resources" => resources(context, pod, said),
        "node-affinity" => labels(context, pod),
        "taints" => taints(context, pod, said),
        "volume" => claims(context, pod),
        _ => Hint::default(),
    };
    if matches!(variant, "taints" | "nodes") {
        let known: BTreeSet<_> = hint.evidence.iter().map(|evidence| evidence.object.clone()).collect();
        let unhealthy = unhealthy(context, pod);
        let unwell = tainted(&unhealthy);
        hint.evidence.extend(unwell.filter(|evidence| !known.contains(&evidence.object)));
        return hint;
    }
    let unwell = unwell::would_take(context, pod, said);
    if let Some(would) = unwell::phrase(&unwell) {
        hint.text = Some(hint.text.map_or(would.clone(), |text| format!("{text}; {would}")));
        hint.evidence.extend(tainted(&unwell));
    }
    hint
}

/// Nodes with the labels that the pod asks for which the control plane has tainted because they are unwell.
fn unhealthy<'c>(context: &Context<'c>, pod: &Pod) -> Vec<(&'c Node, &'c Taint)> {
    let nodes =
        context.nodes().unwrap_or_default().iter().filter(|node| placement::has_labels(&pod.spec, node));
    let is_unwell = |taint: &&Taint| placement::keeps_off(&pod.spec, taint) && unwell::is_health(taint);
    nodes.filter_map(|node| Some((node, node.spec.taints.iter().find(is_unwell)?))).take(SHOWN).collect()
}

/// By these nodes other lessons find what the pod waits for.
fn tainted(nodes: &[(&Node, &Taint)]) -> impl Iterator<Item = Evidence> {
    nodes
        .iter()
        .take(SHOWN)
        .map(|(node, taint)| Evidence::field(*node, "spec.taints", written(taint), taint.time_added))
}

/// The resource that the most nodes lack, against the best that is free.
fn resources(context: &Context<'_>, pod: &Pod, said: &Unschedulable<'_>) -> Hint {
    let lacking = said.reasons.iter().filter_map(|(count, reason)| match reason {
        Reason::Insufficient(resource) => Some((*count, *resource)),
        _ => None,
    });
    let Some((_, resource)) = lacking.max_by_key(|(count, _)| *count) else { return Hint::default() };
    let wanted = placement::request(pod, resource);
    let request = Evidence::field(
        pod,
        "spec.containers[*].resources.requests",
        format!("{resource}: {}", show(wanted)),
        None,
    );
    let rooms = fit::rooms(context, pod, resource).unwrap_or_default();
    let largest = rooms.iter().map(|room| room.allocatable).max();
    let best = rooms.iter().filter_map(|room| Some((room, room.free?))).max_by_key(|(_, free)| *free);
    let asks = format!("the pod asks for {} {resource}", show(wanted));
    let text = match (largest, best) {
        (Some(0), _) => format!("no node it may use has any {resource}"),
        (Some(largest), _) if largest < wanted => {
            format!("{asks}, more than the {} of the largest node", show(largest))
        }
        (_, Some((_, free))) if free < wanted => format!("{asks}, at most {} is free on a node", show(free)),
        _ => asks,
    };
    let free = best.map(|(room, free)| {
        let value = format!("{resource}: {} of {} free", show(free), show(room.allocatable));
        Evidence::field(room.node, "status.allocatable", value, None)
    });
    Hint { text: Some(text), evidence: std::iter::once(request).chain(free).collect() }
}

fn show(milli: i64) -> String {
    if milli % 1000 == 0 { Quantity::from_units(milli / 1000).to_string() } else { format!("{milli}m") }
}

/// The label that no node has, and the nearest values.
fn labels(context: &Context<'_>, pod: &Pod) -> Hint {
    let asked = asked(pod);
    if asked.is_empty() {
        return Hint::default();
    }
    let evidence = vec![Evidence::field(pod, path(pod), asked.join(", "), None)];
    let Ok(nodes) = context.nodes() else {
        return Hint { text: Some(format!("the pod asks for {}", words::list(&asked, 3))), evidence };
    };
    let missing =
        wanted(pod).into_iter().find(|one| !nodes.iter().any(|node| placement::meets_expression(one, node)));
    let text = match missing {
        Some(one) => format!("no node has {}{}", describe(&one), nearest(&one, nodes)),
        None => format!("no node has all of {}", words::list(&asked, 3)),
    };
    Hint { text: Some(text), evidence }
}

fn path(pod: &Pod) -> &'static str {
    if pod.spec.node_selector.is_empty() { "spec.affinity.nodeAffinity" } else { "spec.nodeSelector" }
}

/// The requirements that a node must meet in any case: the selector's, and those of a single affinity term.
fn wanted(pod: &Pod) -> Vec<Requirement> {
    let selector = pod.spec.node_selector.iter().map(|(key, value)| Requirement {
        key: key.clone(),
        operator: "In".into(),
        values: [value.clone()].into(),
    });
    let single = match &*pod.spec.affinity.node_terms {
        [only] => only.match_expressions.to_vec(),
        _ => Vec::new(),
    };
    selector.chain(single).collect()
}

fn asked(pod: &Pod) -> Vec<String> {
    let all = wanted(pod);
    let alternatives = pod.spec.affinity.node_terms.len();
    let more = (alternatives > 1).then(|| format!("one of {alternatives} affinity terms"));
    all.iter().map(describe).chain(more).collect()
}

fn describe(wanted: &Requirement) -> String {
    let values = wanted.values.join(", ");
    match (wanted.operator.as_str(), wanted.values.len()) {
        ("In", 1) => format!("{}={values}", wanted.key),
        ("Exists", _) => wanted.key.to_string(),
        ("DoesNotExist", _) => format!("no label {}", wanted.key),
        ("In", _) => format!("{} in ({values})", wanted.key),
        ("NotIn", _) => format!("{} not in ({values})", wanted.key),
        ("Gt", _) => format!("{} > {values}", wanted.key),
        ("Lt", _) => format!("{} < {values}", wanted.key),
        (other, _) => format!("{} {other} ({values})", wanted.key),
    }
}

fn nearest(wanted: &Requirement, nodes: Objects<'_, Node>) -> String {
    let values: BTreeSet<&str> =
        nodes.iter().filter_map(|node| node.meta.labels.get(&wanted.key)).map(Str::as_str).collect();
    let values: Vec<&str> = values.into_iter().collect();
    match values.as_slice() {
        [] if wanted.operator == "DoesNotExist" => String::new(),
        [] => format!(", nor any label {}", wanted.key),
        values => format!(" (there is {})", words::list(values, 4)),
    }
}

/// The taints themselves, where the scheduler doesn't name them (1.35 and later).
fn taints(context: &Context<'_>, pod: &Pod, said: &Unschedulable<'_>) -> Hint {
    if said.has(|reason| matches!(reason, Reason::Taint { key, .. } if !key.is_empty())) {
        return Hint::default();
    }
    let Ok(nodes) = context.nodes() else { return Hint::default() };
    let refusing = || {
        let candidates = nodes.iter().filter(|node| placement::has_labels(&pod.spec, node));
        candidates
            .flat_map(|node| placement::untolerated(&pod.spec, node).map(move |taint| (node, written(taint))))
    };
    let taints: BTreeSet<String> = refusing().map(|(_, taint)| taint).collect();
    let taints: Vec<String> = taints.into_iter().collect();
    let text = match taints.as_slice() {
        [] => None,
        [one] => Some(format!("the taint is {one}")),
        several => Some(format!("the taints are {}", words::list(several, 3))),
    };
    let evidence =
        refusing().take(1).map(|(node, taint)| Evidence::field(node, "spec.taints", taint, None)).collect();
    Hint { text, evidence }
}

fn written(taint: &Taint) -> String {
    format!("{}={}:{}", taint.key, taint.value, taint.effect).replace("=:", ":")
}

/// The pod's claims that aren't bound: evidence only, for their names differ from replica to replica.
fn claims(context: &Context<'_>, pod: &Pod) -> Hint {
    let claims = pod.spec.volumes.iter().filter_map(|volume| pod.claim_name(volume));
    let evidence = claims.filter_map(|name| {
        let claim = context.claim(&pod.meta.namespace, &name).ok().flatten()?;
        (claim.status.phase != "Bound")
            .then(|| Evidence::field(claim, "status.phase", claim.status.phase.as_str(), claim.meta.created))
    });
    Hint { text: None, evidence: evidence.take(2).collect() }
}
