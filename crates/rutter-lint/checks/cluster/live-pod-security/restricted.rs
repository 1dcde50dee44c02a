//! The controls that the standard `restricted` adds to `baseline`.

use super::Violation;
use crate::{Container, Template, Version, yaml::Node};

/// Kinds of volumes that are allowed; `image` is younger than the list.
const VOLUMES: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
    "image",
];

pub(super) fn violations<'o>(template: &Template<'o>, version: Version) -> Vec<Violation<'o>> {
    let spec = template.spec;
    let mut found = Vec::new();
    volumes(template, &mut found);
    // With users of its own, a pod's root is nobody on the node (beta in 1.35).
    let has_users = spec.at(&["hostUsers"]).and_then(Node::bool) == Some(false);
    if !has_users {
        users(template, version, &mut found);
    }
    // What is of Linux alone isn't asked of pods that say that they are of Windows.
    let is_windows = spec.text_at(&["os", "name"]) == Some("windows");
    if is_windows && version >= Version(1, 25) {
        return found;
    }
    for container in template.containers() {
        privileges(&container, version, &mut found);
    }
    found
}

fn volumes<'o>(template: &Template<'o>, found: &mut Vec<Violation<'o>>) {
    for volume in template.spec.items_at(&["volumes"]) {
        let sources = volume.entries().iter().filter_map(|(key, value)| Some((key.text()?, value)));
        for (source, node) in sources {
            // Said by the baseline already.
            if !matches!(source, "name" | "hostPath") && !VOLUMES.contains(&source) && !node.is_null() {
                let name = volume.text_at(&["name"]).unwrap_or_default();
                found.push(Violation::of_pod("Volume Types", format!("{source} of volume {name}"), node));
            }
        }
    }
}

fn users<'o>(template: &Template<'o>, version: Version, found: &mut Vec<Violation<'o>>) {
    const NON_ROOT: &str = "Running as Non-root";
    const USER: &str = "Running as Non-root user";
    let spec = template.spec;
    let of_pod = spec.at(&["securityContext", "runAsNonRoot"]);
    if let Some(node) = of_pod.filter(|node| node.bool() == Some(false)) {
        found.push(Violation::of_pod(NON_ROOT, "securityContext.runAsNonRoot", node));
    }
    let zero = |node: &&Node| node.integer() == Some(0) && version >= Version(1, 23);
    if let Some(node) = spec.at(&["securityContext", "runAsUser"]).filter(zero) {
        found.push(Violation::of_pod(USER, "securityContext.runAsUser", node));
    }
    for container in template.containers() {
        let own = container.at(&["securityContext", "runAsNonRoot"]);
        let is_met = own.map_or(of_pod.and_then(Node::bool) == Some(true), |own| own.bool() == Some(true));
        let said = own.is_none() && of_pod.and_then(Node::bool) == Some(false);
        if !is_met && !said {
            let node = own.unwrap_or_else(|| container.head());
            found.push(Violation::of(NON_ROOT, "securityContext.runAsNonRoot", &container, node));
        }
        if let Some(node) = container.at(&["securityContext", "runAsUser"]).filter(zero) {
            found.push(Violation::of(USER, "securityContext.runAsUser", &container, node));
        }
    }
}

fn privileges<'o>(container: &Container<'o>, version: Version, found: &mut Vec<Violation<'o>>) {
    let own = |field: &str| container.at(&["securityContext", field]);
    let escalation = own("allowPrivilegeEscalation");
    if escalation.and_then(Node::bool) != Some(false) && version >= Version(1, 8) {
        let node = escalation.unwrap_or_else(|| container.head());
        let field = "securityContext.allowPrivilegeEscalation";
        found.push(Violation::of("Privilege Escalation", field, container, node));
    }
    if version >= Version(1, 19)
        && container.security("seccompProfile").and_then(|one| one.get("type")).is_none()
    {
        let field = "securityContext.seccompProfile.type";
        found.push(Violation::of("Seccomp", field, container, container.head()));
    }
    if version < Version(1, 22) {
        return;
    }
    let capabilities = own("capabilities");
    let drops = capabilities.map_or(&[][..], |one| one.items_at(&["drop"]));
    if !drops.iter().any(|one| one.text() == Some("ALL")) {
        let node = capabilities.unwrap_or_else(|| container.head());
        found.push(Violation::of("Capabilities", "securityContext.capabilities.drop", container, node));
    }
    for node in capabilities.map_or(&[][..], |one| one.items_at(&["add"])) {
        // What the baseline forbids it has said.
        if node
            .text()
            .is_some_and(|name| name != "NET_BIND_SERVICE" && super::baseline::CAPABILITIES.contains(&name))
        {
            let field = format!("capabilities.add {}", node.text().unwrap_or_default());
            found.push(Violation::of("Capabilities", &field, container, node));
        }
    }
}
