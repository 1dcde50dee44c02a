//! What to do: see what the node is busy with, keep more from coming, and give the probes time.

use super::{detect, slow::Slow};
use crate::{Context, Finding, Remedy, Risk, hosting};

/// So many workloads' probes are changed by a command that is shown.
const SHOWN: usize = 3;

/// What a probe should wait at least, in seconds.
const PATIENT: i64 = 5;

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = &finding.object.name;
    let node = hosting::node_of(context, finding);
    let mut steps = vec![look(name)];
    if finding.variant == "network" {
        steps.push(network(name));
    } else {
        steps.push(runtime(name, hosting::runtime_unit(node)));
    }
    steps.push(Remedy::new(
        Risk::Reversible,
        format!(
            "if {name} is overloaded, let no more pods come to it, then have the owner of the heaviest pods give them requests \
             that match their use; undo it with kubectl uncordon {name}"
        ),
        [format!("kubectl cordon {name}")],
    ));
    let slowed = node.and_then(|node| detect::slowed(context, node));
    let commands: Vec<String> =
        slowed.iter().flat_map(|slowed| &slowed.pods).filter_map(patience).take(SHOWN).collect();
    if !commands.is_empty() {
        steps.push(Remedy::new(
            Risk::Disruptive,
            format!(
                "once the node is calm, give probes that wait less {PATIENT}s; in the manifests too, as it rolls the workload, \
                 and not while the other nodes have no room"
            ),
            commands,
        ));
    }
    steps
}

fn look(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!("see what {name} is busy with (the last command as root on it): load above the processors, pressure, processes"),
        [
            format!("kubectl top node {name}"),
            format!("kubectl describe node {name}"),
            "nproc; uptime; grep . /proc/pressure/cpu /proc/pressure/io /proc/pressure/memory; ps -eo pid,stat,pcpu,comm \
             --sort=-pcpu | head -15"
                .to_owned(),
        ],
    )
}

fn runtime(name: &str, unit: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!("on {name} as root, see whether the runtime answers at once, and what it complains of"),
        [
            "time timeout 10 crictl version".to_owned(),
            format!("journalctl -u {unit} -u kubelet --since -15min | tail -50"),
        ],
    )
}

fn network(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "see whether the agent of the pod network on {name} is well: only probes that ask a port fail"
        ),
        [format!("kubectl get pods -A -o wide --field-selector spec.nodeName={name}")],
    )
}

/// A patch that gives the probes of a container time, for workloads whose template can be changed.
fn patience(slow: &Slow<'_>) -> Option<String> {
    let owner = &slow.owner;
    let container = slow.container?;
    if !matches!(owner.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet") {
        return None;
    }
    let probes = [
        ("livenessProbe", &container.liveness_probe),
        ("readinessProbe", &container.readiness_probe),
        ("startupProbe", &container.startup_probe),
    ];
    let short = probes
        .iter()
        .filter(|(_, probe)| probe.as_ref().is_some_and(|probe| probe.timeout_seconds < PATIENT));
    let changes: Vec<String> =
        short.map(|(name, _)| format!("\"{name}\":{{\"timeoutSeconds\":{PATIENT}}}")).collect();
    if changes.is_empty() {
        return None;
    }
    Some(format!(
        "kubectl -n {} patch {} {} -p '{{\"spec\":{{\"template\":{{\"spec\":{{\"containers\":[{{\"name\":\"{}\",{}}}]}}}}}}}}'",
        owner.namespace,
        owner.kind.to_lowercase(),
        owner.name,
        container.name,
        changes.join(",")
    ))
}
