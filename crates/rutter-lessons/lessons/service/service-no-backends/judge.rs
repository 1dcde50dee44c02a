//! Why a Service has no backend.

use rutter_cluster::objects::{Pod, Service};
use rutter_cluster::{Time, Unseen};

use super::START;
use super::makers::{Maker, Makers};
use super::view::Published;
use super::{nobody, ports, stale, unready};
use crate::{Confidence, Context, Evidence, Severity, words};

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
    /// Nothing like what it selects has been there for long: it may well be a remnant.
    pub(super) forgotten: bool,
}

impl Verdict {
    pub(super) fn new(variant: &'static str, confidence: Confidence, message: String) -> Self {
        let (since, evidence, severity) = (None, Vec::new(), Severity::High);
        Self {
            variant,
            severity,
            confidence,
            message,
            since,
            evidence,
            partial: false,
            spare: false,
            forgotten: false,
        }
    }
}

pub(super) fn judge<'c>(
    context: &Context<'c>,
    service: &'c Service,
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
        let value = match published.addresses {
            0 => format!("0 ready, {} not ready", published.not_ready),
            listed => format!("{}, without the port", words::count(listed, "ready backend")),
        };
        Evidence::field(service, format!("({})", published.by), value, None)
    });
    verdict.evidence.splice(0..0, std::iter::once(selector).chain(empty));
    verdict
}

fn by_pods<'c>(
    context: &Context<'c>,
    service: &'c Service,
    published: Option<&Published>,
    pods: &[&Pod],
) -> Option<Verdict> {
    // What is published must be seen too to be certain.
    let sure = if published.is_some() { Confidence::Certain } else { Confidence::Likely };
    let (going, active): (Vec<&Pod>, Vec<&Pod>) =
        pods.iter().copied().filter(|pod| !pod.is_finished()).partition(|pod| pod.meta.deleted.is_some());
    let ready: Vec<&Pod> = active.iter().copied().filter(|pod| pod.is_ready()).collect();
    match (active.is_empty(), ready.is_empty()) {
        (true, _) if going.is_empty() => nobody::nothing_selected(context, service, pods, sure),
        (true, _) => unready::being_removed(context, service, &going, sure),
        (_, true) => unready::not_ready(context, service, &active, sure),
        _ => ports::port_missing(service, &ready, published, sure)
            .or_else(|| ports::port_unlisted(service, &ready, published))
            .or_else(|| stale::stale(context, service, &ready, published)),
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
        let message = format!(
            "of the {} that its {by} list none is ready",
            words::count(published.not_ready, "backend")
        );
        return Ok(Some(Verdict::new("not-ready", Confidence::Certain, message)));
    }
    let makers = Makers::of(context, &service.meta.namespace);
    let mine = makers.selected_by(service);
    match mine.iter().find(|maker| maker.wanted > 0) {
        Some(Maker { object, wanted, .. }) => {
            let wants = format!(
                "{} {} wants {}",
                object.kind,
                object.name,
                words::count(usize::try_from(*wanted).unwrap_or_default(), "pod")
            );
            let message = format!("its {by} list no backend, though {wants}");
            Ok(Some(Verdict::new("not-ready", Confidence::Likely, message)))
        }
        None if mine.is_empty() => Err(unseen),
        None => Ok(None),
    }
}

pub(super) fn is_young(context: &Context<'_>, service: &Service) -> bool {
    service.meta.created.is_some_and(|created| context.may_be_younger(created, START))
}

/// A Service for a release that is being tried.
pub(super) fn is_spare(service: &Service) -> bool {
    service.meta.name.split('-').any(|part| matches!(part, "preview" | "canary"))
}
