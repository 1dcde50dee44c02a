//! Whether a node is gone, and not just now.

use rutter_cluster::{ObjectRef, Str, objects::PersistentVolume};

use super::ID;
use crate::{Confidence, Context, Finding, Seen, placement};

/// The control plane clears up after a node within this time, in seconds: pods after one minute, attachments after six.
const CLEARED: i64 = 900;

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

/// The node on which alone a volume exists, if no node is called so any more.
pub(super) fn of_volume(context: &Context<'_>, volume: &PersistentVolume) -> Seen<Option<Gone>> {
    match placement::only_node(&volume.spec.node_terms) {
        Some(name) if !placement::has_node(context, &name)? => node(context, &name),
        _ => Ok(None),
    }
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
        hidden_by: None,
    }
}
