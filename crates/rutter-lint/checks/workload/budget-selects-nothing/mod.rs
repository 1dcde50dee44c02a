//! Budgets that protect no pod because of a slip in their selector.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, links::budget_selector, workloads::near_miss};

pub(crate) static CHECK: Check = Check {
    id: "budget-selects-nothing",
    topic: Topic::Workload,
    title: "the budget protects no pod",
    severity: Severity::Medium,
    default: true,
    prevents: &["traffic-avalanche", "pdb-blocks"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("policy", "PodDisruptionBudget") {
        return;
    }
    let Some(selector) = budget_selector(object) else { return };
    let Some(miss) = near_miss(context, object, &selector) else { return };
    let node = object.at(&["spec", "selector"]).unwrap_or(object.head());
    found
        .at(node, format!("the budget protects no pod: {miss}, so that a drain may take all of them at once"))
        .advice("the labels of the workload's own selector");
}
