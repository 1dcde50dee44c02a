//! Containers whose root is writable.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "security-read-only-root",
    topic: Topic::Security,
    title: "the container may change its own files",
    severity: Severity::Low,
    default: false,
    prevents: &["evicted", "disk-pressure"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let template = &container.template;
    let node = container.at(&["securityContext", "readOnlyRootFilesystem"]);
    if node.and_then(Node::bool) == Some(true)
        || template.is_windows()
        || setting::is_agent(context, template)
        || setting::is_patch(template)
    {
        return;
    }
    found
        .at(
            node.unwrap_or(container.head()),
            "its root is writable: an intruder may change the program, and files fill the node's disk unseen",
        )
        .advice(
            "write readOnlyRootFilesystem: true, and mount an emptyDir with a sizeLimit where it must write",
        );
}
