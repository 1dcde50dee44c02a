//! One path for several mounts of a container.

use rustc_hash::FxHashMap;
use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic};

pub(crate) static CHECK: Check = Check {
    id: "mount-twice",
    topic: Topic::Pod,
    title: "two volumes are mounted in one place",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let mut seen: FxHashMap<&str, u32> = FxHashMap::default();
    for path in container.node.items_at(&["volumeMounts"]).iter().filter_map(|mount| mount.at(&["mountPath"]))
    {
        let Some(text) = path.text() else { continue };
        if let Some(line) = seen.insert(text, path.span.line) {
            found
                .at(
                    path,
                    format!(
                        "{text} is a mount's path here and in line {line}: the API server refuses the pod"
                    ),
                )
                .advice("mount one of them elsewhere; single files go beside each other with subPath");
        }
    }
}
