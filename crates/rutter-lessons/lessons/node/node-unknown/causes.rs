//! What a silent node explains: what its pods can't do for others, and what can't be carried out on it.

use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, all_on, in_time},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "rollout-stuck", relation: Relation::Mentions, check: hosting::holds_rollout },
    Cause { explains: "replicas-unavailable", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "service-no-backends", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "dns-down", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "evicted", relation: Relation::Hosts, check: deleted },
    Cause { explains: "stuck-terminating", relation: Relation::Hosts, check: cannot_end },
    Cause { explains: "volume-stuck", relation: Relation::Hosts, check: holds_volume },
    Cause { explains: "statefulset-unknown-pod", relation: Relation::Hosts, check: holds_member },
    Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: keeps_off },
];

/// The control plane notices a silence within a minute, so its effects may begin as much earlier.
const NOTICED: i64 = 90;

/// Whether it says something about the node as it is now: a node that is called Ready keeps its pods as they are.
fn is_silent(cause: &Finding) -> bool {
    matches!(cause.variant, "lost" | "many-at-once") && !cause.is_history()
}

fn since(context: &Context<'_>, cause: &Finding) -> String {
    let at = hosting::when(context, cause, "at");
    format!("{} stopped reporting{at}", hosting::nodes_of(cause))
}

fn lacks_pods(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if !is_silent(cause) {
        return None;
    }
    let (number, confidence) = hosting::lacks_pods(context, cause, effect, NOTICED)?;
    let on = match cause.instances.len() {
        0 | 1 => since(context, cause).replacen(" stopped", ", which stopped", 1),
        nodes => {
            let on = if number == 1 { "one of " } else { "" };
            let at = cause.since.map_or_else(String::new, |time| hosting::clock(context, time));
            format!("{on}the {nodes} nodes that stopped reporting together at {at}")
        }
    };
    let why = format!("{} on {on}", hosting::are(number, "unready pod"));
    Some(Because::new(confidence, why))
}

fn keeps_off(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = is_silent(cause) && hosting::keeps_off(cause, effect, &[hosting::UNREACHABLE], NOTICED);
    fits.then(|| {
        Because::new(
            Confidence::Likely,
            format!("{}, and what is unreachable takes no new pods", since(context, cause)),
        )
    })
}

/// Pods that were deleted because of the silence, and are still there because nobody can carry it out.
fn deleted(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(effect.variant, "taint" | "node-lost") && in_time(cause, effect, NOTICED);
    unstopped(context, cause, effect).filter(|_| fits)
}

/// Whoever deleted a pod there: nobody stops it. Also of one that was told to go before the silence, and had not.
fn cannot_end(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    unstopped(context, cause, effect).filter(|_| effect.variant == "node-silent")
}

/// A StatefulSet's pod there has no successor before it is known to have ended, or its successor waits for what it holds.
fn holds_member(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if effect.variant != "taken-over" {
        return unstopped(context, cause, effect);
    }
    let holds = effect.evidence.iter().any(|evidence| {
        evidence.object.kind == "VolumeAttachment" && hosting::concerns(cause, &evidence.value)
    });
    let why = format!("{}, and does not release its volume", since(context, cause));
    (is_silent(cause) && holds).then(|| Because::new(Confidence::Certain, why))
}

/// Pods of one workload may be on nodes that fell silent at different times: then each explains its part.
fn unstopped(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let here = all_on(context, effect, cause);
    let sure = if here { Confidence::Certain } else { Confidence::Likely };
    let rest = if here { "" } else { "; the others are on nodes that are not Ready either" };
    let why = format!("{}, and nobody there can stop its pods{rest}", since(context, cause));
    let fits = is_silent(cause) && (here || hosting::all_on_unready(context, effect));
    fits.then(|| Because::new(sure, why))
}

/// A volume stays attached to a silent node for 6 minutes after its pod is deleted, or until that is confirmed.
fn holds_volume(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if effect.variant != "multi-attach" || !is_silent(cause) || effect.is_history() {
        return None;
    }
    let mut values = effect.evidence.iter().map(|evidence| evidence.value.as_str());
    let pods = context.pods_under(&effect.object).ok()?;
    let mut nodes = pods.iter().map(|pod| pod.spec.node_name.as_str());
    let (confidence, node) = match values.find(|value| hosting::concerns(cause, value)) {
        Some(named) => (Confidence::Certain, named),
        None => (Confidence::Likely, nodes.find(|node| hosting::concerns(cause, node))?),
    };
    Some(Because::new(
        confidence,
        format!(
            "the volume is still attached to {node}, which does not release it: {}",
            since(context, cause)
        ),
    ))
}
