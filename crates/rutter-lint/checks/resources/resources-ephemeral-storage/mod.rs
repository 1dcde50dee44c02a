//! Containers without a limit of ephemeral storage.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, quantities, setting};

pub(crate) static CHECK: Check = Check {
    id: "resources-ephemeral-storage",
    topic: Topic::Resources,
    title: "nothing but the node bounds its disk",
    severity: Severity::Low,
    default: false,
    prevents: &["evicted", "disk-pressure", "image-gc-failed"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let limited = quantities::names(container, "limits", "ephemeral-storage");
    if !limited && quantities::are_asked(context, container) && !setting::is_patch(&container.template) {
        found
            .at(container.head(), "it has no limit of ephemeral-storage: its files and logs may fill its node's disk, and others are evicted")
            .advice("set requests and limits of ephemeral-storage, and a sizeLimit on each emptyDir");
    }
}
