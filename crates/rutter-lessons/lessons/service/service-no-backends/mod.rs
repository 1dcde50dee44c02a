//! A Service with nothing behind it.
//!
//! Variants: `no-match` (its selector matches no pod), `no-pods` (a workload that it selects has none), `not-ready`
//! (its pods aren't ready), `port-missing` (no container declares the named port that it sends to), `stale` (pods are
//! ready, but what proxies read doesn't say so).

mod causes;
mod judge;
mod makers;
mod nearest;
mod remedies;
mod users;
mod view;

use rutter_cluster::{Kind, KindSet, objects::Service};

use crate::{Context, Evaluate, Finding, Findings, Group, Lesson, Outcome, Severity};

const ID: &str = "service-no-backends";

/// A Service may be there this long, in seconds, before its pods.
const START: i64 = 120;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Service,
    title: "a Service has no backend",
    since: "0.1",
    requires: KindSet::of(&[Kind::Service]),
    uses: KindSet::of(&[
        Kind::Pod,
        Kind::EndpointSlice,
        Kind::Endpoints,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::ReplicationController,
        Kind::Ingress,
        Kind::ValidatingWebhookConfiguration,
        Kind::MutatingWebhookConfiguration,
        Kind::ApiService,
    ]),
    evaluate: &[Evaluate::Service(evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
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
        findings.extend(judge::disagreement(context, service));
        return Ok(());
    }
    let pods = match context.pods_selected_by(service) {
        Ok(pods) => Some(pods),
        Err(unseen) if published.is_none() => return Err(unseen),
        Err(_) => None,
    };
    let Some(verdict) = judge::judge(context, service, published.as_ref(), pods.as_deref()) else { return Ok(()) };
    findings.push(finding(context, service, verdict, pods.as_deref().unwrap_or_default()));
    Ok(())
}

/// Services that never have backends of this kind, or only for moments.
fn is_by_design(service: &Service) -> bool {
    let meta = &service.meta;
    service.spec.selector.is_empty()
        || service.spec.kind == "ExternalName"
        || meta.deleted.is_some()
        // cert-manager answers one ACME challenge with it, and removes it.
        || meta.labels.get("acme.cert-manager.io/http01-solver").is_some_and(|value| value == "true")
}

fn finding(
    context: &Context<'_>,
    service: &Service,
    verdict: judge::Verdict,
    pods: &[&rutter_cluster::objects::Pod],
) -> Finding {
    let mut finding = Finding::about(ID, service);
    finding.variant = verdict.variant;
    finding.severity = verdict.severity;
    finding.confidence = verdict.confidence;
    finding.since = verdict.since;
    finding.message = verdict.message;
    finding.evidence = verdict.evidence;
    if verdict.severity > Severity::Low {
        let users = users::users(context, service, pods);
        if !users.is_empty() && verdict.severity >= Severity::Medium {
            finding.severity = if verdict.partial { Severity::High } else { Severity::Critical };
        }
        if let Some(named) = users.iter().find_map(|user| user.phrase.as_deref()) {
            finding.message = format!("{}; {named}", finding.message);
        }
        finding.evidence.extend(users.into_iter().map(|user| user.evidence).take(1));
    }
    finding
}
