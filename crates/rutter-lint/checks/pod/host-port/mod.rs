//! Host ports in workloads whose pods may come to any node, several to one.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting, template::Role, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "host-port",
    topic: Topic::Pod,
    title: "a port of the node is taken",
    severity: Severity::Medium,
    default: true,
    prevents: &["pod-unschedulable", "rollout-stuck"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let template = &container.template;
    let ports = container.node.items_at(&["ports"]).iter();
    let mut ports = ports
        .filter_map(|port| Some((port.at(&["hostPort"])?, port.text_at(&["hostIP"]).unwrap_or_default())))
        .filter(|(port, ip)| port.text() != Some("0") && !ip.starts_with("127."))
        .peekable();
    let host = template.spec.at(&["hostNetwork"]).and_then(Node::bool) == Some(true);
    if ports.peek().is_none()
        || container.role == Role::Init
        || host
        || !template.controller.serves()
        || gives_way(template)
        || setting::is_patch(template)
    {
        return;
    }
    for (port, _) in ports {
        let text = port.text().unwrap_or_default();
        found
            .at(
                port,
                format!("hostPort {text} is free once on each node: a second pod, or the new one of a rollout, finds no node and stays Pending"),
            )
            .advice("take a Service; where it must be the node's port, a DaemonSet, or a strategy without surge");
    }
}

/// Old pods go before new ones come.
fn gives_way(template: &crate::Template<'_>) -> bool {
    let text = |path: &[&str]| template.object.root.text_at(path);
    template.controller == crate::Controller::StatefulSet
        || text(&["spec", "strategy", "type"]) == Some("Recreate")
        || matches!(text(&["spec", "strategy", "rollingUpdate", "maxSurge"]), Some("0" | "0%"))
}
