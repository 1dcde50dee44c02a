//! Comparing what is used with what counts, by the kubelets' own figures; the first node speaks for all.
//!
//! A cache that fills all memory is how a healthy machine looks: it is worth a word only where something is wrong that memory
//! might be blamed for.

use rutter_cluster::{
    MemoryStats, ObjectRef, PodStats, Quantity, Resource, Str,
    objects::{Condition, Container, Node, Pod},
};

use super::ID;
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, hosting, words};

/// From this share of the memory on, in percent, something looks full.
const FULL: u64 = 85;

/// Up to this share it isn't.
const FREE: u64 = 60;

/// So long after a container ended, in seconds, somebody asks why.
const LATELY: i64 = 3600;

const NAMED: usize = 3;
const SHOWN: usize = 4;

/// Memory that looks full and isn't, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Misread {
    used: u64,
    working_set: u64,
    room: u64,
}

impl Misread {
    /// `None` where it doesn't look full, or is.
    fn of(memory: &MemoryStats, room: u64) -> Option<Self> {
        let (used, working_set) = (memory.usage_bytes?, memory.working_set_bytes?);
        let is_misread = room > 0 && percent(used, room) >= FULL && percent(working_set, room) <= FREE;
        is_misread.then_some(Self { used, working_set, room })
    }

    /// `usage 93 % (3.5Gi of 3.8Gi), working set 31 % (1.2Gi)`.
    fn phrase(&self) -> String {
        let Self { used, working_set, room } = *self;
        format!(
            "usage {} % ({} of {}), working set {} % ({})",
            percent(used, room),
            words::bytes(used),
            words::bytes(room),
            percent(working_set, room),
            words::bytes(working_set)
        )
    }
}

fn percent(part: u64, of: u64) -> u64 {
    u64::try_from(u128::from(part) * 100 / u128::from(of.max(1))).unwrap_or(u64::MAX)
}

/// What looks full on all nodes: nodes, and containers against their limits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Misreads {
    nodes: Vec<(Str, Misread)>,
    containers: Vec<(ObjectRef, Str, Misread)>,
}

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    if context.kubelet(&node.meta.name).is_none() {
        return Ok(());
    }
    let misreads = context.kept("memory that looks full", &ObjectRef::default(), of_all);
    let first = misreads.nodes.first().map(|(name, _)| name);
    let speaker = first.cloned().or_else(|| {
        let pod = context.pod(&misreads.containers.first()?.0)?;
        Some(pod.spec.node_name.clone())
    });
    if speaker.is_some_and(|speaker| speaker == node.meta.name) {
        findings.push(finding(context, node, &misreads));
    }
    Ok(())
}

fn of_all(context: &Context<'_>, _: &ObjectRef) -> Misreads {
    let mut all = Misreads::default();
    let Ok(nodes) = context.nodes() else { return all };
    for node in nodes {
        let Some(stats) = context.kubelet(&node.meta.name).and_then(|kubelet| kubelet.stats.as_ref()) else {
            continue;
        };
        let capacity = node.status.capacity.get("memory").map(Quantity::units);
        let capacity = capacity.and_then(|bytes| u64::try_from(bytes).ok()).filter(|_| is_unwell(node));
        let misread = capacity.and_then(|capacity| Misread::of(&stats.node.memory, capacity));
        all.nodes.extend(misread.map(|misread| (node.meta.name.clone(), misread)));
        for pod in context.pods_on(&node.meta.name).unwrap_or_default() {
            all.containers.extend(of_pod(context, &stats.pods, pod));
        }
    }
    all
}

/// Whether something is wrong with a node that isn't its memory, by its own account.
fn is_unwell(node: &Node) -> bool {
    let has = |kind: &str| node.condition(kind).is_some_and(Condition::is_true);
    !has("MemoryPressure") && (!node.is_ready() || has("DiskPressure") || has("PIDPressure"))
}

/// Its containers that look as if they were at their limits, and began anew lately for another reason.
fn of_pod(context: &Context<'_>, stats: &[PodStats], pod: &Pod) -> Vec<(ObjectRef, Str, Misread)> {
    let mine =
        |stats: &&PodStats| stats.pod.name == pod.meta.name && stats.pod.namespace == pod.meta.namespace;
    let Some(stats) = stats.iter().find(mine) else { return Vec::new() };
    let misread = |container: &Container| {
        let limit = u64::try_from(container.resources.limits.get("memory")?.units()).ok()?;
        let stats = stats.containers.iter().find(|stats| stats.name == container.name)?;
        let misread =
            Misread::of(&stats.memory, limit).filter(|_| ended_lately(context, pod, &container.name))?;
        Some((pod.object_ref(), container.name.clone(), misread))
    };
    pod.spec.containers.iter().filter_map(misread).collect()
}

/// Whether a container ended within the last hour, and not because of its memory.
fn ended_lately(context: &Context<'_>, pod: &Pod, container: &str) -> bool {
    let mut statuses = pod.container_statuses().map(|(status, _)| status);
    let status = statuses.find(|status| status.name == container);
    let end = status.and_then(|status| status.last_state.terminated.as_ref());
    end.is_some_and(|end| {
        let at = end.finished_at;
        // 137 may be the kernel's, whatever the runtime made of it.
        !matches!(end.exit_code, 0 | 137)
            && end.reason != "OOMKilled"
            && at.is_some_and(|at| context.is_younger(at, LATELY))
    })
}

fn finding(context: &Context<'_>, node: &Node, misreads: &Misreads) -> Finding {
    let mut finding = Finding::about(ID, node);
    finding.severity = Severity::Info;
    // The figures are of now, not of when something went wrong.
    finding.confidence = Confidence::Likely;
    let known =
        misreads.nodes.iter().filter_map(|(name, misread)| Some((context.node(name).ok()??, misread)));
    let known: Vec<(&Node, &Misread)> = known.collect();
    finding.instances = known.iter().map(|(node, _)| node.object_ref()).collect();
    if finding.instances.is_empty() {
        finding.instances = vec![node.object_ref()];
    }
    finding.message = message(&known, misreads);
    let nodes = known
        .iter()
        .take(SHOWN)
        .map(|(node, misread)| Evidence::field(*node, "stats/summary node.memory", misread.phrase(), None));
    let pods = misreads.containers.iter().take(SHOWN).filter_map(|(pod, container, misread)| {
        let pod = context.pod(pod)?;
        Some(Evidence::field(
            pod,
            format!("stats/summary containers[{container}].memory"),
            misread.phrase(),
            None,
        ))
    });
    finding.evidence = nodes.chain(pods).collect();
    finding
}

fn message(nodes: &[(&Node, &Misread)], misreads: &Misreads) -> String {
    let names: Vec<&str> = nodes.iter().map(|(node, _)| node.meta.name.as_str()).collect();
    let containers: Vec<String> = misreads
        .containers
        .iter()
        .map(|(pod, container, _)| format!("{container} of {}/{}", pod.namespace, pod.name))
        .collect();
    let on_nodes = nodes.first().map(|(_, misread)| {
        let verb = "looks";
        let is = if nodes.len() == 1 { "is" } else { "are" };
        format!(
            "memory {verb} full on {} ({}), which {is} unwell",
            words::list(&names, NAMED),
            misread.phrase()
        )
    });
    let of_pods = misreads.containers.first().map(|(_, _, misread)| {
        let verb = if containers.len() == 1 { "looks" } else { "look" };
        let of = hosting::are(containers.len(), "container");
        let many = if containers.len() == 1 { String::new() } else { format!(" ({of} so)") };
        format!(
            "{} began anew lately and {verb} as if near the limit{many} ({})",
            words::list(&containers, NAMED),
            misread.phrase()
        )
    });
    let all: Vec<String> = on_nodes.into_iter().chain(of_pods).collect();
    format!(
        "{}: the difference is the kernel's cache of files, which it gives back when somebody needs the room",
        all.join("; ")
    )
}
