//! A rollout starts a second pod for a volume that one node holds.

use rutter_lessons::Severity;

use crate::{Check, Context, Controller, Found, Look, Template, Topic};

pub(crate) static CHECK: Check = Check {
    id: "rollout-volume",
    topic: Topic::Workload,
    title: "a rollout starts a second pod for a volume that one node holds",
    severity: Severity::High,
    default: true,
    prevents: &["volume-stuck", "rollout-stuck"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let object = template.object;
    if template.controller != Controller::Deployment || template.spec.at(&["nodeName"]).is_some() {
        return;
    }
    let replicas = template.replicas().unwrap_or(1);
    let is_recreated = object.root.text_at(&["spec", "strategy", "type"]) == Some("Recreate");
    if replicas == 0 || (replicas == 1 && is_recreated) {
        return;
    }
    // One that ends the old pod first: maxSurge 0.
    let surge = object.root.text_at(&["spec", "strategy", "rollingUpdate", "maxSurge"]);
    if replicas == 1 && matches!(surge, Some("0" | "0%")) {
        return;
    }
    for volume in template.spec.items_at(&["volumes"]) {
        let Some(name) = volume.at(&["persistentVolumeClaim", "claimName"]) else { continue };
        let claims = context.all_named(object, "PersistentVolumeClaim", name.text().unwrap_or_default());
        let [claim] = claims.as_slice() else { continue };
        let modes = claim.root.items_at(&["spec", "accessModes"]);
        if modes.is_empty()
            || !modes.iter().all(|mode| matches!(mode.text(), Some("ReadWriteOnce" | "ReadWriteOncePod")))
        {
            continue;
        }
        let message = if replicas > 1 {
            format!(
                "{replicas} pods share a claim that only one node may mount: those on other nodes stay in ContainerCreating"
            )
        } else {
            "on a rollout the new pod waits for a volume that the old one holds until it is gone: on another node neither gives way"
                .to_owned()
        };
        found
            .at(name, message)
            .advice("write strategy: Recreate with one replica, or a StatefulSet with a claim for each");
    }
}
