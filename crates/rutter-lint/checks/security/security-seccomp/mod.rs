//! Containers without a seccomp profile.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "security-seccomp",
    topic: Topic::Security,
    title: "all calls to the kernel are open",
    severity: Severity::Low,
    default: false,
    prevents: &[],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let template = &container.template;
    let profile = container.security("seccompProfile");
    let kind = profile.and_then(|profile| profile.text_at(&["type"]));
    let privileged = container.at(&["securityContext", "privileged"]).and_then(Node::bool) == Some(true);
    if matches!(kind, Some("RuntimeDefault" | "Localhost"))
        || privileged
        || template.is_windows()
        || setting::is_agent(context, template)
        || setting::is_patch(template)
    {
        return;
    }
    found
        .at(
            profile.and_then(|profile| profile.at(&["type"])).unwrap_or(container.head()),
            "no seccomp profile holds it: it may call what the kernel has, holes included",
        )
        .container(container.name)
        .advice("write seccompProfile: { type: RuntimeDefault } for the pod");
}
