//! What a node without reservations explains: that its kernel killed across the whole node, not among the pods alone.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] =
    &[Cause { explains: "system-oom", relation: Relation::Same, check: node_wide }];

fn node_wide(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    // What a node that falls silent died of is less sure: the kills tell more.
    let fits = cause.variant == "killed" && matches!(effect.variant, "node" | "past");
    let why = format!(
        "{} reserves no memory for its system, so that its pods could take all of it, and the kernel chose among all processes",
        cause.node
    );
    fits.then(|| Because::new(Confidence::Likely.min(cause.confidence), why))
}
