//! Whether a node is gone, and not just now.

use rutter_cluster::{
    ObjectRef, Str,
    objects::{NodeTerm, PersistentVolume},
};

use super::ID;
use crate::{Confidence, Context, Finding, Seen, placement};

/// The control plane clears up after a node within this time, in seconds: pods after one minute, attachments after six.
const CLEARED: i64 = 900;

/// Labels that only one node has, by their ends: `kubernetes.io/hostname`, `topology.topolvm.io/node`, `openebs.io/nodename`.
const OWN_LABELS: [&str; 3] = ["/hostname", "/node", "/nodename"];

/// A node that is not there.
pub(super) struct Gone {
    pub(super) name: Str,
    /// How sure it is that it did not go just now: as events about it are told for an hour.
    pub(super) confidence: Confidence,
}

/// The node of that name, if it is not there, and nothing was said about it lately.
pub(super) fn node(context: &Context<'_>, name: &str) -> Seen<Option<Gone>> {
    if name.is_empty() || context.node(name)?.is_some() || context.nodes()?.is_empty() {
        return Ok(None);
    }
    let name: Str = name.into();
    let Ok(events) = context.events_of(&reference(&name)) else {
        return Ok(Some(Gone { name, confidence: Confidence::Possible }));
    };
    let lately = events.iter().filter_map(|event| event.last_seen());
    let is_fresh = lately.max().is_some_and(|last| context.may_be_younger(last, CLEARED));
    Ok((!is_fresh).then_some(Gone { name, confidence: Confidence::Certain }))
}

/// The node on which alone a volume exists, if no node is like that any more. Zones and the like may have nodes again tomorrow.
pub(super) fn of_volume(context: &Context<'_>, volume: &PersistentVolume) -> Seen<Option<Gone>> {
    let terms = &volume.spec.node_terms;
    let Some(name) = only_node(terms) else { return Ok(None) };
    if context.node(&name)?.is_some() {
        return Ok(None);
    }
    // A node's label may differ from its name.
    if context.nodes()?.iter().any(|node| placement::meets_any(terms, node)) {
        return Ok(None);
    }
    node(context, &name)
}

/// What all terms ask of a label that is one node's own: `node-c`, if it is the same in all.
fn only_node(terms: &[NodeTerm]) -> Option<Str> {
    let own = |term: &NodeTerm| {
        let named = |key: &str| OWN_LABELS.iter().any(|end| key.ends_with(end));
        let mut wanted = term.match_expressions.iter().chain(term.match_fields.iter());
        let one =
            wanted.find(|one| one.operator == "In" && (named(&one.key) || one.key == "metadata.name"))?;
        if one.values.len() == 1 { one.values.first().cloned() } else { None }
    };
    let mut all = terms.iter().map(own);
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

pub(super) fn reference(name: &Str) -> ObjectRef {
    ObjectRef {
        api_version: "v1".into(),
        kind: "Node".into(),
        namespace: Str::default(),
        name: name.clone(),
        uid: Str::default(),
    }
}

/// A finding about what a node that has no object any more has left.
pub(super) fn finding(
    gone: &Gone,
    variant: &'static str,
    object: ObjectRef,
    shown: Vec<ObjectRef>,
) -> Finding {
    Finding {
        lesson: ID,
        variant,
        severity: crate::Severity::Low,
        confidence: gone.confidence,
        object,
        instances: shown,
        node: gone.name.clone(),
        container: None,
        message: String::new(),
        since: None,
        until: None,
        evidence: Vec::new(),
    }
}
