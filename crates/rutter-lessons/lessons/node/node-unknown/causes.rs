//! What a silent node explains: what its pods can't do for others, and what can't be carried out on it.

use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, all_on, in_time},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "replicas-unavailable", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "service-no-backends", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "evicted", relation: Relation::Hosts, check: deleted },
    Cause { explains: "volume-stuck", relation: Relation::Hosts, check: holds_volume },
];

/// The control plane notices a silence within a minute, so its effects may begin as much earlier.
const NOTICED: i64 = 90;

/// Whether it says something about the node as it is now: a node that is called Ready keeps its pods as they are.
fn is_silent(cause: &Finding) -> bool {
    matches!(cause.variant, "lost" | "many-at-once") && !cause.is_history()
}

fn since(context: &Context<'_>, cause: &Finding) -> String {
    let at = cause.since.map_or_else(String::new, |time| format!(" at {}", hosting::clock(context, time)));
    format!("{} stopped reporting{at}", cause.node)
}

fn lacks_pods(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if !is_silent(cause) {
        return None;
    }
    let (number, confidence) = hosting::lacks_pods(context, cause, effect, NOTICED)?;
    let why = format!(
        "{} on {}",
        hosting::are(number, "unready pod"),
        since(context, cause).replacen(" stopped", ", which stopped", 1)
    );
    Some(Because::new(confidence, why))
}

/// Pods that were deleted because of the silence, and are still there because nobody can carry it out.
fn deleted(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(effect.variant, "taint" | "node-lost")
        && is_silent(cause)
        && all_on(context, effect, cause)
        && in_time(cause, effect, NOTICED);
    fits.then(|| {
        Because::new(
            Confidence::Certain,
            format!("{}, and nobody there can stop its pods", since(context, cause)),
        )
    })
}

/// A volume stays attached to a silent node for 6 minutes after its pod is deleted, or until that is confirmed.
fn holds_volume(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if effect.variant != "multi-attach" || !is_silent(cause) || effect.is_history() {
        return None;
    }
    let named = effect.evidence.iter().any(|evidence| evidence.value == cause.node.as_str());
    let left = context.pods_under(&effect.object).ok()?.into_iter();
    let left = left.filter(|pod| pod.spec.node_name == cause.node).count();
    let confidence = match (named, left) {
        (true, _) => Confidence::Certain,
        (false, 1..) => Confidence::Likely,
        _ => return None,
    };
    Some(Because::new(
        confidence,
        format!(
            "the volume is still attached to {}, which does not release it: {}",
            cause.node,
            since(context, cause)
        ),
    ))
}
