//! Budgets that keep broken pods from being evicted.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, Version};

pub(crate) static CHECK: Check = Check {
    id: "budget-unhealthy-policy",
    topic: Topic::Workload,
    title: "the budget protects pods that are broken",
    severity: Severity::Low,
    default: false,
    prevents: &["pdb-blocks"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if object.api_version != "policy/v1"
        || object.kind != "PodDisruptionBudget"
        || context.settings.version < Version(1, 27)
        || object.at(&["spec", "selector"]).is_none()
        || object.at(&["spec", "unhealthyPodEvictionPolicy"]).is_some()
    {
        return;
    }
    let message = "unhealthyPodEvictionPolicy isn't set: pods that run without being ready can't be evicted while too few \
                   are healthy, and one crash loop stops each drain";
    found
        .at(object.head(), message)
        .advice("unhealthyPodEvictionPolicy: AlwaysAllow, unless running pods hold data that others lack");
}
