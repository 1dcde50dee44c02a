//! The words and the evidence for a row of failed nodes.

use rutter_cluster::{ObjectRef, Resource, Str};

use super::{
    ID,
    detect::{Hit, Living, Row},
};
use crate::{Confidence, Context, Evidence, Finding, Severity, hosting, words};

/// So many nodes are told, with their evidence.
const NAMED: usize = 4;

pub(super) fn finding(context: &Context<'_>, row: &Row) -> Finding {
    let first = row.hits.first();
    Finding {
        lesson: ID,
        variant: "",
        severity: if row.next.is_some() || row.waits { Severity::Critical } else { Severity::High },
        // Two may be chance.
        confidence: if row.hits.len() > 2 && row.spared > 1 {
            Confidence::Likely
        } else {
            Confidence::Possible
        },
        object: row.workload.clone(),
        instances: nodes(context, row),
        node: first.map_or_else(Str::default, |hit| hit.failure.node.clone()),
        container: None,
        message: message(context, row),
        since: first.map(|hit| hit.failure.at),
        until: None,
        evidence: row.hits.iter().take(NAMED).flat_map(evidence).collect(),
        hidden_by: None,
    }
}

/// Sorted by name.
fn nodes(context: &Context<'_>, row: &Row) -> Vec<ObjectRef> {
    let names = row.hits.iter().map(|hit| &hit.failure.node);
    let known = names.filter_map(|name| context.node(name).ok().flatten());
    let mut nodes: Vec<ObjectRef> = known.map(Resource::object_ref).collect();
    nodes.sort();
    nodes
}

fn evidence(hit: &Hit) -> [Evidence; 2] {
    [hit.landing.evidence.clone(), hit.failure.evidence.clone()]
}

fn message(context: &Context<'_>, row: &Row) -> String {
    let at = |hit: &Hit| format!("{} at {}", hit.failure.node, hosting::clock(context, hit.failure.at));
    let failed: Vec<String> = row.hits.iter().map(at).collect();
    let delays = || row.hits.iter().map(Hit::delay);
    let (least, most) = (delays().min().unwrap_or_default(), delays().max().unwrap_or_default());
    let after = if least == most {
        words::duration(most)
    } else {
        format!("{} to {}", words::duration(least), words::duration(most))
    };
    let ObjectRef { kind, namespace, name, .. } = &row.workload;
    let spared = words::count(row.spared, "node");
    let live = if row.spared == 1 { "lives" } else { "live" };
    let next = match &row.next {
        Some(Living { node, since }) => {
            format!("; it is on {node} since {}, which may fail next", hosting::clock(context, *since))
        }
        None if row.waits => "; a pod of it waits for a node, which may fail next".to_owned(),
        None => String::new(),
    };
    format!(
        "{} nodes failed one after another ({}), each {after} after a pod of {kind} {namespace}/{name} landed there, and \
         {spared} without it {live}: suspect the workload{next}",
        row.hits.len(),
        words::list(&failed, NAMED),
    )
}
