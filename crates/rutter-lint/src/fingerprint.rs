//! What stays the same of a finding when the lines around it, the file's name or the wording of a message change.

use rutter_cluster::ObjectRef;

/// 16 hexadecimal digits over the check, the object (without the version of its API) and the way to the value. `nth` tells apart what is
/// alike in all of that. FNV-1a: published, and the same for ever.
pub fn fingerprint(check: &str, object: &ObjectRef, path: &str, nth: usize) -> String {
    let group = object.api_version.rsplit_once('/').map_or("", |(group, _)| group);
    let nth = nth.to_string();
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in [check, group, &object.kind, &object.namespace, &object.name, path, &nth] {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_changes() {
        let object = ObjectRef {
            api_version: "apps/v1".into(),
            kind: "Deployment".into(),
            namespace: "shop".into(),
            name: "web".into(),
            uid: "".into(),
        };
        let print = fingerprint("image-tag", &object, "spec.template.spec.containers[web].image", 0);
        assert_eq!(print, "296bbb0e0001b57b");
        let older = ObjectRef { api_version: "apps/v1beta1".into(), ..object.clone() };
        assert_eq!(print, fingerprint("image-tag", &older, "spec.template.spec.containers[web].image", 0));
        assert_ne!(print, fingerprint("image-tag", &object, "spec.template.spec.containers[web].image", 1));
    }
}
