//! A Service that sends only to pods on the client's own node.

use std::collections::BTreeSet;

use rutter_cluster::objects::{Node, Pod, Service};

use crate::{
    Confidence, Context, Evidence, Severity,
    hosting::{self, Guests},
    verdict::Verdict,
    words,
};

/// So many nodes are named.
const NAMED: usize = 3;

/// Whether a Service is told to send only to pods of the client's node.
pub(super) fn is_local(service: &Service) -> bool {
    service.spec.internal_traffic_policy == "Local"
}

/// `internalTrafficPolicy: Local` (1.22 and later) with nodes that run other pods and none of these: what asks from there is
/// dropped, whatever is ready elsewhere. Agents that run on each node are what it is for.
pub(super) fn only(context: &Context<'_>, service: &Service, ready: &[&Pod]) -> Option<Verdict> {
    if !is_local(service) || ready.iter().all(|pod| hosting::belongs_to_node(pod)) {
        return None;
    }
    let serving: BTreeSet<&str> = ready.iter().map(|pod| pod.spec.node_name.as_str()).collect();
    let asks = |node: &&Node| {
        let guests = Guests::of(context, node);
        node.is_ready() && guests.is_some_and(|guests| guests.count() > 0)
    };
    let nodes = context.nodes().ok()?;
    let without: Vec<&str> = nodes
        .iter()
        .filter(asks)
        .map(|node| node.meta.name.as_str())
        .filter(|name| !serving.contains(name))
        .collect();
    if without.is_empty() {
        return None;
    }
    Some(Verdict {
        variant: "local-only",
        severity: Severity::Medium,
        confidence: Confidence::Likely,
        message: format!(
            "it sends only to pods on the client's own node (internalTrafficPolicy Local), and {} that run pods have none of \
             its own ({}): what asks it from there is dropped",
            words::count(without.len(), "node"),
            words::list(&without, NAMED)
        ),
        since: None,
        evidence: vec![
            Evidence::field(service, "spec.internalTrafficPolicy", "Local", None),
            Evidence::field(
                service,
                "(nodes of its ready pods)",
                words::list(&serving.into_iter().collect::<Vec<_>>(), NAMED),
                None,
            ),
        ],
    })
}
