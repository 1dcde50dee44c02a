//! What a lack of memory explains: pods that had to go, or couldn't come, or were killed before the kubelet acted.

use rutter_cluster::objects::Pod;

use super::facts;
use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, all_on, in_time},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "evicted", relation: Relation::Hosts, check: evicts },
    Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: keeps_off },
    Cause { explains: "limit-reached", relation: Relation::Hosts, check: kills },
    Cause { explains: "system-oom", relation: Relation::Same, check: runs_out },
];

/// The kubelet evicts in the loop in which it notices, and reports the condition up to 10 s later.
const NOTICED: i64 = 60;

/// The kernel kills while the kubelet still measures, and while it evicts.
const FILLING: i64 = 300;

fn since(context: &Context<'_>, cause: &Finding) -> String {
    let at = hosting::when(context, cause, "since");
    match cause.variant {
        "recovered" => format!("{} was under memory pressure", cause.node),
        "taint-only" => format!("{} has borne the taint of memory pressure{at}", cause.node),
        _ => format!("{} has been under memory pressure{at}", cause.node),
    }
}

/// The pods' own messages name the memory of their node.
fn evicts(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(effect.variant, "node-low" | "rejected")
        && cause.variant != "taint-only"
        && (!cause.is_history() || effect.is_history())
        && in_time(cause, effect, NOTICED);
    let pods: Vec<&Pod> = effect.instances.iter().filter_map(|instance| context.pod(instance)).collect();
    let mine = pods.iter().filter(|pod| pod.spec.node_name == cause.node && facts::is_victim(pod)).count();
    if !fits || mine == 0 {
        return None;
    }
    let confidence = if mine == pods.len() { Confidence::Certain } else { Confidence::Likely };
    Some(Because::new(confidence.min(cause.confidence), since(context, cause)))
}

fn keeps_off(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    hosting::keeps_off(cause, effect, &["node.kubernetes.io/memory-pressure"], NOTICED).then(|| {
        let why = format!("{}, and takes no new pods for that", since(context, cause));
        Because::new(Confidence::Likely.min(cause.confidence), why)
    })
}

/// A container without a limit is killed only if its node has no memory left.
fn kills(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "node-memory"
        && matches!(cause.variant, "pressure" | "flapping" | "tail")
        && !is_told(context, cause)
        && all_on(context, effect, cause)
        && in_time(cause, effect, FILLING);
    fits.then(|| Because::new(Confidence::Likely.min(cause.confidence), since(context, cause)))
}

/// Whether the node tells of kills itself: then lesson system-oom explains what they hit.
fn is_told(context: &Context<'_>, cause: &Finding) -> bool {
    let events =
        hosting::node_of(context, cause).and_then(|node| context.events(node).ok()).unwrap_or_default();
    events.iter().any(|event| matches!(event.reason.as_str(), "SystemOOM" | "OOMKilling"))
}

/// Who is short of memory may run out of it: one shortage, of which the kernel's kills are the worse part.
fn runs_out(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(effect.variant, "node" | "pods" | "past")
        && cause.variant != "taint-only"
        && (!cause.is_history() || effect.is_history())
        && in_time(cause, effect, FILLING);
    fits.then(|| Because::new(Confidence::Likely.min(cause.confidence), since(context, cause)))
}
