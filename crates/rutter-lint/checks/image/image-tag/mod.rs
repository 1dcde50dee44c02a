//! Images whose content may change under their name: no tag, `latest`, or one that stands for it.

use rutter_lessons::Severity;

use crate::{
    Check, Container, Context, Found, Look, Topic,
    image::{self, Reference},
};

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
    let Some(text) = node.text() else { return };
    let image = Reference::of(text);
    if !image.moves() || text.trim().is_empty() || image::is_unfilled(text) || image::is_injected(text) {
        return;
    }
    let stays = container.at(&["imagePullPolicy"]).and_then(crate::yaml::Node::text) == Some("IfNotPresent");
    let message = match image.tag {
        _ if stays => format!("image {text} is, with IfNotPresent, whatever each node pulled first"),
        None => format!("image {text} has no tag: whatever is `latest` that day runs"),
        Some(_) => format!("image {text} is another one after each push"),
    };
    found.at(node, message).advice("name the version, or the digest: name@sha256:…");
}
