//! Where a pod may go: labels and taints of nodes against what it asks for and tolerates.

use std::collections::BTreeSet;

use rutter_cluster::{ObjectRef, Str};

pub(crate) use rutter_cluster::placement::*;

use crate::{Context, Seen};

/// Whether there is a node that is called so, by its name or by a label of its own, which may differ from its name.
pub(crate) fn has_node(context: &Context<'_>, called: &str) -> Seen<bool> {
    if context.node(called)?.is_some() {
        return Ok(true);
    }
    Ok(context
        .kept("what nodes are called by their own labels", &ObjectRef::default(), own_labels)
        .contains(called))
}

/// Collected once: there may be as many volumes as nodes, and more.
fn own_labels(context: &Context<'_>, _: &ObjectRef) -> BTreeSet<Str> {
    let nodes = context.nodes().into_iter().flatten();
    let labels = nodes.flat_map(|node| node.meta.labels.iter());
    labels.filter(|(key, _)| is_own(key)).map(|(_, value)| value.clone()).collect()
}
