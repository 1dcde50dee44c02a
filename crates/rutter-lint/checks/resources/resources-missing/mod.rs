//! Containers that say nothing of CPU and memory.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, quantities, setting};

pub(crate) static CHECK: Check = Check {
    id: "resources-missing",
    topic: Topic::Resources,
    title: "the container has no requests or limits",
    severity: Severity::Medium,
    default: true,
    prevents: &["memory-pressure", "system-oom", "limit-reached", "pod-unschedulable", "poison-workload"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let says = |list| ["cpu", "memory"].iter().any(|name| quantities::names(container, list, name));
    if says("requests") || says("limits") || !quantities::are_asked(context, container) {
        return;
    }
    let of_pod = ["cpu", "memory"].iter().any(|name| quantities::of_pod(&container.template, name));
    if of_pod || setting::is_patch(&container.template) {
        return;
    }
    found
        .at(
            container.head(),
            "it has neither requests nor limits of CPU and memory: the scheduler takes it for nothing, and it may use up its node",
        )
        .advice("request what it uses at its peak, and limit memory to the same");
}
