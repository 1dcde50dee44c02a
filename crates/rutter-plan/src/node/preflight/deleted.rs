//! What is left behind, and lost, when a node is deleted.

use std::collections::BTreeSet;

use rutter_cluster::{Resource as _, placement};

use super::{Remarks, counted, few};
use crate::{
    Object,
    node::{pods::Departure, work::Work},
};

pub(super) fn look(work: &Work<'_>, departure: &Departure<'_>, all: &mut Remarks) {
    let node = departure.node;
    let called: BTreeSet<&str> = placement::own_names(node).collect();
    for volume in work.cluster.volumes.iter() {
        let only = placement::only_node(&volume.spec.node_terms);
        if only.is_some_and(|name| called.contains(name.as_str())) {
            let claim = volume.spec.claim_ref.as_ref();
            let claim = claim
                .map_or_else(String::new, |claim| format!(" of claim {}/{}", claim.namespace, claim.name));
            let object = Object::from(&volume.object_ref());
            let text = format!(
                "its data{claim} are on {} only, and are lost with the machine; neither it nor its claim is deleted by this plan",
                departure.object
            );
            all.risk(object, text, "");
        }
    }
    let attached = work.cluster.volume_attachments.iter().filter(|one| one.spec.node_name == node.meta.name);
    let attached: Vec<String> =
        attached.map(|one| one.spec.source.persistent_volume_name.to_string()).collect();
    if !attached.is_empty() {
        let text = format!(
            "{} attached to it ({}), of which what its kubelet has not unmounted is detached by force, 6 minutes after the node is gone",
            counted(attached.len(), "volume"),
            few(&attached)
        );
        all.note(departure.object.clone(), text);
    }
    if !departure.staying.finished.is_empty() {
        let text = format!(
            "{} lost with it, and their logs",
            counted(departure.staying.finished.len(), "finished pod")
        );
        all.risk(departure.object.clone(), text, "");
    }
}
