//! Where objects are found.

use rutter_plan::{Object, plural};

/// The path of all objects of a kind in a namespace, or of all.
pub(super) fn of_all(api_version: &str, namespace: &str, resource: &str) -> String {
    let root = if api_version.contains('/') { "apis" } else { "api" };
    if namespace.is_empty() {
        format!("/{root}/{api_version}/{resource}")
    } else {
        format!("/{root}/{api_version}/namespaces/{}/{resource}", escaped(namespace))
    }
}

/// The path of an object.
pub(super) fn of(object: &Object) -> String {
    let all = of_all(&object.api_version, &object.namespace, &plural(&object.kind));
    format!("{all}/{}", escaped(&object.name))
}

/// A part of a path, whatever characters it has: a plan may come from anybody.
pub(super) fn escaped(part: &str) -> String {
    // A server that tidies paths would walk up.
    if matches!(part, "." | "..") {
        return part.replace('.', "%2E");
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b'.' | b':');
    let escape = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    part.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_kubernetes_own() {
        let node = Object::node("node-a", "");
        assert_eq!(of(&node), "/api/v1/nodes/node-a");
        let deployment = Object {
            api_version: "apps/v1".into(),
            kind: "Deployment".into(),
            namespace: "shop".into(),
            name: "web".into(),
            uid: String::new(),
        };
        assert_eq!(of(&deployment), "/apis/apps/v1/namespaces/shop/deployments/web");
    }

    #[test]
    fn a_name_is_no_way_out_of_its_place() {
        let node = Object::node("../secrets?watch=1", "");
        assert_eq!(of(&node), "/api/v1/nodes/..%2Fsecrets%3Fwatch%3D1");
        assert_eq!(of(&Object::node("..", "")), "/api/v1/nodes/%2E%2E");
    }
}
