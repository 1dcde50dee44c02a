//! Writable folders of the node in workloads whose pods may move.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "host-path",
    topic: Topic::Pod,
    title: "data is written to whatever node the pod is on",
    severity: Severity::Medium,
    default: true,
    prevents: &["disk-pressure", "node-leftovers", "statefulset-unknown-pod"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let volumes = template.spec.items_at(&["volumes"]);
    if volumes.is_empty() || !template.controller.serves() {
        return;
    }
    let mut folders = volumes.iter().filter(|volume| is_folder_for_data(volume)).peekable();
    if folders.peek().is_none()
        || stays(template)
        || setting::is_of_system(context, template)
        || setting::is_patch(template)
    {
        return;
    }
    for volume in folders {
        let name = volume.text_at(&["name"]).unwrap_or_default();
        let writes = template.containers().any(|container| {
            let mounts = container.node.items_at(&["volumeMounts"]);
            mounts.iter().any(|mount| {
                mount.text_at(&["name"]) == Some(name)
                    && mount.at(&["readOnly"]).and_then(Node::bool) != Some(true)
            })
        });
        let Some(path) = volume.at(&["hostPath", "path"]).filter(|_| writes) else { continue };
        let text = path.text().unwrap_or_default();
        found
            .at(
                path,
                format!(
                    "it writes to {text} of the node that it happens to be on: elsewhere the data are missing, and nothing bounds \
                     or removes them"
                ),
            )
            .advice("take a PersistentVolumeClaim, or an emptyDir with a sizeLimit for what may be lost");
    }
}

/// A folder, and not one of those by which a pod reaches the system itself.
fn is_folder_for_data(volume: &Node) -> bool {
    const SYSTEM: [&str; 13] = [
        "/dev",
        "/sys",
        "/proc",
        "/etc",
        "/run",
        "/var/run",
        "/lib",
        "/usr",
        "/boot",
        "/var/log",
        "/var/lib/kubelet",
        "/var/lib/docker",
        "/opt/cni",
    ];
    let Some(path) = volume.text_at(&["hostPath", "path"]) else { return false };
    let kind = volume.text_at(&["hostPath", "type"]).unwrap_or_default();
    let path = path.trim_end_matches('/');
    matches!(kind, "" | "Directory" | "DirectoryOrCreate")
        && !path.is_empty()
        && !SYSTEM.iter().any(|root| setting::is_below(path, root))
}

/// Whether its pods are bound to named nodes.
fn stays(template: &Template<'_>) -> bool {
    const HOST: &str = "kubernetes.io/hostname";
    let affinity =
        ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"];
    let mut terms = template.spec.items_at(&affinity).iter();
    template.spec.at(&["nodeName"]).is_some()
        || template.spec.at(&["nodeSelector", HOST]).is_some()
        || terms.any(|term| {
            let all = ["matchExpressions", "matchFields"].into_iter().flat_map(|list| term.items_at(&[list]));
            all.into_iter().any(|one| matches!(one.text_at(&["key"]), Some(HOST | "metadata.name")))
        })
}
