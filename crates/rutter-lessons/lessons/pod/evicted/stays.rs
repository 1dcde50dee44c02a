//! What is left of evicted pods when nothing evicts any more.

use crate::Finding;

pub(super) fn stays(finding: &Finding) -> Option<&'static str> {
    match finding.variant {
        // It is only marked for deletion, and goes when its kubelet can end it.
        "taint" => None,
        _ if finding.object.kind == "Pod" => {
            Some("it has no owner that makes another: delete it and make it anew")
        }
        _ => Some("pods that are Failed stay until they are deleted; its owner has made others for them"),
    }
}
