//! Containers that don't say that they run as another user than root.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "security-root",
    topic: Topic::Security,
    title: "the container may run as root",
    severity: Severity::Low,
    default: false,
    prevents: &["container-config-error"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let template = &container.template;
    let not_root = container.security("runAsNonRoot").and_then(Node::bool) == Some(true);
    let user = container.security("runAsUser");
    let other = user.and_then(Node::integer).is_some_and(|user| user > 0);
    let namespace = template.spec.at(&["hostUsers"]).and_then(Node::bool) == Some(false);
    if not_root
        || other
        || namespace
        || template.is_windows()
        || setting::is_agent(context, template)
        || setting::is_patch(template)
    {
        return;
    }
    found
        .at(
            user.unwrap_or(container.head()),
            "it may run as root: a way out of the container is then root on the node",
        )
        .container(container.name)
        .advice("write runAsNonRoot: true, and USER with a number in the image");
}
