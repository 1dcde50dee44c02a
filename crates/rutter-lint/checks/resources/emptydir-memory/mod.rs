//! Volumes in memory without a size, of containers without a limit of memory.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, quantities, setting};

pub(crate) static CHECK: Check = Check {
    id: "emptydir-memory",
    topic: Topic::Resources,
    title: "a volume in memory has no bound",
    severity: Severity::Medium,
    default: true,
    prevents: &["limit-reached", "memory-pressure", "system-oom"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let volumes = template.spec.items_at(&["volumes"]).iter();
    let mut unbounded = volumes
        .filter(|volume| {
            volume.text_at(&["emptyDir", "medium"]) == Some("Memory")
                && volume.at(&["emptyDir", "sizeLimit"]).is_none()
        })
        .peekable();
    if unbounded.peek().is_none()
        || template.spec.at(&["resources", "limits", "memory"]).is_some()
        || setting::is_patch(template)
    {
        return;
    }
    // The pages belong to whoever writes them, and a volume is made as large as the limits of all containers.
    let open = template.containers().find(|container| quantities::limit(container, "memory").is_none());
    let Some(open) = open else { return };
    for volume in unbounded {
        let name = volume.text_at(&["name"]).unwrap_or_default();
        let at = volume.at(&["emptyDir", "medium"]).unwrap_or(volume);
        found
            .at(
                at,
                format!(
                    "volume {name} is in memory and has no sizeLimit, and container {} no memory limit: its files may take up the \
                     node's memory",
                    open.name
                ),
            )
            .advice("set sizeLimit, and memory limits that have room for it");
    }
}
