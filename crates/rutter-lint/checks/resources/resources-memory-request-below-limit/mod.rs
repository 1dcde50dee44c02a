//! Limits of memory above the request.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, quantities, template::Role};

pub(crate) static CHECK: Check = Check {
    id: "resources-memory-request-below-limit",
    topic: Topic::Resources,
    title: "more memory is allowed than was promised",
    severity: Severity::Low,
    default: false,
    prevents: &["system-oom", "memory-pressure", "evicted", "limit-reached"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some((_, request)) = quantities::of(container, "requests", "memory") else { return };
    let Some((node, limit)) = quantities::of(container, "limits", "memory") else { return };
    if request < limit && container.role != Role::Init {
        found
            .at(node, format!("it may use {limit} of memory and was promised {request}: on a full node it is killed before it reaches its limit"))
            .advice("request as much memory as the limit");
    }
}
