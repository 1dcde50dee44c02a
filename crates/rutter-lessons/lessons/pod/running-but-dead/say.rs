//! The sentences.

use rutter_cluster::objects::{Node, Pod};

use super::{
    ID,
    detect::{self, Lost},
};
use crate::{
    Confidence, Context, Evidence, Finding, Severity, containers, hosting,
    texts::probe::{self, ProbeKind},
    words,
};

/// So many events are shown.
const SHOWN: usize = 2;

pub(super) fn finding(context: &Context<'_>, pod: &Pod, node: Option<&Node>, lost: &Lost<'_>) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = lost.variant;
    finding.severity = severity(context, pod, &finding, lost);
    finding.confidence = if lost.status.is_some() { Confidence::Certain } else { Confidence::Likely };
    finding.container = lost.status.map(|status| status.name.clone());
    finding.since = Some(lost.first);
    let runtime = node.map_or("the container runtime", hosting::runtime);
    let mut parts = vec![match lost.variant {
        "status-lost" => status_lost(context, pod, runtime, lost),
        _ => record_lost(context, pod, runtime, lost),
    }];
    match beside(context, pod) {
        0 => {}
        1 => parts.push(format!("1 other pod on {} shows the same", pod.spec.node_name)),
        more => parts.push(format!("{more} other pods on {} show the same", pod.spec.node_name)),
    }
    finding.message = parts.join("; ");
    finding.evidence = lost.events.iter().rev().take(SHOWN).map(|event| Evidence::event(event)).collect();
    finding.evidence.extend(lost.status.map(|status| {
        let started = status.state.running.and_then(|running| running.started_at);
        let value = format!("{} (restarts {})", status.ready, status.restart_count);
        Evidence::field(pod, containers::path(pod, status, "ready"), value, started)
    }));
    let ready = pod.condition("Ready").and_then(|ready| ready.last_transition_time);
    finding.evidence.push(Evidence::field(pod, "status.conditions[Ready].status", "True", ready));
    finding
}

/// How bad: whether another replica serves, of which nothing such is said.
fn severity(context: &Context<'_>, pod: &Pod, finding: &Finding, lost: &Lost<'_>) -> Severity {
    let serves = |other: &Pod| {
        other.meta.name != pod.meta.name && other.is_ready() && !detect::is_lost(context, other)
    };
    match lost.variant {
        "still-answers" => Severity::Low,
        _ if context.any_pod_under(&finding.object, serves) == Ok(true) => Severity::Medium,
        _ => Severity::High,
    }
}

/// How many other pods of the node are lost.
pub(super) fn beside(context: &Context<'_>, pod: &Pod) -> usize {
    let pods = context.pods_on(&pod.spec.node_name).unwrap_or_default();
    let other = |other: &&Pod| other.meta.name != pod.meta.name || other.meta.namespace != pod.meta.namespace;
    pods.into_iter().filter(other).filter(|other| detect::is_lost(context, other)).count()
}

fn record_lost(context: &Context<'_>, pod: &Pod, runtime: &str, lost: &Lost<'_>) -> String {
    let name = lost.status.map_or("", |status| status.name.as_str());
    let failures: Vec<_> = lost.events.iter().filter_map(|event| probe::parse(&event.message)).collect();
    let mut kinds: Vec<String> = Vec::new();
    for kind in [ProbeKind::Startup, ProbeKind::Liveness, ProbeKind::Readiness] {
        kinds.extend(failures.iter().any(|failure| failure.probe == kind).then(|| kind.to_string()));
    }
    let lives = match pod.container(name).and_then(detect::passing) {
        Some(_) => {
            "its readiness probe by the network passes, so its process lives, but exec, logs and restarts do not reach it"
        }
        None => "whether its process still lives is not known",
    };
    format!(
        "container {name} counts as ready, but {runtime} on {} knows no such running container: its {} probe{} got that answer {} \
         since {}, which counts as no result, so nothing restarts it or takes it out of its Services; {lives}",
        pod.spec.node_name,
        words::list(&kinds, 3),
        if kinds.len() > 1 { "s" } else { "" },
        times(lost.times),
        hosting::clock(context, lost.first),
    )
}

fn status_lost(context: &Context<'_>, pod: &Pod, runtime: &str, lost: &Lost<'_>) -> String {
    format!(
        "the kubelet on {} cannot tell how {} is, as {runtime} does not know a container of it ({} since {}): it restarts \
         and reports nothing of the pod, so that Running and Ready are only what was true before",
        pod.spec.node_name,
        pod.meta.name,
        times(lost.times),
        hosting::clock(context, lost.first),
    )
}

fn times(number: i64) -> String {
    format!("{number} times")
}
