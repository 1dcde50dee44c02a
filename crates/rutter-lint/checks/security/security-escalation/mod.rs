//! Containers that don't forbid setuid programs.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "security-escalation",
    topic: Topic::Security,
    title: "processes may get more rights than they start with",
    severity: Severity::Low,
    default: false,
    prevents: &[],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let template = &container.template;
    let node = container.at(&["securityContext", "allowPrivilegeEscalation"]);
    if node.and_then(Node::bool) == Some(false)
        || template.is_windows()
        || setting::is_agent(context, template)
        || setting::is_patch(template)
    {
        return;
    }
    found
        .at(
            node.unwrap_or(container.head()),
            "allowPrivilegeEscalation is not false: a setuid program in the image makes any user root",
        )
        .advice("write securityContext.allowPrivilegeEscalation: false");
}
