//! What a container that the runtime lost explains: commands that can't be run in it.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] =
    &[Cause { explains: "probe-refused", relation: Relation::Same, check: cannot_run }];

fn cannot_run(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let same = cause.container.is_some() && effect.variant == "exec-failed";
    (same && !effect.is_history()).then(|| Because::new(Confidence::Certain, cause.message.clone()))
}
