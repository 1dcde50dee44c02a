//! The Service selects no pods.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, selector::Selector, workloads};

pub(crate) static CHECK: Check = Check {
    id: "service-selects-nothing",
    topic: Topic::Network,
    title: "the Service selects no pods",
    severity: Severity::High,
    default: true,
    prevents: &["service-no-backends"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("", "Service") || object.root.text_at(&["spec", "type"]) == Some("ExternalName") {
        return;
    }
    let Some(node) = object.at(&["spec", "selector"]) else { return };
    let selector = Selector::of_labels(node);
    if selector.is_empty() || !context.selected(object, &selector).is_empty() {
        return;
    }
    let Some(miss) = workloads::near_miss(context, object, &selector) else { return };
    let message = format!("it selects no pods: {miss}, so that its clients are refused or wait");
    found.at(node, message).advice("write the labels of the pods' template");
}
