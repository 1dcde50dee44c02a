//! Pods that two budgets protect: none of them can be evicted.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, links::surely_together, workloads::is_replicated};

pub(crate) static CHECK: Check = Check {
    id: "budget-two",
    topic: Topic::Workload,
    title: "two budgets choose the same pods",
    severity: Severity::High,
    default: true,
    prevents: &["pdb-blocks"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    if !is_replicated(template) {
        return;
    }
    let [first, rest @ ..] = context.links().budgets(template) else { return };
    let Some(second) = rest.iter().find(|other| surely_together(context, first, other)) else { return };
    let message = format!(
        "the budgets {} and {} both choose these pods: the API server refuses to evict a pod with two budgets, and each \
         drain fails",
        first.name, second.name
    );
    found
        .at(template.object.head(), message)
        .advice("one budget for each workload, by the workload's own labels");
}
