//! Budgets that ask for as many pods as an autoscaler may leave.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, links::budget_selector, workloads::Share};

pub(crate) static CHECK: Check = Check {
    id: "budget-below-autoscaler",
    topic: Topic::Workload,
    title: "the budget blocks whenever the autoscaler is at its least",
    severity: Severity::Medium,
    default: true,
    prevents: &["pdb-blocks"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("policy", "PodDisruptionBudget") {
        return;
    }
    let Some(node) = object.at(&["spec", "minAvailable"]) else { return };
    let (Some(share), Some(selector)) = (Share::of(node), budget_selector(object)) else { return };
    // All of them is the affair of another check.
    if selector.is_empty() || matches!(share, Share::Percent(percent) if percent >= 100) {
        return;
    }
    let templates = context.selected(object, &selector);
    let [template] = templates[..] else { return };
    let of = template.object;
    let autoscalers = context.links().autoscalers(context.namespace(of), &of.kind, &of.name);
    let [autoscaler] = autoscalers else { return };
    if !autoscaler.is("autoscaling", "HorizontalPodAutoscaler") {
        return;
    }
    let least = match autoscaler.at(&["spec", "minReplicas"]) {
        Some(node) => node.integer(),
        None => Some(1),
    };
    let Some(least) = least.filter(|least| *least > 0 && share.up(*least) >= *least) else { return };
    let message = format!(
        "minAvailable {} leaves nothing to evict when {} has gone down to its minReplicas of {least}: \
         a drain at a quiet hour waits until load comes",
        node.text().unwrap_or_default(),
        autoscaler.name,
    );
    found.at(node, message).advice("maxUnavailable: 1 in its place, with minReplicas of 2 or more");
}
