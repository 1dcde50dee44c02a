//! Sysctls that kubelets don't allow unless told to, and those that no pod can have.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, Version};

pub(crate) static CHECK: Check = Check {
    id: "security-sysctls",
    topic: Topic::Security,
    title: "the kubelet refuses a sysctl",
    severity: Severity::Medium,
    default: true,
    prevents: &["replicas-unavailable", "poison-workload"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

/// Allowed by default, and since which version.
const SAFE: [(&str, Version); 12] = [
    ("kernel.shm_rmid_forced", Version(1, 0)),
    ("net.ipv4.ip_local_port_range", Version(1, 0)),
    ("net.ipv4.tcp_syncookies", Version(1, 0)),
    ("net.ipv4.ping_group_range", Version(1, 18)),
    ("net.ipv4.ip_unprivileged_port_start", Version(1, 22)),
    ("net.ipv4.ip_local_reserved_ports", Version(1, 27)),
    ("net.ipv4.tcp_keepalive_time", Version(1, 29)),
    ("net.ipv4.tcp_fin_timeout", Version(1, 29)),
    ("net.ipv4.tcp_keepalive_intvl", Version(1, 29)),
    ("net.ipv4.tcp_keepalive_probes", Version(1, 29)),
    ("net.ipv4.tcp_rmem", Version(1, 32)),
    ("net.ipv4.tcp_wmem", Version(1, 32)),
];

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    for one in template.spec.items_at(&["securityContext", "sysctls"]) {
        let Some(node) = one.at(&["name"]) else { continue };
        let Some(text) = node.text() else { continue };
        let name = text.replace('/', ".");
        let version = context.settings.version;
        let since = SAFE.iter().find(|(safe, _)| *safe == name).map(|(_, since)| *since);
        if since.is_some_and(|since| version >= since) {
            continue;
        }
        let of_pod =
            ["net.", "kernel.shm", "kernel.msg", "fs.mqueue."].iter().any(|start| name.starts_with(start))
                || name == "kernel.sem";
        let (message, advice) = match since {
            Some(since) => (
                format!(
                    "kubelets allow {text} from {since} on only: those of {version} fail the pod with SysctlForbidden"
                ),
                "take it out, or allow it on the nodes (allowedUnsafeSysctls)",
            ),
            None if of_pod => (
                format!(
                    "{text} is not among the safe sysctls: a kubelet that wasn't told to allow it fails the pod with SysctlForbidden"
                ),
                "allow it on some nodes (allowedUnsafeSysctls), and bind the pod to these",
            ),
            None => (
                format!(
                    "{text} is of the whole node, not of a pod: each kubelet fails the pod with SysctlForbidden"
                ),
                "set it on the nodes: by their image, or by a DaemonSet for the purpose",
            ),
        };
        found.at(node, message).advice(advice);
    }
}
