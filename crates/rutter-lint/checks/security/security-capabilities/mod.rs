//! Capabilities by which a container gets out of itself.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting};

pub(crate) static CHECK: Check = Check {
    id: "security-capabilities",
    topic: Topic::Security,
    title: "a capability that is as good as root on the node",
    severity: Severity::High,
    default: true,
    prevents: &["poison-workload"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

const WIDE: [&str; 9] = [
    "ALL",
    "SYS_ADMIN",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_PTRACE",
    "SYS_BOOT",
    "DAC_READ_SEARCH",
    "MAC_ADMIN",
    "BPF",
];

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let added = container.node.items_at(&["securityContext", "capabilities", "add"]);
    let template = &container.template;
    if added.is_empty() || template.is_windows() || setting::is_agent(context, template) {
        return;
    }
    for node in added {
        let Some(text) = node.text() else { continue };
        let name = text.to_ascii_uppercase();
        if WIDE.contains(&name.trim_start_matches("CAP_")) {
            found
                .at(node, format!("capability {text} is a way out of the container: whoever takes it over may have its node"))
                .advice("take it out, or add the single one that is needed");
        }
    }
}
