//! Budgets that say neither how many pods must stay nor how many may go, or both.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic};

pub(crate) static CHECK: Check = Check {
    id: "budget-policy",
    topic: Topic::Workload,
    title: "the budget doesn't say how many pods may go",
    severity: Severity::High,
    default: true,
    prevents: &["pdb-blocks"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("policy", "PodDisruptionBudget") {
        return;
    }
    let most = object.at(&["spec", "maxUnavailable"]);
    let least = object.at(&["spec", "minAvailable"]);
    match (most, least) {
        (Some(most), Some(_)) => {
            let message =
                "minAvailable and maxUnavailable exclude each other: the API server refuses the budget";
            found.at(most, message).advice("keep maxUnavailable alone");
        }
        // A patch has no selector.
        (None, None) if object.at(&["spec", "selector"]).is_some() => {
            let message =
                "neither maxUnavailable nor minAvailable is set: no pod can be evicted, and each drain waits";
            found.at(object.head(), message).advice("maxUnavailable: 1");
        }
        _ => {}
    }
}
