//! Volumes that no container mounts.

use rustc_hash::FxHashSet;
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting, template::Controller};

pub(crate) static CHECK: Check = Check {
    id: "volume-unused",
    topic: Topic::Pod,
    title: "a volume is never mounted",
    severity: Severity::Low,
    default: true,
    prevents: &["container-config-error"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let volumes = template.spec.items_at(&["volumes"]);
    let of_set = template.controller == Controller::StatefulSet;
    let claims = if of_set { template.object.root.items_at(&["spec", "volumeClaimTemplates"]) } else { &[] };
    if volumes.is_empty() && claims.is_empty()
        || template.controller == Controller::Other
        || setting::is_patch(template)
        || setting::is_injected(template)
    {
        return;
    }
    let lists = ["containers", "initContainers", "ephemeralContainers"];
    let containers = lists.iter().flat_map(|list| template.spec.items_at(&[list]));
    let mounts = containers
        .flat_map(|one| one.items_at(&["volumeMounts"]).iter().chain(one.items_at(&["volumeDevices"])));
    let mounted: FxHashSet<&str> = mounts.filter_map(|mount| mount.text_at(&["name"])).collect();
    let named = volumes.iter().filter_map(|volume| volume.at(&["name"]));
    for name in named.chain(claims.iter().filter_map(|claim| claim.at(&["metadata", "name"]))) {
        if let Some(text) = name.text().filter(|text| !mounted.contains(text)) {
            found
                .at(name, format!("no container mounts volume {text}: what is in it reaches no program"))
                .advice("mount it, or take it out");
        }
    }
}
