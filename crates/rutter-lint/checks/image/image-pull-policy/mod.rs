//! Pull policies that the API refuses, and `Never`, with which a node that lacks the image never gets it.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "image-pull-policy",
    topic: Topic::Image,
    title: "the image is never pulled",
    severity: Severity::Medium,
    default: true,
    prevents: &["image-pull"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(node) = container.at(&["imagePullPolicy"]) else { return };
    match node.text() {
        Some("Always" | "IfNotPresent") | None => {}
        Some("Never") => {
            let image = container.at(&["image"]).and_then(Node::text).unwrap_or("the image");
            found
                .at(
                    node,
                    format!(
                        "nobody ever pulls {image}: on a node without it the pod stays in ErrImageNeverPull"
                    ),
                )
                .advice("write IfNotPresent: a node that has the image does not ask for it either");
        }
        Some(other) if !crate::image::is_unfilled(other) => {
            found
                .at(node, format!("there is no pull policy {other:?}: the API server refuses the object"))
                .advice("write Always, IfNotPresent or Never, with these capitals");
        }
        Some(_) => {}
    }
}
