//! Registries beside those that the settings allow.

use rutter_lessons::Severity;

use crate::{
    Check, Container, Context, Found, Look, Topic,
    image::{self, Reference},
};

pub(crate) static CHECK: Check = Check {
    id: "image-registry-not-allowed",
    topic: Topic::Image,
    title: "the image comes from a registry that isn't allowed",
    severity: Severity::Medium,
    default: true,
    prevents: &["image-pull"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let allowed = &context.settings.registries;
    let Some(node) = container.at(&["image"]).filter(|_| !allowed.is_empty()) else { return };
    let text = container.image();
    if text.is_empty() || image::is_unfilled(text) || image::is_injected(text) {
        return;
    }
    let image = Reference::of(text);
    if !allowed.iter().any(|entry| allows(entry, image)) {
        let host = image.host;
        found
            .at(
                node,
                format!(
                    "{text} comes from {host}, which is not among the registries that images may come from"
                ),
            )
            .advice(format!("take a copy from {}", allowed.join(" or ")));
    }
}

/// `ghcr.io`, `*.example.com`, or with the beginning of a path: `ghcr.io/team`.
fn allows(entry: &str, image: Reference<'_>) -> bool {
    let (host, path) =
        entry.trim_end_matches('/').split_once('/').unwrap_or((entry.trim_end_matches('/'), ""));
    let host = match host.strip_prefix('*') {
        Some(end) => image.host.ends_with(end),
        None => image.host == host,
    };
    let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
    host && (path.is_empty() || image.path.strip_prefix(path).is_some_and(below))
}
