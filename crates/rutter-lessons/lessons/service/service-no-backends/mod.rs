//! A Service with nothing behind it.
//!
//! Variants: `no-match` (its selector matches no pod), `no-pods` (a workload that it selects has none), `not-ready`
//! (its pods aren't ready), `port-missing` (no container declares the named port that it sends to), `stale` (pods are
//! ready, but what proxies read doesn't say so).

mod causes;
mod judge;
mod makers;
mod nearest;
mod nobody;
mod plan;
mod ports;
mod remedies;
mod stale;
mod unready;
mod users;
mod view;

use rutter_cluster::{Kind, KindSet, objects::Service};

use crate::{Context, Evaluate, Finding, Findings, Group, Lesson, Outcome, Severity, dns, heals};

const ID: &str = "service-no-backends";

/// A Service may be there this long, in seconds, before its pods.
const START: i64 = 120;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Service,
    title: "a Service has no backend",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Service]),
    uses: KindSet::of(&[
        Kind::Pod,
        Kind::EndpointSlice,
        Kind::Endpoints,
        Kind::Lease,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::ReplicationController,
        Kind::Job,
        Kind::Node,
        Kind::Ingress,
        Kind::ValidatingWebhookConfiguration,
        Kind::MutatingWebhookConfiguration,
        Kind::ApiService,
    ]),
    evaluate: &[Evaluate::Service(evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};

fn evaluate(context: &Context<'_>, service: &Service, findings: &mut Findings) -> Outcome {
    if is_by_design(service) {
        return Ok(());
    }
    // Found again: the subject lives as long as the call, the table's Service as long as the cluster.
    let Some(service) = context.service(&service.meta.namespace, &service.meta.name)? else { return Ok(()) };
    let published = view::published(context, service);
    if published.as_ref().is_some_and(|published| published.serves_all(service)) {
        findings.extend(stale::disagreement(context, service));
        return Ok(());
    }
    let pods = context.pods_selected_by(service);
    let Some(verdict) =
        judge::judge(context, service, published.as_ref(), pods.as_deref().map_err(Clone::clone))?
    else {
        return Ok(());
    };
    findings.extend(finding(context, service, verdict));
    Ok(())
}

/// Services that never have backends of this kind, or only for moments.
fn is_by_design(service: &Service) -> bool {
    let meta = &service.meta;
    // A manifest that no API server has seen has neither identity nor address.
    let only_written = meta.uid.is_empty() && meta.created.is_none() && service.spec.cluster_ip.is_empty();
    only_written
        || service.spec.selector.is_empty()
        || service.spec.kind == "ExternalName"
        || meta.deleted.is_some()
        // cert-manager answers one ACME challenge with it, and removes it.
        || meta.labels.get("acme.cert-manager.io/http01-solver").is_some_and(|value| value == "true")
}

fn finding(context: &Context<'_>, service: &Service, verdict: judge::Verdict) -> Option<Finding> {
    // That nobody answers for names has a lesson of its own.
    if dns::is_cluster_dns(service) && matches!(verdict.variant, "no-match" | "no-pods" | "not-ready") {
        return None;
    }
    let user = users::user(context, service).filter(|_| verdict.severity > Severity::Low);
    // A load balancer is made for a Service whether or not anybody uses it.
    let user = user.filter(|user| user.asks || !verdict.forgotten);
    let mut finding = Finding::about(ID, service);
    finding.variant = verdict.variant;
    finding.severity = match user {
        None if verdict.spare => return None,
        None if verdict.forgotten => verdict.severity.min(Severity::Medium),
        None => verdict.severity,
        Some(_) if verdict.spare => Severity::Medium,
        Some(_) if verdict.partial => Severity::High,
        Some(_) => Severity::Critical,
    };
    finding.confidence = verdict.confidence;
    finding.since = verdict.since;
    finding.message = verdict.message;
    finding.evidence = verdict.evidence;
    if let Some(user) = user {
        finding.message = format!("{}; {}", finding.message, user.phrase);
        finding.evidence.push(user.evidence);
    }
    Some(finding)
}
