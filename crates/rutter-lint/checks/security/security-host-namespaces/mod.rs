//! hostPID, hostIPC and hostNetwork beside agents of the node.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting};

pub(crate) static CHECK: Check = Check {
    id: "security-host-namespaces",
    topic: Topic::Security,
    title: "the pod sees its node's processes or network",
    severity: Severity::Medium,
    default: true,
    prevents: &["poison-workload"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let fields = [
        ("hostPID", "sees all processes of its node, and their environment"),
        ("hostIPC", "shares memory and semaphores with all processes of its node"),
        ("hostNetwork", "has its node's network: no NetworkPolicy holds it, and its ports are the node's"),
    ];
    let set = fields.iter().filter_map(|(field, what)| Some((*field, *what, template.spec.at(&[field])?)));
    let mut set = set.filter(|(.., node)| node.bool() == Some(true)).peekable();
    if set.peek().is_none() || setting::is_agent(context, template) || template.is_windows() {
        return;
    }
    for (field, what, node) in set {
        found.at(node, format!("{field} is true: it {what}")).advice(format!("take {field} out"));
    }
}
