//! What a Service that refuses its clients explains: those that end for it.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] =
    &[Cause { explains: "crash-loop", relation: Relation::Mentions, check: dependency_refuses }];

/// A container that ends because it can't reach the Service. Its log names the newest reason: other things may be wrong with it.
fn dependency_refuses(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let mentioned = effect.evidence.iter().any(|evidence| evidence.object.same(&cause.object));
    let fits = effect.variant == "dependency" && mentioned && !effect.is_history() && !cause.is_history();
    fits.then(|| {
        let service = &cause.object;
        let why = format!("it asks Service {}/{}, and {}", service.namespace, service.name, cause.message);
        Because::new(cause.confidence.min(Confidence::Likely), why)
    })
}
