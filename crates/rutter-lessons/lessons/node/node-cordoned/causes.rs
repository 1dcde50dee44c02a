//! What a node out of service explains: pods that it would take.

use super::detect::CORDON;
use crate::{Because, Cause, Confidence, Context, Finding, Relation, hosting, words};

pub(super) const CAUSES: &[Cause] =
    &[Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: keeps_off }];

fn keeps_off(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let age =
        cause.since.map_or_else(String::new, |since| format!(" for {}", words::duration(context.age(since))));
    let have = if cause.instances.len() > 1 { "have" } else { "has" };
    hosting::keeps_off(cause, effect, &[CORDON], 60).then(|| {
        let why = format!("{} would take the pod, but {have} been cordoned{age}", hosting::nodes_of(cause));
        Because::new(Confidence::Likely, why)
    })
}
