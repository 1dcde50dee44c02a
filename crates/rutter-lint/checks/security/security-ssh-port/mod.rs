//! Containers that declare port 22.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic};

pub(crate) static CHECK: Check = Check {
    id: "security-ssh-port",
    topic: Topic::Security,
    title: "a port of SSH",
    severity: Severity::Low,
    default: false,
    prevents: &[],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    for port in container.node.items_at(&["ports"]) {
        let udp = port.text_at(&["protocol"]) == Some("UDP");
        if let Some(node) = port.at(&["containerPort"]).filter(|node| node.text() == Some("22") && !udp) {
            found
                .at(node, "port 22 is SSH's: a login beside the API, its rights and its audit")
                .advice("take it out: kubectl exec goes by the API");
        }
    }
}
