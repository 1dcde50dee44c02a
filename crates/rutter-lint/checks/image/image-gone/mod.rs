//! Images that their publishers took away: pulls fail wherever no node has them yet.

use rutter_lessons::Severity;

use crate::{
    Check, Container, Context, Found, Look, Topic,
    image::{self, Reference},
};

pub(crate) static CHECK: Check = Check {
    id: "image-gone",
    topic: Topic::Image,
    title: "the image is no longer there",
    severity: Severity::High,
    default: true,
    prevents: &["image-pull"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(node) = container.at(&["image"]) else { return };
    let text = container.image();
    let image = Reference::of(text);
    // Digests of what was removed can partly still be pulled; what has no tag is image-tag's.
    if image.digest.is_some() || image::is_unfilled(text) {
        return;
    }
    let (why, instead) = match (image.host, image.path) {
        ("docker.io", path) if path.starts_with("bitnami/") && !image.moves() => (
            "Bitnami took the tags with versions out of docker.io/bitnami in 2025",
            "take another image, or a copy from docker.io/bitnamilegacy into a registry of your own",
        ),
        ("gcr.io", "kubebuilder/kube-rbac-proxy") => (
            "gcr.io/kubebuilder was removed in 2025",
            "take quay.io/brancz/kube-rbac-proxy, or serve metrics by the controller itself",
        ),
        _ => return,
    };
    found
        .at(node, format!("{text} can't be pulled: {why}; a pod on a node without it won't start"))
        .advice(instead);
}
