//! The claim's StorageClass isn't there.

use rutter_cluster::Kind;
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Presence, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "claim-class",
    topic: Topic::Storage,
    title: "the claim's StorageClass isn't there",
    severity: Severity::High,
    default: true,
    prevents: &["volume-stuck"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if object.is("", "PersistentVolumeClaim") {
        check(context, object, object.at(&["spec", "storageClassName"]), found);
    }
    if object.is("apps", "StatefulSet") {
        for template in object.root.items_at(&["spec", "volumeClaimTemplates"]) {
            check(context, object, template.at(&["spec", "storageClassName"]), found);
        }
    }
}

fn check(context: &Context<'_>, object: &Object, class: Option<&Node>, found: &mut Found<'_>) {
    let Some((node, name)) = class.and_then(|node| Some((node, node.text()?))) else { return };
    // An empty class asks for a volume that was made by hand, and so may any name that a volume has.
    if name.is_empty()
        || context
            .of_kind("", "PersistentVolume")
            .any(|volume| volume.root.text_at(&["spec", "storageClassName"]) == Some(name))
    {
        return;
    }
    if let Presence::Absent { nearest } = context.presence(object, Kind::StorageClass, name) {
        let made_by_hand = context.cluster.is_some_and(|cluster| {
            cluster.volumes.iter().any(|volume| volume.spec.storage_class_name == name)
        });
        if !made_by_hand {
            let nearest = nearest.map(|name| format!("; the nearest is {name}")).unwrap_or_default();
            let message = format!(
                "there is no StorageClass {name}{nearest}: the claim stays Pending, and its pods with it"
            );
            found.at(node, message).advice("name a class that is there, or leave it out for the default one");
        }
    }
}
