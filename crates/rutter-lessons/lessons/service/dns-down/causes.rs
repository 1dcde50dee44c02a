//! What a cluster without DNS explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, containers};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: super::ID, relation: Relation::PodToService, check: no_server },
    Cause { explains: "crash-loop", relation: Relation::Same, check: ends },
    Cause { explains: "crash-loop", relation: Relation::Mentions, check: unresolved },
];

/// Whether it is about a pod that says why it does not answer.
fn is_server(cause: &Finding) -> bool {
    matches!(cause.variant, "loop" | "corefile")
}

fn no_server(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (is_server(cause) && !is_server(effect)).then(|| containers::lacks_pods(context, cause, effect)).flatten()
}

fn ends(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (is_server(cause) && !effect.is_history() && !cause.is_history())
        .then(|| Because::new(Confidence::Certain, cause.message.clone()))
}

/// A container that ends because a name does not resolve: it names the Service that should have told it.
fn unresolved(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    /// Clocks and the first restarts, in seconds.
    const SLACK: i64 = 600;
    let mentioned = effect.evidence.iter().any(|evidence| evidence.object.same(&cause.object));
    if cause.object.kind != "Service" || effect.variant != "dependency" || !mentioned || effect.is_history() {
        return None;
    }
    let first = cause.since.zip(effect.since).is_none_or(|(cause, effect)| cause.since(effect) <= SLACK);
    let confidence = if first { Confidence::Likely } else { Confidence::Possible };
    Some(Because::new(confidence.min(cause.confidence), format!("it looks up a name, and {}", cause.message)))
}
