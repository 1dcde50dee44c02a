//! Two ports of the Service are the same, or have no names.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic};

pub(crate) static CHECK: Check = Check {
    id: "service-ports-twice",
    topic: Topic::Network,
    title: "two ports of the Service are the same, or have no names",
    severity: Severity::High,
    default: true,
    prevents: &["service-refused"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("", "Service") {
        return;
    }
    let ports = object.root.items_at(&["spec", "ports"]);
    for (index, port) in ports.iter().enumerate() {
        let key = |port: &'_ crate::yaml::Node| {
            let text = |field: &str| port.text_at(&[field]).unwrap_or_default().to_owned();
            (text("port"), port.text_at(&["protocol"]).unwrap_or("TCP").to_owned())
        };
        let (number, protocol) = key(port);
        if ports[..index].iter().any(|other| key(other) == (number.clone(), protocol.clone())) {
            found.at(port, format!("port {number}/{protocol} stands twice, which the API server refuses"));
        } else if ports.len() > 1 && port.at(&["name"]).is_none() {
            let message = "of several ports one has no name, which the API server refuses";
            found.at(port, message).advice("give each port a name");
        }
    }
}
