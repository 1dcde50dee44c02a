//! Comparing what a container uses with what counts, by its kubelet's own figures.
//!
//! A cache that fills all memory is how a healthy machine looks, and a container that writes logs: it is worth a word only where a
//! container ended lately, and memory might be blamed for it.

use rutter_cluster::{
    ContainerStats, PodStats,
    objects::{Container, Pod},
};

use super::ID;
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, words};

/// From this share of the limit on, in percent, something looks full.
const FULL: u64 = 85;

/// Up to this share it isn't.
const FREE: u64 = 60;

/// So long after a container ended, in seconds, somebody asks why.
const LATELY: i64 = 3600;

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    let Some(stats) = context.kubelet(&pod.spec.node_name).and_then(|kubelet| kubelet.stats.as_ref()) else {
        return Ok(());
    };
    let mine =
        |stats: &&PodStats| stats.pod.name == pod.meta.name && stats.pod.namespace == pod.meta.namespace;
    let Some(stats) = stats.pods.iter().find(mine) else { return Ok(()) };
    for container in
        pod.spec.containers.iter().filter(|container| ended_lately(context, pod, &container.name))
    {
        let stats = stats.containers.iter().find(|stats| stats.name == container.name);
        let misread = stats.and_then(|stats| misread(container, stats));
        findings.extend(misread.map(|phrase| finding(context, pod, container, &phrase)));
    }
    Ok(())
}

/// `usage 93 % of its limit (238Mi of 256Mi), working set 31 % (80Mi)`, where that looks full and isn't.
fn misread(container: &Container, stats: &ContainerStats) -> Option<String> {
    let limit =
        u64::try_from(container.resources.limits.get("memory")?.units()).ok().filter(|limit| *limit > 0)?;
    let (used, working_set) = (stats.memory.usage_bytes?, stats.memory.working_set_bytes?);
    let (full, free) = (percent(used, limit), percent(working_set, limit));
    (full >= FULL && free <= FREE).then(|| {
        format!(
            "usage {full} % of its limit ({} of {}), working set {free} % ({})",
            words::bytes(used),
            words::bytes(limit),
            words::bytes(working_set)
        )
    })
}

fn percent(part: u64, of: u64) -> u64 {
    u64::try_from(u128::from(part) * 100 / u128::from(of.max(1))).unwrap_or(u64::MAX)
}

/// Whether a container ended within the last hour, and not because of its memory.
fn ended_lately(context: &Context<'_>, pod: &Pod, container: &str) -> bool {
    let mut statuses = pod.container_statuses().map(|(status, _)| status);
    let status = statuses.find(|status| status.name == container);
    let end = status.and_then(|status| status.last_state.terminated.as_ref());
    end.is_some_and(|end| {
        // 137 may be the kernel's, whatever the runtime made of it.
        let is_other = end.reason != "OOMKilled" && !matches!(end.exit_code, 0 | 137);
        is_other && end.finished_at.is_some_and(|at| context.is_younger(at, LATELY))
    })
}

fn finding(context: &Context<'_>, pod: &Pod, container: &Container, phrase: &str) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.severity = Severity::Info;
    // The figures are of now, not of when it ended.
    finding.confidence = Confidence::Likely;
    finding.container = Some(container.name.clone());
    finding.message = format!(
        "container {} ended lately and looks as if near its limit of memory ({phrase}): the difference is the kernel's cache of files, which it gives \
         back when somebody needs the room",
        container.name
    );
    let path = format!("stats/summary containers[{}].memory", container.name);
    finding.evidence = vec![Evidence::field(pod, path, phrase, None)];
    finding
}
