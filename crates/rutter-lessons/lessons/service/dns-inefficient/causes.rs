//! What names without an answer explain: containers that end for them.

use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    texts::resolve::{self, Answer},
};

pub(super) const CAUSES: &[Cause] =
    &[Cause { explains: "crash-loop", relation: Relation::Same, check: ends }];

/// A container that ends by itself, and whose words are of a name that nobody answered for.
fn ends(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let said = effect.evidence.iter().filter_map(|evidence| resolve::parse(&evidence.value));
    let unanswered = said.into_iter().any(|unresolved| unresolved.answer == Answer::None);
    let fits = effect.variant == "dependency" && unanswered && !effect.is_history();
    let why = cause.message.split("; ").next().unwrap_or_default();
    fits.then(|| Because::new(Confidence::Likely.min(cause.confidence), why))
}
