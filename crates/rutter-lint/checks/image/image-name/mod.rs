//! Names of images that no runtime takes: InvalidImageName on every node.

use rutter_lessons::Severity;

use crate::{
    Check, Container, Context, Found, Look, Topic,
    image::{self, Reference},
    template::Controller,
};

pub(crate) static CHECK: Check = Check {
    id: "image-name",
    topic: Topic::Image,
    title: "the image's name is not one",
    severity: Severity::High,
    default: true,
    prevents: &["image-pull"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(node) = container.at(&["image"]) else { return };
    let Some(text) = node.text() else { return };
    // A custom resource's controller, or a Template of OpenShift, may put something in.
    let filled_later = image::is_unfilled(text) && container.template.controller == Controller::Other;
    if filled_later || text.trim().is_empty() {
        return;
    }
    if let Some(wrong) = wrong(text) {
        found
            .at(
                node,
                format!("{text:?} is no name of an image: {wrong}; each start ends in InvalidImageName"),
            )
            .advice("write host/path:tag, the path in lower case");
    }
}

/// What is wrong with a reference to an image.
fn wrong(text: &str) -> Option<&'static str> {
    if image::is_unfilled(text) {
        return Some("nothing was put in for the placeholder");
    }
    if text.contains("://") {
        return Some("a reference has no scheme");
    }
    if text.contains(char::is_whitespace) {
        return Some("it has a blank in it");
    }
    let image = Reference::of(text);
    let odd = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-'));
    if image.path.contains(|c: char| c.is_ascii_uppercase()) {
        return Some("its path has capital letters");
    }
    if image.path.split('/').any(|part| part.is_empty() || part.contains(odd)) {
        return Some("its path has signs that none may have, or an empty part");
    }
    let tag = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if image.tag.is_some_and(|text| text.is_empty() || text.len() > 128 || text.contains(tag)) {
        return Some("its tag is empty, too long, or has signs that none may have");
    }
    let hex = |text: &str| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let digest = image.digest?;
    let valid = digest.strip_prefix("sha256:").map_or_else(|| digest.starts_with("sha512:"), hex);
    (!valid).then_some("its digest is not sha256: with 64 hexadecimal digits")
}
