//! What a lack of memory explains: pods that had to go, or couldn't come, or were killed before the kubelet acted.

use super::detect::MEMORY;
use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, all_on, in_time},
    pressure,
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "evicted", relation: Relation::Hosts, check: evicts },
    Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: keeps_off },
    Cause { explains: "limit-reached", relation: Relation::Hosts, check: kills },
    Cause { explains: "system-oom", relation: Relation::Same, check: runs_out },
];

/// The kernel kills while the kubelet still measures, and while it evicts.
const FILLING: i64 = 300;

fn since(context: &Context<'_>, cause: &Finding) -> String {
    pressure::since(&MEMORY, context, cause)
}

fn evicts(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    pressure::evicts(&MEMORY, context, cause, effect)
}

fn keeps_off(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    pressure::keeps_off(&MEMORY, context, cause, effect)
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
        // Of what a kubelet only read anew, nobody knows when it was.
        && effect.since.is_some()
        && (!cause.is_history() || effect.is_history())
        && in_time(cause, effect, FILLING);
    fits.then(|| Because::new(Confidence::Likely.min(cause.confidence), since(context, cause)))
}
