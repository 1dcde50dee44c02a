//! emptyDirs on the node's disk without a size.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting};

pub(crate) static CHECK: Check = Check {
    id: "emptydir-size-limit",
    topic: Topic::Resources,
    title: "a scratch volume has no size",
    severity: Severity::Low,
    default: false,
    prevents: &["evicted", "disk-pressure", "image-gc-failed"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    if setting::is_patch(template) {
        return;
    }
    for volume in template.spec.items_at(&["volumes"]) {
        // `emptyDir: {}`, or nothing behind it.
        let Some(dir) = volume.get("emptyDir") else { continue };
        if dir.at(&["sizeLimit"]).is_none() && dir.text_at(&["medium"]) != Some("Memory") {
            let name = volume.text_at(&["name"]).unwrap_or_default();
            found
                .at(
                    volume.at(&["name"]).unwrap_or(volume),
                    format!("emptyDir {name} has no sizeLimit: it may fill its node's disk, and others are evicted"),
                )
                .advice("set sizeLimit to what it may need at most");
        }
    }
}
