//! What a name that can't resolve explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, containers};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "crash-loop", relation: Relation::Same, check: crashes },
    Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: lacks_pods },
    Cause { explains: "service-no-backends", relation: Relation::PodToService, check: lacks_pods },
    Cause { explains: "probe-refused", relation: Relation::Same, check: never_ready },
];

/// Whether a log or a command says that the name is asked for.
fn is_asked(cause: &Finding) -> bool {
    cause.container.is_some()
}

/// A container that ends by itself after it could not resolve a name.
fn crashes(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let by_itself = matches!(effect.variant, "crash" | "dependency");
    if !by_itself || effect.is_history() {
        return None;
    }
    // What it said is the evidence; without any word, it fits, and so do other things.
    let speechless = !effect.message.contains("it said: ");
    let confidence = match (is_asked(cause), effect.variant) {
        (true, "dependency") => Confidence::Likely,
        (true, _) => Confidence::Likely.min(cause.confidence),
        (false, "crash") if speechless => Confidence::Possible,
        _ => return None,
    };
    Some(Because::new(confidence.min(cause.confidence), cause.message.clone()))
}

fn lacks_pods(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let because = is_asked(cause).then(|| containers::lacks_pods(context, cause, effect)).flatten()?;
    Some(Because { confidence: because.confidence.min(Confidence::Likely), ..because })
}

/// A program that looks for its peers doesn't listen yet.
fn never_ready(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (is_asked(cause) && !effect.is_history())
        .then(|| Because::new(Confidence::Possible, cause.message.clone()))
}
