//! Budgets that allow no pod to go, ever.

use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Object, Topic,
    links::budget_selector,
    workloads::{Share, is_replicated},
    yaml::Node,
};

pub(crate) static CHECK: Check = Check {
    id: "budget-blocks",
    topic: Topic::Workload,
    title: "the budget allows no eviction",
    severity: Severity::High,
    default: true,
    prevents: &["pdb-blocks", "node-cordoned"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("policy", "PodDisruptionBudget") {
        return;
    }
    let most = object.at(&["spec", "maxUnavailable"]);
    if let Some(node) = most
        && Share::of(node).is_some_and(Share::is_zero)
    {
        let message = format!(
            "maxUnavailable {} lets no pod be evicted: each drain of a node with such a pod waits for ever",
            node.text().unwrap_or_default()
        );
        found.at(node, message).advice("maxUnavailable: 1");
        return;
    }
    if let Some(node) = object.at(&["spec", "minAvailable"]) {
        least(context, object, node, found);
    }
}

fn least(context: &Context<'_>, object: &Object, node: &Node, found: &mut Found<'_>) {
    let Some(least) = Share::of(node) else { return };
    let text = node.text().unwrap_or_default();
    if matches!(least, Share::Percent(percent) if percent >= 100) {
        let message =
            format!("minAvailable {text} lets no pod be evicted: each drain of their nodes waits for ever");
        found.at(node, message).advice("maxUnavailable: 1 in its place");
        return;
    }
    let Some(replicas) = replicas(context, object) else { return };
    if replicas > 0 && least.up(replicas) >= replicas {
        let pods =
            if replicas == 1 { "its only pod".to_owned() } else { format!("all of its {replicas} pods") };
        let message = format!(
            "minAvailable {text} needs {pods}: none can be evicted, so that each drain of their nodes waits for ever"
        );
        let advice = if replicas == 1 {
            "two replicas and maxUnavailable: 1, or no budget"
        } else {
            "maxUnavailable: 1 in its place"
        };
        found.at(node, message).advice(advice);
    }
}

/// How many pods it is about, if all of them are of manifests that say how many they make.
fn replicas(context: &Context<'_>, object: &Object) -> Option<i64> {
    let selector = budget_selector(object).filter(|selector| !selector.is_empty())?;
    let templates = context.selected(object, &selector);
    let mut sum: i64 = 0;
    for template in &templates {
        let of = template.object;
        let scaled = context.links().autoscalers(context.namespace(of), &of.kind, &of.name);
        if !is_replicated(template) || !scaled.is_empty() {
            return None;
        }
        sum = sum.saturating_add(template.replicas()?);
    }
    Some(sum)
}
