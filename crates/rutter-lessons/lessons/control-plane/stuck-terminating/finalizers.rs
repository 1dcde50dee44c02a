//! Finalizers: what must be done before an object may go, and by whom.

use rutter_cluster::{Resource, Str};

use crate::{Evidence, words};

/// Who removes the well-known ones, and when.
const KNOWN: [(&str, &str); 8] = [
    (
        "foregroundDeletion",
        "the garbage collector of the controller-manager removes it once what it owns is gone",
    ),
    ("orphan", "the garbage collector of the controller-manager removes it"),
    ("kubernetes.io/pvc-protection", "the controller-manager removes it once no pod uses the claim"),
    ("kubernetes.io/pv-protection", "the controller-manager removes it once no claim is bound to the volume"),
    (
        "batch.kubernetes.io/job-tracking",
        "the controller-manager removes it once the Job has counted the pod",
    ),
    (
        "service.kubernetes.io/load-balancer-cleanup",
        "the cloud's controller removes it once the load balancer is deleted",
    ),
    (
        "external-provisioner.volume.kubernetes.io/finalizer",
        "the CSI provisioner removes it once the storage is deleted",
    ),
    ("external-attacher/", "the CSI attacher removes it once the volume is detached"),
];

/// Who removes a finalizer, where that is known.
pub(super) fn known(finalizer: &str) -> Option<&'static str> {
    let found = KNOWN
        .iter()
        .find(|(name, _)| *name == finalizer || (name.ends_with('/') && finalizer.starts_with(name)));
    found.map(|(_, who)| *who)
}

/// Finalizers that may rightly take as long as what the object owns: to wait is what they are for.
pub(super) fn only_wait(finalizers: &[Str]) -> bool {
    !finalizers.is_empty()
        && finalizers.iter().all(|one| matches!(one.as_str(), "foregroundDeletion" | "orphan"))
}

/// To stand behind a colon: that a finalizer is there, and who must remove it.
pub(super) fn phrase(finalizers: &[Str]) -> String {
    match finalizers {
        [one] => match known(one) {
            Some(who) => format!("finalizer {one} is still on it: {who}"),
            None => format!("finalizer {one} is still on it, and whoever put it there has not removed it"),
        },
        all => {
            format!(
                "finalizers {} are still on it, and whoever put them there has not removed them",
                words::list(all, 3)
            )
        }
    }
}

pub(super) fn evidence(object: &impl Resource) -> Evidence {
    let meta = object.meta();
    Evidence::field(object, "metadata.finalizers", words::list(&meta.finalizers, 5), meta.deleted)
}
