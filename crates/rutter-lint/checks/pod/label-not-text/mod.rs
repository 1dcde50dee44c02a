//! Numbers and switches without quotes as values of labels, annotations and selectors.

use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Object, Topic,
    template::{Controller, Template},
    texts,
    yaml::Node,
};

pub(crate) static CHECK: Check = Check {
    id: "label-not-text",
    topic: Topic::Pod,
    title: "a label's or an annotation's value is not a text",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    for map in ["labels", "annotations"] {
        values(object.root.entries_at(&["metadata", map]), map, found);
    }
    if object.is("", "Service") || object.is("", "ReplicationController") {
        values(object.root.entries_at(&["spec", "selector"]), "the selector", found);
    }
    for template in Template::of(object) {
        // A pod's own labels are the object's.
        if template.controller != Controller::None {
            for map in ["labels", "annotations"] {
                values(template.metadata.map_or(&[], |node| node.entries_at(&[map])), map, found);
            }
        }
        if !matches!(template.controller, Controller::None | Controller::Other) {
            values(object.root.entries_at(&["spec", "selector", "matchLabels"]), "the selector", found);
        }
        values(template.spec.entries_at(&["nodeSelector"]), "nodeSelector", found);
    }
}

fn values(entries: &[(Node, Node)], place: &str, found: &mut Found<'_>) {
    for (key, value) in entries {
        if texts::may_be(value) {
            continue;
        }
        let key = key.text().unwrap_or("a key");
        let is = texts::is(value);
        found
            .at(
                value,
                format!("{key} in {place} is {is}, and must be a text: the API server refuses the object"),
            )
            .advice("put it in quotes")
            .fix(texts::quote(value));
    }
}
