//! Images whose content may change under their name: no tag, `latest`, or one that stands for it.

use crate::{Check, Container, Context, Found, Look, Topic};
use rutter_lessons::Severity;

pub(crate) static CHECK: Check = Check {
    id: "image-tag",
    topic: Topic::Image,
    title: "the image's tag doesn't say which image runs",
    severity: Severity::Medium,
    default: true,
    prevents: &["image-pull", "crash-loop"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(node) = container.at(&["image"]) else { return };
    let Some(image) = node.text() else { return };
    if image.contains('@') {
        return;
    }
    // A colon before the last slash is of the registry's port.
    let tag = image.rsplit('/').next().and_then(|name| name.split_once(':')).map(|(_, tag)| tag);
    let message = match tag {
        None => format!("image {image} has no tag: whatever is `latest` that day runs"),
        Some("latest") => format!("image {image} is another one after each push"),
        Some(_) => return,
    };
    found.at(node, message).advice("name the version, or the digest: name@sha256:…");
}
