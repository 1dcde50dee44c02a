//! Workloads without a priority.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting};

pub(crate) static CHECK: Check = Check {
    id: "priority-class",
    topic: Topic::Pod,
    title: "which pods go first is left to chance",
    severity: Severity::Low,
    default: false,
    prevents: &["pod-unschedulable", "evicted"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let says =
        template.spec.at(&["priorityClassName"]).is_some() || template.spec.at(&["priority"]).is_some();
    if says || !template.controller.serves() || setting::is_patch(template) {
        return;
    }
    let Some((key, _)) = template.spec.entry("containers") else { return };
    found
        .at(
            key,
            "its pods have no priorityClassName: when nodes are full, what matters waits behind what doesn't",
        )
        .advice("name a PriorityClass");
}
