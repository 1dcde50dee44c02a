//! What is left of a failed Job when its pods would succeed.

use crate::Finding;

pub(super) fn stays(finding: &Finding) -> Option<&'static str> {
    match finding.variant {
        "retrying" | "cannot-create" => None,
        _ => Some("it stays failed: delete it and make it anew, or wait for the next one of its CronJob"),
    }
}
