//! Sockets of Docker, containerd and CRI-O in pods.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, Version, setting};

pub(crate) static CHECK: Check = Check {
    id: "security-docker-sock",
    topic: Topic::Security,
    title: "the pod holds its node's container runtime",
    severity: Severity::High,
    default: true,
    prevents: &["runtime-stuck", "node-leftovers"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

const DOCKER: [&str; 2] = ["/var/run/docker.sock", "/run/docker.sock"];
const OTHERS: [&str; 5] = [
    "/run/containerd/containerd.sock",
    "/var/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/var/run/crio/crio.sock",
    "/run/k3s/containerd/containerd.sock",
];

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let volumes = template.spec.items_at(&["volumes"]).iter();
    let paths = volumes.filter_map(|volume| volume.at(&["hostPath", "path"]));
    let sockets: Vec<_> = paths.filter_map(|path| Some((path, path.text()?.trim_end_matches('/')))).collect();
    let agent = setting::is_agent(context, template);
    // An agent that takes several sockets takes what there is.
    let flexible = sockets.iter().any(|(_, path)| OTHERS.contains(path));
    for (node, path) in sockets {
        let docker = DOCKER.contains(&path);
        if docker && !flexible && context.settings.version >= Version(1, 24) {
            found
                .at(node, format!("{path} is Docker's socket: Kubernetes {} uses none, so the pod finds nothing there, or waits for it", context.settings.version))
                .advice("build images without a runtime (BuildKit, Buildah); ask the kubelet or the API about containers");
        } else if !agent && (docker || OTHERS.contains(&path)) {
            found
                .at(node, format!("{path} is the container runtime's socket: whoever has it is root on the node, and past all quotas"))
                .advice("take it out: build images without a runtime (BuildKit, Buildah)");
        }
    }
}
