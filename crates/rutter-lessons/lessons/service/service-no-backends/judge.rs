//! Why a Service has no backend.

use std::collections::BTreeSet;

use rutter_cluster::objects::{Pod, Probe, Service, ServicePort};
use rutter_cluster::{Time, Unseen};

use super::makers::{Maker, Makers};
use super::nearest::nearest;
use super::view::{self, Published, has_port, publishes_unready};
use super::{ID, START};
use crate::{Confidence, Context, Evidence, Finding, Origin, Severity, words};

/// A ready pod is published within seconds; later than this something is wrong.
const PUBLISHED: i64 = 60;

pub(super) struct Verdict {
    pub(super) variant: &'static str,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) message: String,
    pub(super) since: Option<Time>,
    pub(super) evidence: Vec<Evidence>,
    /// Only some of its ports have no backend.
    pub(super) partial: bool,
    /// It may well be empty between releases: a matter only if somebody is routed to it.
    pub(super) spare: bool,
}

impl Verdict {
    fn new(variant: &'static str, confidence: Confidence, message: String) -> Self {
        let (since, evidence, severity) = (None, Vec::new(), Severity::High);
        Self { variant, severity, confidence, message, since, evidence, partial: false, spare: false }
    }
}

pub(super) fn judge(
    context: &Context<'_>,
    service: &Service,
    published: Option<&Published>,
    pods: Result<&[&Pod], Unseen>,
) -> Result<Option<Verdict>, Unseen> {
    if published.is_some_and(|published| published.total() == 0 && published.leaving > 0) {
        return Ok(None);
    }
    let verdict = match (pods, published) {
        (Ok(pods), _) => by_pods(context, service, published, pods),
        (Err(unseen), Some(published)) => by_published(context, service, published, unseen)?,
        (Err(unseen), None) => return Err(unseen),
    };
    Ok(verdict.map(|verdict| with_evidence(service, published, verdict)))
}

fn with_evidence(service: &Service, published: Option<&Published>, mut verdict: Verdict) -> Verdict {
    let selector = Evidence::field(service, "spec.selector", service.spec.selector.to_string(), None);
    let empty = published.filter(|published| published.total() == 0).map(|published| {
        let value = format!("0 ready, {} not ready", published.not_ready);
        Evidence::field(service, format!("({})", published.by), value, None)
    });
    verdict.evidence.splice(0..0, std::iter::once(selector).chain(empty));
    verdict
}

fn by_pods(context: &Context<'_>, service: &Service, published: Option<&Published>, pods: &[&Pod]) -> Option<Verdict> {
    // What is published must be seen too to be certain.
    let sure = if published.is_some() { Confidence::Certain } else { Confidence::Likely };
    let (going, active): (Vec<&Pod>, Vec<&Pod>) =
        pods.iter().copied().filter(|pod| !pod.is_finished()).partition(|pod| pod.meta.deleted.is_some());
    let ready: Vec<&Pod> = active.iter().copied().filter(|pod| pod.is_ready()).collect();
    match (active.is_empty(), ready.is_empty()) {
        (true, _) if going.is_empty() => nothing_selected(context, service, pods, sure),
        (true, _) => being_removed(context, service, &going, sure),
        (_, true) => not_ready(context, service, &active, sure),
        _ => port_missing(service, &ready, published, sure)
            .or_else(|| port_unlisted(service, &ready, published))
            .or_else(|| stale(context, service, &ready, published)),
    }
}

/// Without pods only the endpoints and the workloads speak.
fn by_published(
    context: &Context<'_>,
    service: &Service,
    published: &Published,
    unseen: Unseen,
) -> Result<Option<Verdict>, Unseen> {
    let by = published.by;
    if is_young(context, service) || published.total() > 0 {
        return Ok(None);
    }
    if published.not_ready > 0 {
        let message = format!("of the {} that its {by} list none is ready", words::count(published.not_ready, "backend"));
        return Ok(Some(Verdict::new("not-ready", Confidence::Certain, message)));
    }
    let makers = Makers::of(context, &service.meta.namespace);
    let mine = makers.selected_by(service);
    match mine.iter().find(|maker| maker.wanted > 0) {
        Some(Maker { object, wanted, .. }) => {
            let wants = format!("{} {} wants {}", object.kind, object.name, words::count(usize::try_from(*wanted).unwrap_or_default(), "pod"));
            let message = format!("its {by} list no backend, though {wants}");
            Ok(Some(Verdict::new("not-ready", Confidence::Likely, message)))
        }
        None if mine.is_empty() => Err(unseen),
        None => Ok(None),
    }
}

fn is_young(context: &Context<'_>, service: &Service) -> bool {
    service.meta.created.is_some_and(|created| context.is_younger(created, START))
}

fn nothing_selected(context: &Context<'_>, service: &Service, ended: &[&Pod], sure: Confidence) -> Option<Verdict> {
    if is_young(context, service) || is_knative(service) || is_scraped_control_plane(service) {
        return None;
    }
    let makers = Makers::of(context, &service.meta.namespace);
    let mine = makers.selected_by(service);
    if let Some(maker) = mine.iter().find(|maker| maker.wanted > 0) {
        let young = maker.created.is_some_and(|created| context.is_younger(created, START));
        return (!young).then(|| no_pods(service, maker, sure));
    }
    if !mine.is_empty() {
        return None; // scaled to 0 on purpose, or a Job that is done
    }
    if !ended.is_empty() {
        return all_ended(ended, sure);
    }
    no_match(context, service, &makers, sure)
}

/// Knative sends traffic to its activator while a revision has no pod.
fn is_knative(service: &Service) -> bool {
    let labels = &service.meta.labels;
    ["serving.knative.dev/revision", "serving.knative.dev/service"].iter().any(|key| labels.contains_key(key))
}

/// Monitoring charts make such Services everywhere; where the control plane doesn't run as pods (managed clusters, k3s)
/// they stay empty.
fn is_scraped_control_plane(service: &Service) -> bool {
    const PARTS: &[&str] =
        &["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kube-etcd"];
    service.meta.namespace == "kube-system"
        && service.is_headless()
        && service.spec.selector.iter().any(|(_, value)| PARTS.contains(&value.as_str()))
}

fn no_pods(service: &Service, maker: &Maker<'_>, sure: Confidence) -> Verdict {
    let (object, wanted) = (&maker.object, maker.wanted);
    let message = format!("{} {}, which it selects, has no pod ({wanted} wanted)", object.kind, object.name);
    let origin = Origin::Field(maker.path.to_owned());
    let evidence = vec![Evidence { object: object.clone(), origin, value: wanted.to_string(), time: None }];
    Verdict { evidence, spare: is_spare(service), ..Verdict::new("no-pods", sure, message) }
}

/// Pods that succeeded are done; pods that failed and are replaced by nobody are missed.
fn all_ended(ended: &[&Pod], sure: Confidence) -> Option<Verdict> {
    let failed: Vec<&Pod> = ended.iter().copied().filter(|pod| pod.status.phase == "Failed").collect();
    let first = failed.first()?;
    let message = match failed.len() {
        1 => format!("its only pod {}", words::pod_state(first)),
        number => format!("all its {number} pods have ended: {}", words::pod_states(failed.iter().copied())),
    };
    let since = failed.iter().filter_map(|pod| became_unready(pod)).max();
    let evidence = vec![Evidence::field(*first, "status.phase", words::pod_state(first), since)];
    Some(Verdict { since, evidence, ..Verdict::new("not-ready", sure, message) })
}

/// All its pods go. That is how a restart or the end of a workload looks for a moment; later the node doesn't confirm.
fn being_removed(context: &Context<'_>, service: &Service, going: &[&Pod], sure: Confidence) -> Option<Verdict> {
    let fresh = |pod: &&Pod| pod.meta.deleted.is_some_and(|deleted| context.is_younger(deleted, START));
    let makers = Makers::of(context, &service.meta.namespace);
    let mine = makers.selected_by(service);
    let wanted = mine.is_empty() || mine.iter().any(|maker| maker.wanted > 0);
    if !wanted || going.iter().any(fresh) {
        return None;
    }
    let first = going.first()?;
    let since = going.iter().filter_map(|pod| pod.meta.deleted).max();
    let message = match going.len() {
        1 => "its only pod is being removed and doesn't end".to_owned(),
        number => format!("all its {number} pods are being removed and don't end"),
    };
    let value = since.map_or_else(String::new, |time| time.to_string());
    let evidence = vec![Evidence::field(*first, "metadata.deletionTimestamp", value, since)];
    Some(Verdict { since, evidence, ..Verdict::new("not-ready", sure, message) })
}

fn no_match(context: &Context<'_>, service: &Service, makers: &Makers<'_>, sure: Confidence) -> Option<Verdict> {
    let near = nearest(context, service, makers);
    let standby = near.as_ref().is_some_and(super::nearest::Near::is_standby);
    if standby && near.as_ref().is_some_and(|near| near.pods() < 2) {
        return None; // a database with one member has no stand-by
    }
    let mut message = format!("its selector {} matches no pod", service.spec.selector);
    if let Some(near) = &near {
        message = format!("{message}; {}", near.phrase());
    }
    let sure = match near {
        _ if standby => Confidence::Possible,
        // What would make the pods, and perhaps wants none, may not have been seen.
        None => sure.min(makers.seen),
        Some(_) => sure,
    };
    let severity = if standby { Severity::Low } else { Severity::High };
    Some(Verdict { severity, spare: is_spare(service), ..Verdict::new("no-match", sure, message) })
}

/// A Service for a release that is being tried.
fn is_spare(service: &Service) -> bool {
    service.meta.name.split('-').any(|part| matches!(part, "preview" | "canary"))
}

fn not_ready(context: &Context<'_>, service: &Service, active: &[&Pod], sure: Confidence) -> Option<Verdict> {
    let has_address = active.iter().any(|pod| !pod.status.pod_ip.is_empty());
    if active.iter().all(|pod| starts(context, pod)) || (publishes_unready(service) && has_address) {
        return None;
    }
    let mut evidence = Vec::new();
    for pod in active.iter().take(2) {
        let value = format!("not True: {}", words::pod_state(pod));
        evidence.push(Evidence::field(*pod, "status.conditions[Ready].status", value, became_unready(pod)));
    }
    let message = states(active);
    let severity = if is_spare(service) { Severity::Low } else { Severity::High };
    let since = active.iter().filter_map(|pod| became_unready(pod)).max();
    Some(Verdict { since, evidence, severity, ..Verdict::new("not-ready", sure, message) })
}

fn states(active: &[&Pod]) -> String {
    let all: BTreeSet<String> = active.iter().map(|pod| words::pod_state(pod)).collect();
    match (active.len(), all.first()) {
        (1, Some(state)) => format!("its only pod is {state}"),
        (number, Some(state)) if all.len() == 1 => format!("its {number} pods are {state}"),
        (number, _) => format!("none of its {number} pods is ready: {}", words::pod_states(active.iter().copied())),
    }
}

fn became_unready(pod: &Pod) -> Option<Time> {
    pod.condition("Ready").and_then(|ready| ready.last_transition_time).or(pod.meta.created)
}

/// Whether a pod is still within the time that its probes give it for the first start.
fn starts(context: &Context<'_>, pod: &Pod) -> bool {
    let restarted = pod.container_statuses().any(|(status, _)| status.restart_count > 0);
    let probes = |probe: &Probe| {
        let tries = probe.failure_threshold.max(1).saturating_mul(probe.period_seconds.max(1));
        probe.initial_delay_seconds.saturating_add(tries).clamp(0, 3600)
    };
    let first = pod.spec.containers.iter().flat_map(|container| {
        let readiness = container.readiness_probe.as_deref().map_or(0, |probe| probe.initial_delay_seconds);
        [container.startup_probe.as_deref().map_or(0, probes), readiness]
    });
    let allowed = first.max().unwrap_or(0).clamp(0, 3600) + START;
    !restarted && pod.meta.created.is_some_and(|created| context.is_younger(created, allowed))
}

/// Ports whose target is a name that no ready pod declares.
fn port_missing(service: &Service, ready: &[&Pod], published: Option<&Published>, sure: Confidence) -> Option<Verdict> {
    let lost: Vec<&ServicePort> =
        service.spec.ports.iter().filter(|port| !ready.iter().any(|pod| has_port(pod, port))).collect();
    let port = lost.first()?;
    let partial = lost.len() < service.spec.ports.len();
    // Of several ports, one that nothing was ever meant to answer is common and harmless.
    let severity = if partial { Severity::Medium } else { Severity::High };
    let protocol = if port.protocol.is_empty() { "TCP" } else { port.protocol.as_str() };
    let message = format!(
        "port {} leads to a container port named {} ({protocol}), which none of its pods declares{}",
        port.port,
        port.target_port,
        declared(ready)
    );
    let path = format!("spec.ports[{}].targetPort", port.port);
    let evidence = vec![Evidence::field(service, path, port.target_port.to_string(), None)];
    let sure = if published.is_some() { sure } else { Confidence::Likely };
    Some(Verdict { evidence, partial, severity, ..Verdict::new("port-missing", sure, message) })
}

/// The ports that the pods do declare.
fn declared(pods: &[&Pod]) -> String {
    let Some(pod) = pods.first() else { return String::new() };
    let ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
    let names: Vec<String> = ports
        .map(|port| match port.name.as_str() {
            "" => port.container_port.to_string(),
            name => format!("{name} ({})", port.container_port),
        })
        .collect();
    if names.is_empty() { "; they declare no port".to_owned() } else { format!("; there is {}", words::list(&names, 4)) }
}

/// The pods' addresses are listed, but without a port that they do declare.
fn port_unlisted(service: &Service, ready: &[&Pod], published: Option<&Published>) -> Option<Verdict> {
    let published = published.filter(|published| published.addresses > 0)?;
    let mut ports = service.spec.ports.iter().zip(&published.ready);
    let (port, _) = ports.find(|(_, backends)| **backends == 0)?;
    let by = published.by;
    let sidecar = ready.iter().all(|pod| view::only_sidecar_has_port(pod, port));
    let why = match sidecar {
        true => "only a sidecar has it, and controllers before 1.32 don't look there",
        false => "their controller doesn't keep up",
    };
    let message = format!("its {by} list the pods, but not their port {} for port {}: {why}", port.target_port, port.port);
    let path = format!("spec.ports[{}].targetPort", port.port);
    let evidence = vec![Evidence::field(service, path, port.target_port.to_string(), None)];
    let variant = if sidecar { "port-missing" } else { "stale" };
    let partial = published.total() > 0;
    let severity = if partial { Severity::Medium } else { Severity::High };
    Some(Verdict { evidence, partial, severity, ..Verdict::new(variant, Confidence::Likely, message) })
}

/// Pods are ready, and what is published doesn't list them.
fn stale(
    context: &Context<'_>,
    service: &Service,
    ready: &[&Pod],
    published: Option<&Published>,
) -> Option<Verdict> {
    let published = published.filter(|published| published.total() == 0)?;
    let since = |pod: &&Pod| pod.condition("Ready").and_then(|ready| ready.last_transition_time);
    let first = ready.iter().filter_map(since).min();
    if is_young(context, service) || first.is_some_and(|first| context.is_younger(first, PUBLISHED)) {
        return None;
    }
    let verb = if ready.len() == 1 { "is" } else { "are" };
    let message = format!(
        "{} {verb} ready, but its {} list none: their controller doesn't keep up",
        words::count(ready.len(), "pod"),
        published.by
    );
    let evidence = ready.iter().take(1).map(|pod| Evidence::field(*pod, "status.conditions[Ready].status", "True", first));
    let evidence = evidence.collect();
    Some(Verdict { since: first, evidence, ..Verdict::new("stale", Confidence::Likely, message) })
}

/// EndpointSlices list backends and Endpoints list none: old ingress controllers and scrapers read Endpoints. Where no
/// Endpoints are written at all that is the cluster's choice.
pub(super) fn disagreement(context: &Context<'_>, service: &Service) -> Option<Finding> {
    let slices = view::by_slices(context, service)?;
    context.endpoints(service).ok()??;
    let endpoints = view::by_endpoints(context, service)?;
    let young = context.slices(service).ok()?.iter().any(|slice| {
        slice.meta.created.is_some_and(|created| context.is_younger(created, START))
    });
    if endpoints.total() > 0 || endpoints.not_ready > 0 || slices.total() == 0 || young {
        return None;
    }
    let mut finding = Finding::about(ID, service);
    finding.variant = "stale";
    finding.severity = Severity::Low;
    finding.confidence = Confidence::Likely;
    finding.message = format!(
        "its EndpointSlices list {}, its Endpoints none: whatever still reads Endpoints sees no backend",
        words::count(slices.total(), "ready backend")
    );
    finding.evidence = vec![
        Evidence::field(service, "(EndpointSlices)", format!("{} ready", slices.total()), None),
        Evidence::field(service, "(Endpoints)", "0 ready", None),
    ];
    Some(finding)
}
