//! The controls of the standard `baseline`.

use super::Violation;
use crate::{Container, Template, Version, yaml::Node};

pub(super) const CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Those of the newest standard: what an older one allows is less.
const SYSCTLS: [&str; 14] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_notsent_lowat",
];

const SELINUX: [&str; 5] = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

pub(super) fn violations<'o>(template: &Template<'o>, version: Version) -> Vec<Violation<'o>> {
    let mut found = Vec::new();
    of_pod(template, &mut found);
    for container in template.containers() {
        of_container(&container, &mut found);
        if version >= Version(1, 34) {
            hosts(&container, &mut found);
        }
    }
    found
}

fn of_pod<'o>(template: &Template<'o>, found: &mut Vec<Violation<'o>>) {
    let spec = template.spec;
    for field in ["hostNetwork", "hostPID", "hostIPC"] {
        if let Some(node) = is_on(spec, &[field]) {
            found.push(Violation::of_pod("Host Namespaces", field, node));
        }
    }
    for volume in spec.items_at(&["volumes"]) {
        if let Some(node) = volume.at(&["hostPath"]) {
            let name = volume.text_at(&["name"]).unwrap_or_default();
            found.push(Violation::of_pod("HostPath Volumes", format!("volume {name}"), node));
        }
    }
    if let Some(node) = is_on(spec, &["securityContext", "windowsOptions", "hostProcess"]) {
        found.push(Violation::of_pod("HostProcess", "securityContext.windowsOptions.hostProcess", node));
    }
    for sysctl in spec.items_at(&["securityContext", "sysctls"]) {
        if let Some(node) = sysctl.at(&["name"])
            && let Some(name) = node.text().filter(|name| !SYSCTLS.contains(name))
        {
            found.push(Violation::of_pod("Sysctls", name, node));
        }
    }
    if let Some(metadata) = template.metadata {
        for (key, value) in metadata.entries_at(&["annotations"]) {
            let is = value.text().unwrap_or_default();
            if key.text().is_some_and(|key| key.starts_with(APPARMOR))
                && !(is.is_empty() || is == "runtime/default" || is.starts_with("localhost/"))
            {
                found.push(Violation::of_pod("AppArmor", format!("annotation {is}"), value));
            }
        }
    }
    if let Some(context) = spec.at(&["securityContext"]) {
        for (control, field, node) in profiles(context) {
            found.push(Violation::of_pod(control, format!("securityContext.{field}"), node));
        }
    }
}

fn of_container<'o>(container: &Container<'o>, found: &mut Vec<Violation<'o>>) {
    for port in container.node.items_at(&["ports"]) {
        if let Some(node) = port.at(&["hostPort"]).filter(|node| node.text() != Some("0")) {
            found.push(Violation::of("Host Ports", "hostPort", container, node));
        }
    }
    let Some(context) = container.at(&["securityContext"]) else { return };
    if let Some(node) = is_on(context, &["privileged"]) {
        found.push(Violation::of("Privileged Containers", "securityContext.privileged", container, node));
    }
    if let Some(node) = is_on(context, &["windowsOptions", "hostProcess"]) {
        found.push(Violation::of(
            "HostProcess",
            "securityContext.windowsOptions.hostProcess",
            container,
            node,
        ));
    }
    for node in context.items_at(&["capabilities", "add"]) {
        if node.text().is_some_and(|name| !CAPABILITIES.contains(&name)) {
            let field = format!("capabilities.add {}", node.text().unwrap_or_default());
            found.push(Violation::of("Capabilities", &field, container, node));
        }
    }
    let has_namespace = container.template.spec.at(&["hostUsers"]).and_then(Node::bool) == Some(false);
    if let Some(node) =
        context.at(&["procMount"]).filter(|node| node.text() != Some("Default") && !has_namespace)
    {
        found.push(Violation::of("/proc Mount Type", "securityContext.procMount", container, node));
    }
    for (control, field, node) in profiles(context) {
        found.push(Violation::of(control, &format!("securityContext.{field}"), container, node));
    }
}

/// What pods and containers have in common.
fn profiles(context: &Node) -> Vec<(&'static str, String, &Node)> {
    let mut found = Vec::new();
    for (control, profile) in [("AppArmor", "appArmorProfile"), ("Seccomp", "seccompProfile")] {
        if let Some(node) = context.at(&[profile, "type"])
            && !matches!(node.text(), Some("RuntimeDefault" | "Localhost"))
        {
            found.push((control, format!("{profile}.type"), node));
        }
    }
    for (key, node) in pairs_of(context, "seLinuxOptions") {
        let value = node.text().unwrap_or_default();
        let is_allowed = match key {
            "type" => SELINUX.contains(&value),
            "user" | "role" => value.is_empty(),
            _ => true,
        };
        if !is_allowed {
            found.push(("SELinux", format!("seLinuxOptions.{key}"), node));
        }
    }
    found
}

fn pairs_of<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = (&'n str, &'n Node)> {
    node.entries_at(&[key]).iter().filter_map(|(key, value)| Some((key.text()?, value)))
}

/// Hosts in probes and hooks: by them the kubelet asks for anything in the node's network (1.34+).
fn hosts<'o>(container: &Container<'o>, found: &mut Vec<Violation<'o>>) {
    const PLACES: [[&str; 2]; 5] = [
        ["livenessProbe", ""],
        ["readinessProbe", ""],
        ["startupProbe", ""],
        ["lifecycle", "postStart"],
        ["lifecycle", "preStop"],
    ];
    for place in PLACES {
        let path: Vec<&str> = place.into_iter().filter(|step| !step.is_empty()).collect();
        let Some(handler) = container.at(&path) else { continue };
        for how in ["httpGet", "tcpSocket"] {
            if let Some(node) = handler.at(&[how, "host"]).filter(|node| node.text() != Some("")) {
                let field = format!("{}.{how}.host", path.join("."));
                found.push(Violation::of("Host Probes / Lifecycle Hooks", &field, container, node));
            }
        }
    }
}

fn is_on<'o>(node: &'o Node, path: &[&str]) -> Option<&'o Node> {
    node.at(path).filter(|node| node.bool() == Some(true))
}
