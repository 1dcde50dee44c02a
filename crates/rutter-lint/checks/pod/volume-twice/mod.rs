//! One name for several volumes of a pod.

use rustc_hash::FxHashMap;
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic};

pub(crate) static CHECK: Check = Check {
    id: "volume-twice",
    topic: Topic::Pod,
    title: "two volumes have one name",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let mut seen: FxHashMap<&str, u32> = FxHashMap::default();
    for name in template.spec.items_at(&["volumes"]).iter().filter_map(|volume| volume.at(&["name"])) {
        let Some(text) = name.text() else { continue };
        if let Some(line) = seen.insert(text, name.span.line) {
            found
                .at(
                    name,
                    format!("volume {text} is there already, in line {line}: the API server refuses the pod"),
                )
                .advice("rename one of them and its mounts");
        }
    }
}
