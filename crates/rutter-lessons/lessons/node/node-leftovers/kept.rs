//! What is looked up once for all volumes.

use std::collections::BTreeMap;

use rutter_cluster::{ObjectRef, Resource, Str, objects::VolumeAttachment};

use super::gone;
use crate::{Context, Seen};

/// By node that is gone: the volumes that count as attached to it, and the attachments, in order.
pub(super) type Attached = BTreeMap<Str, Vec<(Str, ObjectRef)>>;

/// The attachments to nodes that are not there.
pub(super) fn attachments(context: &Context<'_>) -> std::sync::Arc<Seen<Attached>> {
    context.kept("attachments to nodes that are gone", &ObjectRef::default(), |context, _| {
        let mut all = Attached::new();
        for attachment in context.volume_attachments()? {
            let node = &attachment.spec.node_name;
            if node.is_empty() || context.node(node)?.is_some() || volume(attachment).is_empty() {
                continue;
            }
            all.entry(node.clone()).or_default().push((volume(attachment).clone(), attachment.object_ref()));
        }
        for volumes in all.values_mut() {
            volumes.sort();
        }
        Ok(all)
    })
}

fn volume(attachment: &VolumeAttachment) -> &Str {
    &attachment.spec.source.persistent_volume_name
}

/// By node that is gone: the names of the volumes without a claim that exist on it alone, in order.
pub(super) fn unclaimed(context: &Context<'_>) -> std::sync::Arc<Seen<BTreeMap<Str, Vec<Str>>>> {
    context.kept("volumes on nodes that are gone", &ObjectRef::default(), |context, _| {
        let mut all = BTreeMap::<Str, Vec<Str>>::new();
        for volume in context.volumes()?.iter().filter(|volume| volume.status.phase != "Bound") {
            if let Some(gone) = gone::of_volume(context, volume)? {
                all.entry(gone.name).or_default().push(volume.meta.name.clone());
            }
        }
        for volumes in all.values_mut() {
            volumes.sort();
        }
        Ok(all)
    })
}
