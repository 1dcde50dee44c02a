//! Mounts of volumes that the pod doesn't have.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting, template::Controller};

pub(crate) static CHECK: Check = Check {
    id: "volume-mount-unknown",
    topic: Topic::Pod,
    title: "a volume is mounted that isn't there",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let template = &container.template;
    let mounts = ["volumeMounts", "volumeDevices"];
    if mounts.iter().all(|list| container.at(&[list]).is_none())
        || template.controller == Controller::Other
        || setting::is_patch(template)
        || setting::is_injected(template)
    {
        return;
    }
    let claims = template.object.root.items_at(&["spec", "volumeClaimTemplates"]);
    let claims = claims.iter().filter_map(|claim| claim.text_at(&["metadata", "name"]));
    let volumes = template.spec.items_at(&["volumes"]).iter().filter_map(|volume| volume.text_at(&["name"]));
    let names: Vec<&str> = volumes.chain(claims).collect();
    for mount in mounts.iter().flat_map(|list| container.node.items_at(&[list])) {
        let Some(name) = mount.at(&["name"]) else { continue };
        let Some(text) = name.text().filter(|text| !names.contains(text)) else { continue };
        let mut added = found.at(name, format!("the pod has no volume {text}: the API server refuses it"));
        match names.iter().find(|name| rutter_cluster::near::is_slip(text, name)) {
            Some(near) => added.advice(format!("is {near} meant?")),
            None => added.advice("add it under volumes, or take the mount out"),
        };
    }
}
