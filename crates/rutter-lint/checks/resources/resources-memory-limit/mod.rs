//! Containers that have some requests or limits, but no limit of memory.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, quantities, setting};

pub(crate) static CHECK: Check = Check {
    id: "resources-memory-limit",
    topic: Topic::Resources,
    title: "nothing but the node bounds its memory",
    severity: Severity::Medium,
    default: true,
    prevents: &["memory-pressure", "system-oom", "evicted", "poison-workload"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let says = |list, name| quantities::names(container, list, name);
    let some = says("requests", "cpu") || says("requests", "memory") || says("limits", "cpu");
    if !some || says("limits", "memory") || !quantities::are_asked(context, container) {
        return;
    }
    let of_pod = container.template.spec.at(&["resources", "limits", "memory"]).is_some();
    if of_pod || setting::is_patch(&container.template) {
        return;
    }
    let (message, advice) = match container.at(&["resources", "requests", "memory"]).and_then(|node| node.text()) {
        Some(request) => (
            format!("it requests {request} of memory and may use all of its node's: a leak takes its neighbours with it"),
            "limit memory, to what it requests where it must not be evicted",
        ),
        None => (
            "it neither requests nor limits memory: the scheduler takes it for nothing, and a leak takes its neighbours with it"
                .to_owned(),
            "request the memory of its peak, and limit it to the same",
        ),
    };
    found.at(container.head(), message).advice(advice);
}
