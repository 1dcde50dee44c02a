//! An end in words, with the figures that decide.

use rutter_cluster::objects::{Node, Pod, Volume};

use crate::{
    Context, Evidence,
    texts::{
        Amount,
        eviction::{ContainerUse, Eviction, Resource},
        pod_end::PodEnd,
    },
    words,
};

/// What happened to a pod: without figures that differ from replica to replica.
pub(super) fn message(context: &Context<'_>, pod: &Pod, end: &PodEnd<'_>) -> String {
    match end {
        PodEnd::Evicted(Eviction::NodeLow { resource, threshold, available, containers, .. }) => {
            let threshold_phrase =
                threshold.map(|amount| below(context, pod, *resource, amount)).unwrap_or_default();
            let part = part(*resource, *threshold, *available, containers);
            format!("evicted by the kubelet because its node ran low on {resource}{threshold_phrase}{part}")
        }
        PodEnd::Evicted(Eviction::Refused { conditions }) => {
            format!("not let in by the kubelet, because its node had {}", conditions.join(" and "))
        }
        PodEnd::Evicted(eviction @ Eviction::EmptyDirLimit { volume, .. }) => {
            let memory = volume_named(pod, volume).is_some_and(in_memory);
            format!(
                "evicted by the kubelet: {eviction}{}",
                if memory { " (it is held in memory)" } else { "" }
            )
        }
        PodEnd::Evicted(eviction) => format!("evicted by the kubelet: {eviction}"),
        PodEnd::OutOf { resource, requested, .. } => {
            let wanted =
                requested.map_or_else(String::new, |n| format!(" for a request of {}", amount(resource, n)));
            format!("not let in by the kubelet, because its node had too little {resource} left{wanted}")
        }
        PodEnd::Refused { reason } => format!("{}: {}", refused(pod), refusal(reason)),
        PodEnd::UnexpectedAdmission { detail } => {
            format!(
                "not let in by the kubelet: {}",
                detail.trim_start_matches("Pod was rejected: ").trim_end_matches('.')
            )
        }
        PodEnd::NodeShutdown => "ended because its node was shut down".to_owned(),
        PodEnd::RefusedByShutdown => "not let in, because its node was being shut down".to_owned(),
        PodEnd::Preempted { by: None } => "ended by the kubelet to make room for a critical pod".to_owned(),
        end => end.to_string(),
    }
}

/// ` (below 100Mi, the default hard threshold)`.
fn below(context: &Context<'_>, pod: &Pod, resource: Resource<'_>, threshold: Amount<'_>) -> String {
    let Some(number) = threshold.number else {
        return format!(" (below its threshold of {})", threshold.text);
    };
    let node = context.node(&pod.spec.node_name).ok().flatten();
    let default = match resource {
        Resource::Memory => (number == 100 << 20).then_some("the default hard threshold"),
        Resource::EphemeralStorage => node.and_then(|node| share(node, number)),
        _ => None,
    };
    let shown = if counts(resource) { number.to_string() } else { words::bytes(number) };
    match default {
        Some(default) => format!(" (below {shown}, {default})"),
        None => format!(" (below its threshold of {shown})"),
    }
}

/// Which default a threshold is, as a share of the node's disk: 10 % for the kubelet's, 15 % for the images'.
fn share(node: &Node, threshold: u64) -> Option<&'static str> {
    let disk = u64::try_from(node.status.capacity.get("ephemeral-storage")?.units())
        .ok()
        .filter(|disk| *disk > 0)?;
    match (threshold.saturating_mul(1000) + disk / 2) / disk {
        99..=101 => Some("the default 10% of the kubelet's file system"),
        149..=151 => Some("the default 15% of the image file system"),
        _ => None,
    }
}

fn counts(resource: Resource<'_>) -> bool {
    matches!(resource, Resource::Pids | Resource::Inodes | Resource::NodeFsInodes | Resource::ImageFsInodes)
}

/// The pod's own part. The kubelet names the containers that used more than they had requested, and no other.
fn part(
    resource: Resource<'_>,
    threshold: Option<Amount<'_>>,
    left: Option<Amount<'_>>,
    all: &[ContainerUse<'_>],
) -> String {
    let Some(worst) = worst(all) else {
        let told = matches!(resource, Resource::Memory | Resource::EphemeralStorage);
        return if told {
            "; none of its containers used more than it had requested".to_owned()
        } else {
            String::new()
        };
    };
    let used: u64 = all.iter().filter_map(|container| container.usage.number).fold(0, u64::saturating_add);
    let lacking =
        threshold.zip(left).and_then(|(threshold, left)| threshold.number?.checked_sub(left.number?));
    if lacking.map_or(used < 1 << 20, |lacking| used < lacking / 10) {
        return "; what it used itself is too little to matter".to_owned();
    }
    format!(
        "; it was chosen because container {} used more than its request of {}",
        worst.container, worst.request.text
    )
}

/// The container furthest above its request.
fn worst<'a, 'b>(all: &'b [ContainerUse<'a>]) -> Option<&'b ContainerUse<'a>> {
    let above = |container: &&ContainerUse<'_>| {
        container.usage.number.unwrap_or(0).saturating_sub(container.request.number.unwrap_or(0))
    };
    all.iter().max_by_key(above)
}

/// A pod can be refused after it has run for weeks: a kubelet that restarts looks at all its pods anew.
fn refused(pod: &Pod) -> &'static str {
    let ran = pod.container_statuses().any(|(status, _)| status.state.terminated.is_some());
    if ran {
        "ended by the kubelet, which checks its pods again when it restarts"
    } else {
        "not let in by the kubelet"
    }
}

/// The container that an eviction blames, if it blames one.
pub(super) fn blamed<'a>(eviction: &Eviction<'a>) -> Option<&'a str> {
    match eviction {
        Eviction::NodeLow { containers, .. } => worst(containers).map(|worst| worst.container),
        Eviction::ContainerLimit { container, .. } => Some(container),
        _ => None,
    }
}

fn refusal(reason: &str) -> String {
    let what = match reason {
        "NodeAffinity" | "MatchNodeSelector" => "the node's labels don't match what it asks for",
        "NodePorts" | "PodFitsHostPorts" | "HostPortConflict" => "a host port that it asks for was taken",
        "TopologyAffinityError" => "its CPUs, memory and devices don't fit one NUMA node",
        "PodOSNotSupported" | "PodOSSelectorNodeLabelDoesNotMatch" => {
            "it is made for another operating system"
        }
        _ => return reason.to_owned(),
    };
    format!("{what} ({reason})")
}

/// An amount of a resource, cpu in thousandths.
fn amount(resource: &str, number: u64) -> String {
    match resource {
        "cpu" => format!("{number}m"),
        "memory" | "ephemeral-storage" => words::bytes(number),
        _ => number.to_string(),
    }
}

fn volume_named<'p>(pod: &'p Pod, name: &str) -> Option<&'p Volume> {
    pod.spec.volumes.iter().find(|volume| volume.name == name)
}

fn in_memory(volume: &Volume) -> bool {
    volume.empty_dir.as_ref().is_some_and(|dir| dir.medium == "Memory")
}

/// This pod's figures: what the worst container used against its request, or the limit that was passed.
pub(super) fn figures(pod: &Pod, eviction: &Eviction<'_>) -> Option<Evidence> {
    match eviction {
        Eviction::NodeLow { resource, containers, .. } => {
            let worst = worst(containers)?;
            let path =
                format!("spec.containers[{}].resources.requests[{}]", worst.container, api_name(*resource));
            let used = worst.usage.number.map_or_else(|| worst.usage.text.to_owned(), words::bytes);
            Some(Evidence::field(pod, path, format!("{} (used {used})", worst.request.text), None))
        }
        Eviction::EmptyDirLimit { volume, limit } => {
            let path = format!("spec.volumes[{volume}].emptyDir.sizeLimit");
            Some(Evidence::field(pod, path, limit.text, None))
        }
        Eviction::ContainerLimit { container, limit } => {
            let path = format!("spec.containers[{container}].resources.limits[ephemeral-storage]");
            Some(Evidence::field(pod, path, limit.text, None))
        }
        Eviction::PodLimit { .. } => {
            let limits = pod.spec.containers.iter().filter_map(|container| {
                let limit = container.resources.limits.get("ephemeral-storage")?;
                Some(format!(
                    "{} {}",
                    container.name,
                    words::bytes(u64::try_from(limit.units()).unwrap_or(0))
                ))
            });
            let limits: Vec<String> = limits.collect();
            let path = "spec.containers[*].resources.limits[ephemeral-storage]";
            (!limits.is_empty()).then(|| Evidence::field(pod, path, words::list(&limits, 4), None))
        }
        Eviction::Refused { .. } => None,
    }
}

fn api_name(resource: Resource<'_>) -> &'static str {
    if resource == Resource::Memory { "memory" } else { "ephemeral-storage" }
}
