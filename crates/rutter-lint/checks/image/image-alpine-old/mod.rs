//! Alpine before 3.18: its musl does not ask by TCP when an answer of the DNS was cut.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, image::Reference};

pub(crate) static CHECK: Check = Check {
    id: "image-alpine-old",
    topic: Topic::Image,
    title: "an Alpine whose resolver drops long answers",
    severity: Severity::Low,
    default: true,
    prevents: &["dns-inefficient"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(node) = container.at(&["image"]) else { return };
    let image = Reference::of(container.image());
    let Some(version) = alpine(image) else { return };
    if version < (3, 18) {
        let (major, minor) = version;
        found
            .at(
                node,
                format!(
                    "Alpine {major}.{minor} has a musl before 1.2.4: names whose DNS answer doesn't fit into 512 bytes of UDP \
                     don't resolve"
                ),
            )
            .advice("take Alpine 3.18 or later, or an image with glibc");
    }
}

/// Alpine's version, where the tag tells it: `alpine:3.15`, `nginx:1.21-alpine3.15`.
fn alpine(image: Reference<'_>) -> Option<(u32, u32)> {
    let tag = image.tag?;
    let version = if image.name() == "alpine" {
        tag
    } else {
        let (_, rest) = tag.split_once("alpine")?;
        rest.trim_start_matches('-')
    };
    let mut parts = version.split(['.', '-', '_']);
    let mut next = || parts.next()?.parse::<u32>().ok();
    let found = (next()?, next()?);
    matches!(found.0, 2 | 3).then_some(found)
}
