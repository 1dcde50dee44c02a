//! Capabilities with the kernel's prefix, which runtimes put before them once more.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, finding::Edit};

pub(crate) static CHECK: Check = Check {
    id: "security-capability-name",
    topic: Topic::Security,
    title: "the capability's name has a prefix too much",
    severity: Severity::Medium,
    default: true,
    prevents: &["crash-loop"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    for list in ["add", "drop"] {
        for node in container.node.items_at(&["securityContext", "capabilities", list]) {
            let Some(text) = node.text() else { continue };
            let Some(name) = text.strip_prefix("CAP_").or_else(|| text.strip_prefix("cap_")) else {
                continue;
            };
            let so = if list == "add" { "isn't granted" } else { "stays" };
            found
                .at(node, format!("{text} is CAP_{} for containerd: the capability {so}, or the container doesn't start", text.to_ascii_uppercase()))
                .advice(format!("write {name}"))
                .fix(Edit::replace(node, name));
        }
    }
}
