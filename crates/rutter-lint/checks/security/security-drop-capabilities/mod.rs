//! Containers that don't drop all capabilities.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "security-drop-capabilities",
    topic: Topic::Security,
    title: "the container keeps capabilities that it hardly needs",
    severity: Severity::Low,
    default: false,
    prevents: &[],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let template = &container.template;
    let dropped = container.node.items_at(&["securityContext", "capabilities", "drop"]);
    let all = dropped.iter().filter_map(Node::text).any(|name| name.eq_ignore_ascii_case("all"));
    if all || template.is_windows() || setting::is_agent(context, template) || setting::is_patch(template) {
        return;
    }
    found
        .at(container.head(), "it keeps the runtime's capabilities, NET_RAW among them: it may pretend to be another pod on its network")
        .advice("write capabilities.drop: [ALL], and add what is needed");
}
