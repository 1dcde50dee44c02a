//! Containers whose last words don't get into their status.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting, template::Role};

pub(crate) static CHECK: Check = Check {
    id: "termination-message",
    topic: Topic::Pod,
    title: "why it ended is not kept",
    severity: Severity::Low,
    default: false,
    prevents: &["crash-loop"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let says = container.at(&["terminationMessagePolicy"]).is_some()
        || container.at(&["terminationMessagePath"]).is_some();
    if !says && container.role != Role::Sidecar && !setting::is_patch(&container.template) {
        found
            .at(
                container.head(),
                "when it fails, its status doesn't say why: the last lines of its log go with the log",
            )
            .advice("write terminationMessagePolicy: FallbackToLogsOnError");
    }
}
