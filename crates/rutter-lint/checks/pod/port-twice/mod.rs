//! One name for several ports of a container, and one port of the node for several containers.

use rustc_hash::FxHashMap;
use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Template, Topic,
    template::{Container, Role},
};

pub(crate) static CHECK: Check = Check {
    id: "port-twice",
    topic: Topic::Pod,
    title: "two ports have one name or one place",
    severity: Severity::High,
    default: true,
    prevents: &["service-refused", "replicas-unavailable"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let mut hosts: FxHashMap<(&str, &str, &str), u32> = FxHashMap::default();
    for container in template.containers() {
        names(&container, found);
        if container.role == Role::Init {
            continue;
        }
        for port in container.node.items_at(&["ports"]) {
            let Some(node) = port.at(&["hostPort"]) else { continue };
            let Some(text) = node.text().filter(|text| *text != "0") else { continue };
            let or = |field: &str, default| port.text_at(&[field]).unwrap_or(default);
            if let Some(line) = hosts.insert((text, or("protocol", "TCP"), or("hostIP", "")), node.span.line)
            {
                found
                    .at(
                        node,
                        format!(
                            "hostPort {text} is taken already, in line {line}: the API server refuses the pod"
                        ),
                    )
                    .container(container.name);
            }
        }
    }
}

fn names(container: &Container<'_>, found: &mut Found<'_>) {
    let mut seen: FxHashMap<&str, u32> = FxHashMap::default();
    for name in container.node.items_at(&["ports"]).iter().filter_map(|port| port.at(&["name"])) {
        let Some(text) = name.text() else { continue };
        if let Some(line) = seen.insert(text, name.span.line) {
            found
                .at(
                    name,
                    format!("port {text} is there already, in line {line}: the API server refuses the pod"),
                )
                .container(container.name)
                .advice("give each port of the container a name of its own");
        }
    }
}
