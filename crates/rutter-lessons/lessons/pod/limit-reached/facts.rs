//! What bounds the memory of a container, and what is known of its use.

use rutter_cluster::{
    Quantity, Time,
    objects::{Container, Event, Pod, PodTemplate, ReplicaSet, Terminated},
};

use crate::{Context, Evidence, containers::Role, memory};

const MEMORY: &str = "memory";

/// What bounds a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// Its own limit.
    Container(Quantity),
    /// Only the limit of the whole pod.
    Pod(Quantity),
    /// Only what its node has.
    None,
}

pub(super) fn bound(pod: &Pod, container: &str) -> Bound {
    let own = pod.container(container).and_then(|container| container.resources.limits.get(MEMORY));
    match (own, pod.spec.resources.limits.get(MEMORY)) {
        (Some(limit), _) => Bound::Container(limit),
        (None, Some(limit)) => Bound::Pod(limit),
        (None, None) => Bound::None,
    }
}

impl Bound {
    pub(super) fn variant(self) -> &'static str {
        match self {
            Self::Container(_) => "container",
            Self::Pod(_) => "pod-limit",
            Self::None => "node-memory",
        }
    }

    pub(super) fn limit(self) -> Option<Quantity> {
        match self {
            Self::Container(limit) | Self::Pod(limit) => Some(limit),
            Self::None => None,
        }
    }

    pub(super) fn evidence(self, pod: &Pod, container: &str) -> Option<Evidence> {
        let list = Role::of(pod, container).spec_list();
        let own = pod.container(container)?;
        let (path, limit) = match self {
            Self::Container(limit) => {
                (format!("spec.{list}[{container}].resources.limits[memory]"), limit.to_string())
            }
            Self::Pod(limit) => ("spec.resources.limits[memory]".to_owned(), limit.to_string()),
            Self::None => (format!("spec.{list}[{container}].resources.limits[memory]"), "none".to_owned()),
        };
        let of_pod = matches!(self, Self::Pod(_));
        let requests = if of_pod { &pod.spec.resources.requests } else { &own.resources.requests };
        let request = requests.get(MEMORY);
        let request = request.map_or_else(|| "none".to_owned(), |request| request.to_string());
        Some(Evidence::field(pod, path, format!("{limit} (request {request})"), None))
    }
}

/// What may explain the use, to stand behind semicolons.
pub(super) fn hints(
    context: &Context<'_>,
    pod: &Pod,
    container: &str,
    bound: Bound,
    kill: &Terminated,
) -> Vec<String> {
    let heap = jvm(pod, container).zip(bound.limit()).and_then(|(jvm, limit)| jvm.too_large(limit));
    let volume = memory_volume(pod)
        .map(|volume| format!("files in its memory-backed volume {} count too", volume.name));
    let raised = raised(context, pod, container, kill).map(|raised| raised.phrase);
    [heap, volume, raised].into_iter().flatten().collect()
}

/// A Java program, by its command or its image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Jvm {
    /// Its `-Xmx…`, verbatim and in bytes.
    heap: Option<(String, u64)>,
}

pub(super) fn jvm(pod: &Pod, container: &str) -> Option<Jvm> {
    let container = pod.container(container)?;
    let words = || container.command.iter().chain(&container.args).flat_map(|text| text.split_whitespace());
    let heap =
        words().filter_map(|word| Some((word.to_owned(), size(word.strip_prefix("-Xmx")?)?))).next_back();
    let started = words().any(|word| word == "java" || word.ends_with("/java"));
    (started || heap.is_some() || is_java_image(&container.image)).then_some(Jvm { heap })
}

fn is_java_image(image: &str) -> bool {
    const NAMES: [&str; 8] = ["java", "openjdk", "jdk", "jre", "temurin", "corretto", "tomcat", "zulu"];
    let words = image.split(|c: char| !c.is_ascii_alphabetic());
    words.into_iter().any(|word| NAMES.contains(&word))
}

/// A size as the JVM writes it: `512m`, `2g`, bytes.
fn size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..)?.to_ascii_lowercase().as_str() {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        "t" => 1 << 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

impl Jvm {
    /// A heap above three quarters leaves too little for stacks, metaspace and buffers.
    fn too_large(&self, limit: Quantity) -> Option<String> {
        let (word, bytes) = self.heap.as_ref()?;
        let limit = u64::try_from(limit.units()).ok()?;
        let quarter = limit / 4;
        (*bytes > quarter.saturating_mul(3))
            .then(|| format!("its {word} leaves too little of that for what the JVM needs beside the heap"))
    }

    pub(super) fn evidence(&self, pod: &Pod, container: &str) -> Option<Evidence> {
        let (word, _) = self.heap.as_ref()?;
        let list = Role::of(pod, container).spec_list();
        let named = |container: &Container| container.args.iter().any(|text| text.contains(word.as_str()));
        let field = if pod.container(container).is_some_and(named) { "args" } else { "command" };
        Some(Evidence::field(pod, format!("spec.{list}[{container}].{field}"), word.as_str(), None))
    }
}

/// A volume whose files are held in memory.
pub(super) struct MemoryVolume<'p> {
    pub(super) name: &'p str,
    limit: Option<Quantity>,
}

pub(super) fn memory_volume(pod: &Pod) -> Option<MemoryVolume<'_>> {
    pod.spec.volumes.iter().find_map(|volume| {
        let dir = volume.empty_dir.as_ref().filter(|dir| dir.medium == "Memory")?;
        Some(MemoryVolume { name: &volume.name, limit: dir.size_limit })
    })
}

impl MemoryVolume<'_> {
    pub(super) fn evidence(&self, pod: &Pod) -> Evidence {
        let limit = self.limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
        let path = format!("spec.volumes[{}].emptyDir.medium", self.name);
        Evidence::field(pod, path, format!("Memory (sizeLimit {limit})"), None)
    }
}

/// A limit that is higher by now than when the container was killed.
pub(super) struct Raised {
    /// Since when, where that is known.
    pub(super) when: Option<Time>,
    pub(super) phrase: String,
    pub(super) evidence: Evidence,
}

/// Whether the limit was raised: in place, or in the template that later pods are made from.
pub(super) fn raised(context: &Context<'_>, pod: &Pod, container: &str, kill: &Terminated) -> Option<Raised> {
    in_place(context, pod, kill).or_else(|| in_template(context, pod, container))
}

/// In-place resize (1.33+ by default) leaves an event; only the new limit is in the pod then.
fn in_place(context: &Context<'_>, pod: &Pod, kill: &Terminated) -> Option<Raised> {
    let events = context.events(pod).ok()?;
    let event = events
        .iter()
        .rev()
        .find(|event| event.reason == "ResizeCompleted" && event.last_seen() > kill.finished_at)?;
    Some(Raised {
        when: event.last_seen(),
        phrase: "the pod was resized since".to_owned(),
        evidence: Evidence::event(event),
    })
}

fn in_template(context: &Context<'_>, pod: &Pod, container: &str) -> Option<Raised> {
    let top = context.top_owner(pod);
    let deployment =
        context.deployment(&top.namespace, &top.name).ok()?.filter(|_| top.kind == "Deployment")?;
    let old = bound(pod, container).limit()?;
    let new = limit_in(&deployment.spec.template, container)?;
    if new <= old {
        return None;
    }
    let sets = context.replica_sets(deployment).unwrap_or_default();
    let made_of = |set: &&&ReplicaSet| limit_in(&set.spec.template, container) == Some(new);
    let when = sets.iter().filter(made_of).filter_map(|set| set.meta.created).min();
    let path = format!("spec.template.spec.containers[{container}].resources.limits[memory]");
    Some(Raised {
        when,
        phrase: format!("the Deployment's template has {new} by now, and this pod is from before"),
        evidence: Evidence::field(deployment, path, new.to_string(), when),
    })
}

fn limit_in(template: &PodTemplate, container: &str) -> Option<Quantity> {
    let all = template.spec.containers.iter().chain(&template.spec.init_containers);
    all.into_iter().find(|own| own.name == container)?.resources.limits.get(MEMORY)
}

/// The node's own report that it ran out, within a minute of the kill.
pub(super) fn node_out_of_memory(context: &Context<'_>, pod: &Pod, kill: &Terminated) -> Option<Evidence> {
    let at = kill.finished_at?;
    let node = context.node(&pod.spec.node_name).ok()??;
    let events = context.events(node).ok()?;
    let near = |event: &&&Event| {
        event.reason == "SystemOOM"
            && event.last_seen().is_some_and(|seen| seen.since(at).abs() <= 60)
            && !memory::is_retold(event, &events)
    };
    events.iter().find(near).map(|event| Evidence::event(event))
}

/// What a node could still promise, in bytes: its allocatable memory without what its pods request.
pub(super) fn unrequested(context: &Context<'_>, pod: &Pod) -> Option<u64> {
    let node = context.node(&pod.spec.node_name).ok()??;
    let room = node.status.allocatable.get(MEMORY)?.units();
    let pods = context.pods_on(&pod.spec.node_name).ok()?;
    let request = |container: &Container| container.resources.requests.get(MEMORY).map_or(0, Quantity::units);
    let stays = |container: &&Container| container.restart_policy == "Always";
    let of_pod = |pod: &Pod| {
        let sidecars = pod.spec.init_containers.iter().filter(stays);
        pod.spec.containers.iter().chain(sidecars).map(request).fold(0, i64::saturating_add)
    };
    let requested =
        pods.iter().filter(|pod| !pod.is_finished()).map(|pod| of_pod(pod)).fold(0, i64::saturating_add);
    u64::try_from(room.saturating_sub(requested)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_a_heap() {
        assert_eq!(size("512m"), Some(512 << 20));
        assert_eq!(size("2G"), Some(2 << 30));
        assert_eq!(size("1024"), Some(1024));
        for wrong in ["", "m", "1x", "99999999999999999999g", "é"] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn images_of_java() {
        assert!(is_java_image("eclipse-temurin:21-jre") && is_java_image("registry.local/base/java:17"));
        assert!(!is_java_image("node:20") && !is_java_image("shop/javascript-tools:1"));
    }
}
