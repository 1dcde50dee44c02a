//! What a node without a network explains: pods that find no other place.

use super::detect::TAINT;
use crate::{Because, Cause, Confidence, Context, Finding, Relation, hosting};

pub(super) const CAUSES: &[Cause] =
    &[Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: keeps_off }];

/// The taint follows the condition within seconds, and the condition the first look of the route controller.
const LAG: i64 = 60;

fn keeps_off(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    hosting::keeps_off(cause, effect, &[TAINT], LAG).then(|| {
        let when = hosting::when(context, cause, "since");
        let nodes = hosting::nodes_of(cause);
        let verb = if cause.instances.len() > 1 { "have" } else { "has" };
        Because::new(
            Confidence::Likely,
            format!("{nodes} {verb} no route for pods{when}, so new pods are kept off"),
        )
    })
}
