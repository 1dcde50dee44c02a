//! The Service's target port has a name that no container declares.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, selector::Selector, workloads};

pub(crate) static CHECK: Check = Check {
    id: "service-target-port",
    topic: Topic::Network,
    title: "the Service's target port has a name that no container declares",
    severity: Severity::High,
    default: true,
    prevents: &["service-refused", "service-no-backends"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("", "Service") {
        return;
    }
    let Some(node) = object.at(&["spec", "selector"]) else { return };
    let templates = context.selected(object, &Selector::of_labels(node));
    // A patch says nothing of what it leaves out.
    if templates.is_empty() || !templates.iter().all(|template| workloads::is_whole(template)) {
        return;
    }
    for port in object.root.items_at(&["spec", "ports"]) {
        let Some(target) = port.at(&["targetPort"]) else { continue };
        let Some(name) = target.text().filter(|text| text.parse::<u16>().is_err()) else { continue };
        let declares = |wanted: &str| {
            let mut ports = templates
                .iter()
                .flat_map(|template| template.containers())
                .flat_map(|one| one.node.items_at(&["ports"]));
            ports.any(|one| one.text_at(&["name"]) == Some(wanted))
        };
        if !declares(name) {
            let message = format!(
                "no container of the pods that it selects has a port named {name}: they get no traffic on this port"
            );
            found
                .at(target, message)
                .advice("write the name that the container gives the port, or its number");
        }
    }
}
