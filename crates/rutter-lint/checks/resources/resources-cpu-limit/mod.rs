//! Containers without a limit of CPU.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, quantities, setting};

pub(crate) static CHECK: Check = Check {
    id: "resources-cpu-limit",
    topic: Topic::Resources,
    title: "nothing but the node bounds its CPU",
    severity: Severity::Low,
    default: false,
    prevents: &["restarts-by-node-load"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let limited = quantities::names(container, "limits", "cpu")
        || container.template.spec.at(&["resources", "limits", "cpu"]).is_some();
    if !limited && quantities::are_asked(context, container) && !setting::is_patch(&container.template) {
        found
            .at(container.head(), "it has no limit of CPU: it may use all that its node has left")
            .advice("limit its CPU, well above what it uses at its peak");
    }
}
