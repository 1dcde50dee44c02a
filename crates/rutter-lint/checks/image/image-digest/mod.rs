//! Images without a digest.

use rutter_lessons::Severity;

use crate::{
    Check, Container, Context, Found, Look, Topic,
    image::{self, Reference},
};

pub(crate) static CHECK: Check = Check {
    id: "image-digest",
    topic: Topic::Image,
    title: "the image is not named by its digest",
    severity: Severity::Low,
    default: false,
    prevents: &["image-pull"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(node) = container.at(&["image"]) else { return };
    let text = container.image();
    if text.is_empty() || image::is_unfilled(text) || image::is_injected(text) {
        return;
    }
    if Reference::of(text).digest.is_none() {
        found
            .at(node, format!("image {text} has no digest: whoever may push its tag decides what runs"))
            .advice("add the digest: name:tag@sha256:…");
    }
}
