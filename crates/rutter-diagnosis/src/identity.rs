//! Ids of findings.

use rutter_lessons::Finding;

/// The id of a finding: the same wherever and whenever the same thing is found. Uids and times are no part of it, as not
/// every source tells them.
pub(crate) fn id(finding: &Finding) -> String {
    let object = &finding.object;
    let container = finding.container.as_deref().unwrap_or_default();
    let history = if finding.is_history() { "history" } else { "" };
    let parts =
        [finding.lesson, finding.variant, &object.kind, &object.namespace, &object.name, container, history];
    let hash = parts.iter().fold(FNV_OFFSET, |hash, part| fnv(fnv_bytes(hash, part.as_bytes()), 0));
    format!("{:010x}", hash >> 24)
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x100_0000_01b3;

/// One step of FNV-1a: fixed for ever, unlike the hashers of the standard library.
fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME)
}

fn fnv_bytes(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| fnv(hash, *byte))
}
