//! Folders of the system in pods that aren't agents of the node.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting};

pub(crate) static CHECK: Check = Check {
    id: "security-host-mount",
    topic: Topic::Security,
    title: "the pod reaches its node's own files",
    severity: Severity::High,
    default: true,
    prevents: &["poison-workload", "disk-pressure"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

/// Whoever reads or writes below these has the node, or the Secrets of its pods.
const SYSTEM: [&str; 13] = [
    "/etc/kubernetes",
    "/root",
    "/boot",
    "/var/lib/kubelet",
    "/var/lib/docker",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/var/lib/etcd",
    "/var/lib/rancher",
    "/proc",
    "/home",
    "/run/containerd",
    "/etc/cni",
];

/// These themselves; single files and folders below them are often harmless.
const ROOTS: [&str; 11] =
    ["", "/etc", "/var", "/var/lib", "/run", "/var/run", "/usr", "/bin", "/sbin", "/lib", "/opt"];

/// How sockets are named: another check is about them.
const SOCKET: &str = ".sock";

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let volumes = template.spec.items_at(&["volumes"]);
    if volumes.is_empty() || setting::is_agent(context, template) || template.is_windows() {
        return;
    }
    for path in volumes.iter().filter_map(|volume| volume.at(&["hostPath", "path"])) {
        let is_socket = |text: &str| text.ends_with(SOCKET);
        let Some(text) = path.text().filter(|text| text.starts_with('/') && !is_socket(text)) else {
            continue;
        };
        let short = text.trim_end_matches('/');
        if ROOTS.contains(&short) || SYSTEM.iter().any(|folder| setting::is_below(short, folder)) {
            found
                .at(path, format!("{text} of its node is part of the system: whoever takes the pod over has the node or the Secrets on it"))
                .advice("take it out, or name the single file that is needed, with readOnly: true");
        }
    }
}
