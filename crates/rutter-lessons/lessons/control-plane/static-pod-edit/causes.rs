//! What a bad static pod explains: that its container crashes.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "crash-loop", relation: Relation::Same, check: ends },
    Cause { explains: "probe-refused", relation: Relation::Same, check: asks_another_port },
];

fn ends(_: &Context<'_>, cause: &Finding, _: &Finding) -> Option<Because> {
    let fits = matches!(cause.variant, "flag" | "gate" | "probe");
    fits.then(|| Because::new(Confidence::Likely, cause.message.clone()))
}

fn asks_another_port(_: &Context<'_>, cause: &Finding, _: &Finding) -> Option<Because> {
    (cause.variant == "probe").then(|| Because::new(Confidence::Likely, cause.message.clone()))
}
