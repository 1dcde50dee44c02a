//! A Service whose pods are ready, but what proxies read doesn't list them.

use rutter_cluster::objects::{Pod, Service};

use super::judge::{Verdict, is_young};
use super::view::{self, Published};
use super::{ID, START};
use crate::{Confidence, Context, Evidence, Finding, Severity, leaders, words};

/// A ready pod is published within seconds; later than this something is wrong.
const PUBLISHED: i64 = 60;

/// Pods are ready, and what is published doesn't list them.
pub(super) fn stale(
    context: &Context<'_>,
    service: &Service,
    ready: &[&Pod],
    published: Option<&Published>,
) -> Option<Verdict> {
    let published = published.filter(|published| published.total() == 0)?;
    let since = |pod: &&Pod| pod.condition("Ready").and_then(|ready| ready.last_transition_time);
    let first = ready.iter().filter_map(since).min();
    if is_young(context, service) || first.is_some_and(|first| context.may_be_younger(first, PUBLISHED)) {
        return None;
    }
    let verb = if ready.len() == 1 { "is" } else { "are" };
    let message = format!(
        "{} {verb} ready, but its {} list none: their controller doesn't keep up",
        words::count(ready.len(), "pod"),
        published.by
    );
    let evidence = ready
        .iter()
        .take(1)
        .map(|pod| Evidence::field(*pod, "status.conditions[Ready].status", "True", first));
    let evidence = evidence.chain(leaders::evidence(context, leaders::MANAGER)).collect();
    Some(Verdict { since: first, evidence, ..Verdict::new("stale", Confidence::Likely, message) })
}

/// EndpointSlices list backends and Endpoints list none: old ingress controllers and scrapers read Endpoints. Where no
/// Endpoints are written at all that is the cluster's choice.
pub(super) fn disagreement(context: &Context<'_>, service: &Service) -> Option<Finding> {
    let slices = view::by_slices(context, service)?;
    context.endpoints(service).ok()??;
    let endpoints = view::by_endpoints(context, service)?;
    let young = context
        .slices(service)
        .ok()?
        .iter()
        .any(|slice| slice.meta.created.is_some_and(|created| context.may_be_younger(created, START)));
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
