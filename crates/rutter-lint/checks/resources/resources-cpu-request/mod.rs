//! Containers that have some requests or limits, but none of CPU.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, quantities, setting};

pub(crate) static CHECK: Check = Check {
    id: "resources-cpu-request",
    topic: Topic::Resources,
    title: "no CPU is kept for it",
    severity: Severity::Medium,
    default: true,
    prevents: &["restarts-by-node-load", "hpa-behaviour", "pod-unschedulable"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let says = |list, name| quantities::names(container, list, name);
    let memory = says("requests", "memory") || says("limits", "memory");
    let cpu =
        says("requests", "cpu") || says("limits", "cpu") || quantities::of_pod(&container.template, "cpu");
    if memory && !cpu && quantities::are_asked(context, container) && !setting::is_patch(&container.template)
    {
        found
            .at(
                container.head(),
                "it requests no CPU: the scheduler doesn't count it, and on a full node it gets next to nothing, so that its probes \
                 fail",
            )
            .advice("request the CPU that it uses in its usual load");
    }
}
