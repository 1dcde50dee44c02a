//! Privileged containers that aren't agents of the node.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting, template::Role, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "security-privileged",
    topic: Topic::Security,
    title: "the container may do all that its node may",
    severity: Severity::High,
    default: true,
    prevents: &["poison-workload"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(node) = container.at(&["securityContext", "privileged"]) else { return };
    let template = &container.template;
    if node.bool() != Some(true)
        || template.is_windows()
        || setting::is_agent(context, template)
        || container.role == Role::Init && sets_sysctl(container)
    {
        return;
    }
    found
        .at(node, "it is privileged: whoever takes it over has its node, and the pods and Secrets there")
        .advice("take it out, and add the single capability or device that is needed");
}

/// An init container that sets a value of the kernel: how Elasticsearch and its like are usually started.
fn sets_sysctl(container: &Container<'_>) -> bool {
    let words = ["command", "args"].into_iter().flat_map(|list| container.node.items_at(&[list]));
    words.filter_map(Node::text).any(|word| {
        word.contains("sysctl") || word.contains("/proc/sys") || word.contains("transparent_hugepage")
    })
}
