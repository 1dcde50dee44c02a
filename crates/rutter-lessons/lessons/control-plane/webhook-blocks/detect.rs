//! Webhooks that can't be asked.

use rutter_cluster::{
    List, Resource, Time,
    objects::{MutatingWebhookConfiguration, Service, ValidatingWebhookConfiguration, Webhook},
};

use super::{ID, START, backend, by_text, scope, slow};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity,
    texts::webhook_call,
    webhooks::{self, Refusal},
    words,
};

pub(super) fn validating(
    context: &Context<'_>,
    subject: &ValidatingWebhookConfiguration,
    findings: &mut Findings,
) -> Outcome {
    configuration(context, subject, &subject.webhooks, findings)
}

pub(super) fn mutating(
    context: &Context<'_>,
    subject: &MutatingWebhookConfiguration,
    findings: &mut Findings,
) -> Outcome {
    configuration(context, subject, &subject.webhooks, findings)
}

/// A webhook that can't be asked, and why.
struct Broken {
    variant: &'static str,
    phrase: String,
    confidence: Confidence,
    severity: Severity,
    /// What it is asked about.
    scope: String,
    since: Option<Time>,
    evidence: Vec<Evidence>,
    names: Vec<String>,
}

fn configuration(
    context: &Context<'_>,
    subject: &impl Resource,
    all: &List<Webhook>,
    findings: &mut Findings,
) -> Outcome {
    if subject.meta().deleted.is_some() {
        return Ok(());
    }
    let mut broken: Vec<Broken> = Vec::new();
    let mut unseen = Ok(());
    for webhook in all {
        match judge(context, subject, webhook) {
            Ok(Some(one)) => join(&mut broken, one),
            Ok(None) => {}
            Err(error) => unseen = Err(error),
        }
    }
    findings.extend(broken.into_iter().map(|broken| finding(subject, broken)));
    unseen
}

/// Webhooks of one configuration that can't be asked for the same reason are one finding.
fn join(all: &mut Vec<Broken>, one: Broken) {
    let same = all.iter_mut().find(|other| other.variant == one.variant && other.phrase == one.phrase);
    let Some(other) = same else { return all.push(one) };
    other.names.extend(one.names);
    other.severity = other.severity.max(one.severity);
    other.confidence = other.confidence.max(one.confidence);
    other.since = [other.since, one.since].into_iter().flatten().min();
    other.evidence.extend(one.evidence);
    if other.scope != one.scope && !other.scope.contains(&one.scope) {
        other.scope = format!("{}; {}", other.scope, one.scope);
    }
}

fn judge(context: &Context<'_>, subject: &impl Resource, webhook: &Webhook) -> Seen<Option<Broken>> {
    if webhook.failure_policy == "Ignore" {
        return Ok(ignored(context, subject, webhook));
    }
    let refusals = webhooks::refusals(context);
    let current = by_text::current(context, webhook, &refusals);
    let young = subject.meta().created.is_some_and(|created| context.may_be_younger(created, START));
    if young && current.is_empty() {
        return Ok(None);
    }
    let fault = match &webhook.client_config.service {
        Some(reference) => backend::judge(context, webhook, reference, &current),
        None => Ok(None),
    };
    let policy = Evidence::field(subject, webhooks::path(&webhook.name), "Fail", None);
    let scope = scope::of(context, webhook, !current.is_empty());
    let (fault, unseen) = match fault {
        Ok(fault) => (fault, Ok(None)),
        Err(error) => (None, Err(error)),
    };
    let told = match fault {
        Some(fault) => {
            let confident = fault.sure && (webhook.match_conditions.is_empty() || !current.is_empty());
            let confidence = if confident { Confidence::Certain } else { Confidence::Likely };
            Some((fault.variant, fault.phrase, confidence, fault.evidence))
        }
        None => by_text::judge(context, webhook, &current)
            .map(|told| (told.variant, told.phrase, told.confidence, vec![told.refusal.evidence.clone()])),
    };
    let Some((variant, phrase, confidence, of_backend)) = told else { return unseen };
    let mut evidence = vec![policy];
    evidence.extend(service_of(context, webhook, &of_backend));
    evidence.extend(of_backend);
    for refusal in shown(&current) {
        if !evidence.contains(&refusal.evidence) {
            evidence.push(refusal.evidence.clone());
        }
    }
    // What failed once may have been a moment's trouble.
    let most = if confidence == Confidence::Possible { Severity::Medium } else { Severity::Critical };
    Ok(Some(Broken {
        variant,
        phrase,
        confidence,
        severity: scope.severity.min(most),
        scope: scope.phrase,
        since: current.iter().filter_map(|refusal| refusal.first).min(),
        evidence,
        names: vec![webhook.name.to_string()],
    }))
}

/// That the configuration names a Service, unless the evidence shows it already.
fn service_of(context: &Context<'_>, webhook: &Webhook, evidence: &[Evidence]) -> Option<Evidence> {
    let reference = webhook.client_config.service.as_ref()?;
    if evidence.iter().any(|one| one.object.kind == "Service") {
        return None;
    }
    let service = context.service(&reference.namespace, &reference.name).ok()??;
    Some(Evidence::field(service, "metadata.name", format!("called for webhook {}", webhook.name), None))
}

/// The refusals that the finding shows: the newest of each kind of object, three at most.
fn shown<'r>(current: &[&'r Refusal]) -> Vec<&'r Refusal> {
    let mut all: Vec<&Refusal> = Vec::new();
    let mut sorted = current.to_vec();
    sorted.sort_by_key(|refusal| (refusal.lasts, std::cmp::Reverse(refusal.last)));
    for refusal in sorted {
        if !all.iter().any(|one| one.about == refusal.about) {
            all.push(refusal);
        }
    }
    all.truncate(3);
    all
}

fn finding(subject: &impl Resource, broken: Broken) -> Finding {
    let mut finding = Finding::about(ID, subject);
    finding.variant = broken.variant;
    finding.severity = broken.severity;
    finding.confidence = broken.confidence;
    finding.since = broken.since;
    finding.evidence = broken.evidence;
    let noun = if broken.names.len() == 1 { "webhook" } else { "webhooks" };
    let names = words::list(&broken.names, 2);
    finding.message = if broken.variant == "slow" {
        format!("{noun} {names} {}", broken.phrase)
    } else {
        format!("{} is refused: {noun} {names} can't be asked: {}", broken.scope, broken.phrase)
    };
    finding
}

fn ignored(context: &Context<'_>, subject: &impl Resource, webhook: &Webhook) -> Option<Broken> {
    let line = slow::timed_out(context, webhook)?;
    let wait = match webhook.timeout_seconds {
        ..1 => "until its timeout".to_owned(),
        seconds => words::duration(seconds),
    };
    let policy = Evidence::field(subject, webhooks::path(&webhook.name), "Ignore", None);
    let scope = scope::of(context, webhook, false).phrase;
    Some(Broken {
        variant: "slow",
        phrase: format!(
            "does not answer in time: {scope} waits {wait} for it and is then let through unchecked"
        ),
        confidence: Confidence::Likely,
        severity: Severity::Low,
        scope,
        since: None,
        evidence: vec![policy, line],
        names: vec![webhook.name.to_string()],
    })
}

/// The Service of a webhook whose configuration the source doesn't show, by what the API server said.
pub(super) fn unconfigured(context: &Context<'_>, subject: &Service, findings: &mut Findings) -> Outcome {
    if context.configured_webhooks().is_ok() {
        return Ok(());
    }
    let all = webhooks::refusals(context);
    let is_mine = |refusal: &&Refusal| {
        let service = refusal.call().and_then(|call| webhook_call::service(call.host));
        service == Some((subject.meta.namespace.as_str(), subject.meta.name.as_str()))
    };
    let current: Vec<&Refusal> =
        all.iter().filter(is_mine).filter(|refusal| by_text::holds(context, refusal)).collect();
    let Some(newest) = current.iter().max_by_key(|refusal| refusal.last) else { return Ok(()) };
    let Some(call) = newest.call() else { return Ok(()) };
    let changed = backend::changed(context, subject);
    if changed.is_some_and(|changed| newest.last.is_some_and(|last| last < changed)) {
        return Ok(());
    }
    let Some((variant, phrase)) = by_text::told(&call, false) else { return Ok(()) };
    let mut finding = Finding::about(ID, subject);
    finding.variant = variant;
    finding.severity = Severity::Critical;
    finding.confidence = Confidence::Likely;
    finding.since = current.iter().filter_map(|refusal| refusal.first).min();
    finding.message = format!("what webhook {} should be asked about is refused: {phrase}", call.webhook);
    finding.evidence = shown(&current).into_iter().map(|refusal| refusal.evidence.clone()).collect();
    findings.push(finding);
    Ok(())
}
