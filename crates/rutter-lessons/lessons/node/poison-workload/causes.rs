//! What such a workload explains: that its nodes failed.

use crate::{
    Because, Cause, Context, Finding, Relation,
    hosting::{self, in_time},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "node-unknown", relation: Relation::Same, check: took_down },
    Cause { explains: "node-not-ready-pleg", relation: Relation::Same, check: took_down },
    Cause { explains: "system-oom", relation: Relation::Same, check: took_down },
];

/// All nodes of the effect are of the row, and none failed before it began.
fn took_down(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let all = effect.instances.iter().all(|node| node.kind == "Node" && hosting::concerns(cause, &node.name));
    if !all || !in_time(cause, effect, super::SOON) {
        return None;
    }
    let began = hosting::when(context, cause, "since");
    let why = format!(
        "{} nodes have failed one after another{began}, each soon after a pod of {} landed there",
        cause.instances.len(),
        cause.object.name
    );
    Some(Because::new(cause.confidence, why))
}
