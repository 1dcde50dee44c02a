//! Why a Service has no backend.

use rutter_cluster::Time;
use rutter_cluster::objects::{Pod, Service, ServicePort};

use super::makers::{self, Maker, makers};
use super::nearest::nearest;
use super::view::{self, Published, has_port, publishes_unready};
use super::{ID, START};
use crate::{Confidence, Context, Evidence, Finding, Severity, words};

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
}

impl Verdict {
    fn new(variant: &'static str, severity: Severity, confidence: Confidence, message: String) -> Self {
        Self { variant, severity, confidence, message, since: None, evidence: Vec::new(), partial: false }
    }
}

pub(super) fn judge(
    context: &Context<'_>,
    service: &Service,
    published: Option<&Published>,
    pods: Option<&[&Pod]>,
) -> Option<Verdict> {
    if published.is_some_and(|published| published.total() == 0 && published.leaving > 0) {
        return None;
    }
    // Both what is published and why must be seen to be certain.
    let sure = if published.is_some() && pods.is_some() { Confidence::Certain } else { Confidence::Likely };
    let selected = pods.unwrap_or_default();
    let active: Vec<&Pod> = selected.iter().copied().filter(|pod| !pod.is_finished()).collect();
    let ready: Vec<&Pod> =
        active.iter().copied().filter(|pod| pod.is_ready() && pod.meta.deleted.is_none()).collect();
    let mut verdict = if let Some(published) = published.filter(|published| pods.is_none() && published.not_ready > 0) {
        let count = words::count(published.not_ready, "backend");
        Some(Verdict::new("not-ready", Severity::High, sure, format!("of its {count} none is ready")))
    } else if active.is_empty() {
        nothing_selected(context, service, selected, sure)
    } else if ready.is_empty() {
        not_ready(context, service, &active, sure)
    } else {
        port_missing(service, &ready, published, sure).or_else(|| stale(context, &ready, published))
    }?;
    let selector = Evidence::field(service, "spec.selector", service.spec.selector.to_string(), None);
    verdict.evidence.insert(0, selector);
    if let Some(published) = published.filter(|published| published.total() == 0) {
        let value = format!("0 ready, {} not ready", published.not_ready);
        verdict.evidence.insert(1, Evidence::field(service, format!("({})", published.by), value, None));
    }
    Some(verdict)
}

fn is_young(context: &Context<'_>, service: &Service) -> bool {
    service.meta.created.is_some_and(|created| context.is_younger(created, START))
}

fn nothing_selected(
    context: &Context<'_>,
    service: &Service,
    ended: &[&Pod],
    sure: Confidence,
) -> Option<Verdict> {
    if is_young(context, service) || is_knative(service) {
        return None;
    }
    let makers = makers(context, &service.meta.namespace);
    let mine: Vec<&Maker<'_>> =
        makers.iter().filter(|maker| makers::matches(&service.spec.selector, maker.labels)).collect();
    if let Some(maker) = mine.iter().find(|maker| maker.wanted > 0) {
        return Some(no_pods(maker, sure));
    }
    if !mine.is_empty() {
        return None; // scaled to 0 on purpose
    }
    if !ended.is_empty() {
        return all_ended(ended, sure);
    }
    Some(no_match(context, service, &makers, sure))
}

/// Knative sends traffic to its activator while a revision has no pod.
fn is_knative(service: &Service) -> bool {
    let labels = &service.meta.labels;
    ["serving.knative.dev/revision", "serving.knative.dev/service"].iter().any(|key| labels.contains_key(key))
}

fn no_pods(maker: &Maker<'_>, sure: Confidence) -> Verdict {
    let (object, wanted) = (&maker.object, maker.wanted);
    let message = format!("{} {}, which it selects, has no pod ({wanted} wanted)", object.kind, object.name);
    let evidence = Evidence {
        object: object.clone(),
        origin: crate::Origin::Field("spec.replicas".to_owned()),
        value: wanted.to_string(),
        time: None,
    };
    Verdict { evidence: vec![evidence], ..Verdict::new("no-pods", Severity::High, sure, message) }
}

/// Pods that succeeded are done; pods that failed and are replaced by nobody are missed.
fn all_ended(ended: &[&Pod], sure: Confidence) -> Option<Verdict> {
    let failed: Vec<&Pod> = ended.iter().copied().filter(|pod| pod.status.phase == "Failed").collect();
    let first = failed.first()?;
    let message = format!("all its pods have ended: {}", words::pod_states(failed.iter().copied()));
    let evidence = vec![Evidence::field(*first, "status.phase", words::pod_state(first), None)];
    Some(Verdict { evidence, ..Verdict::new("not-ready", Severity::High, sure, message) })
}

fn no_match(context: &Context<'_>, service: &Service, makers: &[Maker<'_>], sure: Confidence) -> Verdict {
    let near = nearest(context, service, makers);
    let selector = &service.spec.selector;
    let mut message = format!("its selector {selector} matches no pod");
    if let Some(near) = &near {
        message = format!("{message}; {}", near.phrase());
    }
    let spare = is_spare(service) || near.as_ref().is_some_and(super::nearest::Near::is_standby);
    let severity = match near {
        _ if spare => Severity::Low,
        Some(_) => Severity::High,
        None => Severity::Medium,
    };
    Verdict::new("no-match", severity, if spare { Confidence::Possible } else { sure }, message)
}

/// A Service that may well be empty between releases.
fn is_spare(service: &Service) -> bool {
    let name = service.meta.name.as_str();
    service.meta.annotations.contains_key("argo-rollouts.argoproj.io/managed-by-rollouts")
        || ["preview", "canary"].iter().any(|word| name.split('-').any(|part| part == *word))
}

fn not_ready(context: &Context<'_>, service: &Service, active: &[&Pod], sure: Confidence) -> Option<Verdict> {
    let starts = |pod: &Pod| {
        let restarted = pod.container_statuses().any(|(status, _)| status.restart_count > 0);
        !restarted && pod.meta.created.is_some_and(|created| context.is_younger(created, START))
    };
    let has_address = active.iter().any(|pod| !pod.status.pod_ip.is_empty());
    if active.iter().all(|pod| starts(pod)) || (publishes_unready(service) && has_address) {
        return None;
    }
    let since = |pod: &&Pod| pod.condition("Ready").and_then(|ready| ready.last_transition_time);
    let mut evidence = Vec::new();
    for pod in active.iter().take(2) {
        let value = format!("not True: {}", words::pod_state(pod));
        evidence.push(Evidence::field(*pod, "status.conditions[Ready].status", value, since(pod)));
    }
    let states = words::pod_states(active.iter().copied());
    let message = match active.len() {
        1 => format!("its only pod isn't ready: {}", states.trim_start_matches("1 ")),
        number => format!("none of its {number} pods is ready: {states}"),
    };
    let severity = if is_spare(service) { Severity::Low } else { Severity::High };
    let since = active.iter().filter_map(since).max();
    Some(Verdict { since, evidence, ..Verdict::new("not-ready", severity, sure, message) })
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
    Some(Verdict { evidence, partial, ..Verdict::new("port-missing", severity, sure, message) })
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

/// Pods are ready, and what is published doesn't list them.
fn stale(context: &Context<'_>, ready: &[&Pod], published: Option<&Published>) -> Option<Verdict> {
    let published = published.filter(|published| published.total() == 0)?;
    let since = |pod: &&Pod| pod.condition("Ready").and_then(|ready| ready.last_transition_time);
    let first = ready.iter().filter_map(since).min();
    if first.is_some_and(|first| context.is_younger(first, PUBLISHED)) {
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
    Some(Verdict { since: first, evidence, ..Verdict::new("stale", Severity::High, Confidence::Likely, message) })
}

/// EndpointSlices list backends and Endpoints list none: old ingress controllers and scrapers read Endpoints.
pub(super) fn disagreement(context: &Context<'_>, service: &Service) -> Option<Finding> {
    let slices = view::by_slices(context, service)?;
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
