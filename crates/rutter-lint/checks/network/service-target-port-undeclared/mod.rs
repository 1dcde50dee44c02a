//! The Service's target port is none of those that the containers declare.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, selector::Selector, workloads};

pub(crate) static CHECK: Check = Check {
    id: "service-target-port-undeclared",
    topic: Topic::Network,
    title: "the Service's target port is none of those that the containers declare",
    severity: Severity::Medium,
    default: true,
    prevents: &["service-refused"],
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
        let Some(target) = port.at(&["targetPort"]).or_else(|| port.at(&["port"])) else { continue };
        let Some(number) = target.text().and_then(|text| text.parse::<u16>().ok()) else { continue };
        let mut declared: Vec<u16> = templates
            .iter()
            .flat_map(|template| template.containers())
            .flat_map(|one| one.node.items_at(&["ports"]))
            .filter_map(|one| one.text_at(&["containerPort"])?.parse().ok())
            .collect();
        declared.sort_unstable();
        declared.dedup();
        if !declared.is_empty() && !declared.contains(&number) {
            let all: Vec<String> = declared.iter().map(ToString::to_string).collect();
            let message = format!(
                "it sends to port {number}, and the containers declare {}: where nothing listens on {number}, clients are refused",
                all.join(", ")
            );
            found
                .at(target, message)
                .advice("write the port on which the container listens, or declare it there");
        }
    }
}
