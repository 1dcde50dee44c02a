//! What certificates explain: controllers that can't log in.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] =
    &[Cause { explains: "controller-silent", relation: Relation::Mentions, check: cannot_lead }];

/// A controller whose own log says that a certificate expired does not lead for that.
fn cannot_lead(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(cause.variant, "clients-refused" | "server-expired")
        && !cause.is_history()
        && !effect.is_history();
    fits.then(|| Because::new(Confidence::Likely, cause.message.clone()))
}
