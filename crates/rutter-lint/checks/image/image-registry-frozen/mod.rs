//! Registries that were given up, but still answer.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, image::Reference};

pub(crate) static CHECK: Check = Check {
    id: "image-registry-frozen",
    topic: Topic::Image,
    title: "the image's registry gets no new versions",
    severity: Severity::Medium,
    default: true,
    prevents: &["image-pull"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

/// A host, the beginning of a path there, since when it is frozen, and what took its place.
const FROZEN: [(&str, &str, &str, &str); 6] = [
    ("k8s.gcr.io", "", "is frozen since April 2023 and only redirects", "registry.k8s.io"),
    ("gcr.io", "google_containers/", "is the predecessor of k8s.gcr.io, frozen like it", "registry.k8s.io"),
    ("gcr.io", "google-containers/", "is the predecessor of k8s.gcr.io, frozen like it", "registry.k8s.io"),
    ("quay.io", "kubernetes-ingress-controller/", "gets nothing since 2020", "registry.k8s.io/ingress-nginx"),
    (
        "docker.io",
        "bitnamilegacy/",
        "is an archive since August 2025 and may be removed",
        "another image, or a copy of your own",
    ),
    ("docker.pkg.github.com", "", "was replaced in 2021", "ghcr.io"),
];

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(node) = container.at(&["image"]) else { return };
    let image = Reference::of(container.image());
    let frozen = FROZEN.iter().find(|(host, path, ..)| *host == image.host && image.path.starts_with(path));
    if let Some((host, path, what, instead)) = frozen {
        let place = format!("{host}/{path}");
        let place = place.trim_end_matches('/');
        found
            .at(node, format!("{place} {what}: no fix comes there, and one day no pull works"))
            .advice(format!("take it from {instead}"));
    }
}
