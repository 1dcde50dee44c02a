//! What a webhook that can't be asked explains: everything that is refused for want of its answer.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, webhooks};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "replicas-unavailable", relation: Relation::Mentions, check: refused },
    Cause { explains: "job-failing", relation: Relation::Mentions, check: refused },
    Cause { explains: "stuck-terminating", relation: Relation::Mentions, check: refused },
];

/// The effect's own evidence names the webhook, in the API server's words.
fn refused(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = match effect.lesson {
        "stuck-terminating" => effect.variant == "content",
        _ => effect.variant == "cannot-create",
    };
    // Without a configuration in sight, the cause is the Service that the call named.
    let same = cause.object.kind == "Service" || webhooks::is_same(cause, effect);
    if !fits || !same || cause.variant == "slow" || cause.is_history() || effect.is_history() {
        return None;
    }
    Some(Because::new(Confidence::Certain, cause.message.clone()))
}
