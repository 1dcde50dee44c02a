//! What a missing Service explains: the controller that ends at once, and all that leads to it.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "crash-loop", relation: Relation::Same, check: does_not_start },
    Cause { explains: "replicas-unavailable", relation: Relation::Same, check: does_not_start },
];

fn does_not_start(_: &Context<'_>, cause: &Finding, _: &Finding) -> Option<Because> {
    let why = "the controller ends at once if the Service that it is to publish doesn't exist";
    (cause.variant == "service-missing").then(|| Because::new(Confidence::Likely, why))
}
