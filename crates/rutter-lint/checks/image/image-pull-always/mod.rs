//! Pull policies other than `Always`.

use rutter_lessons::Severity;

use crate::{
    Check, Container, Context, Found, Look, Topic,
    {image::Reference, yaml::Node},
};

pub(crate) static CHECK: Check = Check {
    id: "image-pull-always",
    topic: Topic::Image,
    title: "the image isn't checked at each start",
    severity: Severity::Low,
    default: false,
    prevents: &["image-pull"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(image) = container.at(&["image"]) else { return };
    let policy = container.at(&["imagePullPolicy"]);
    let says = policy.and_then(Node::text);
    // Without a policy `latest` is Always.
    if says == Some("Always") || says.is_none() && Reference::of(container.image()).moves() {
        return;
    }
    found
        .at(
            policy.unwrap_or(image),
            "imagePullPolicy is not Always: on a node that has the image, pods without rights to it may run it",
        )
        .advice("write imagePullPolicy: Always");
}
