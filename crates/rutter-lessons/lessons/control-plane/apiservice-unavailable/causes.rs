//! What an API without a server explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "stuck-terminating", relation: Relation::Mentions, check: cannot_be_listed },
    // An autoscaler names the API that it measures by.
    Cause { explains: "hpa-behaviour", relation: Relation::Mentions, check: cannot_be_measured },
];

/// The namespace's own condition names the API, and that is in its evidence.
fn cannot_be_listed(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "discovery" && !cause.is_history() && !effect.is_history();
    fits.then(|| Because::new(Confidence::Certain, cause.message.clone()))
}

fn cannot_be_measured(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "metrics-api" && !cause.is_history() && !effect.is_history();
    fits.then(|| Because::new(Confidence::Certain, cause.message.clone()))
}
