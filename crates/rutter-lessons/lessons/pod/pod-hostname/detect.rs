//! Looks at each pod: does it ask for a name that can't resolve, or declare one?

use rutter_cluster::{Resource, objects::Pod};

use super::names::{self, Asked, Member};
use super::why::{self, Why};
use super::{ID, START, signs};
use crate::said::{self, Said};
use crate::texts::resolve::Answer;
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity, containers};

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    let gone = pod.is_finished() || pod.meta.deleted.is_some() || pod.spec.node_name.is_empty();
    if gone || pod.meta.created.is_some_and(|created| context.may_be_younger(created, START)) {
        return Ok(());
    }
    let found = match asks(context, pod)? {
        Some(finding) => Some(finding),
        None => declares(context, pod)?,
    };
    findings.extend(found);
    Ok(())
}

/// A pod that says which name it could not resolve.
fn asks(context: &Context<'_>, pod: &Pod) -> Seen<Option<Finding>> {
    for said in said::unresolved(context, pod) {
        // Where no server answered, every name fails.
        let Some(host) = said.unresolved.host.filter(|_| said.unresolved.answer != Answer::None) else {
            continue;
        };
        let Some(asked) = names::asked(host, pod) else { continue };
        let Some(member) = names::member(context, &asked) else { continue };
        let why = match why::of_name(context, &asked, member)? {
            Some(why) => Some(why),
            None if pod.is_ready() => None,
            None => why::unpublished(context, pod, &asked, member)?,
        };
        if let Some(why) = why {
            return Ok(Some(asking(context, pod, &said, host, why)));
        }
    }
    Ok(None)
}

/// Who is asked for in a finding of this variant, and the namespace.
pub(super) fn asked_for<'c>(
    context: &Context<'c>,
    pod: &'c Pod,
    variant: &str,
) -> Option<(String, Member<'c>)> {
    said::unresolved(context, pod).iter().find_map(|said| {
        let host = said.unresolved.host.filter(|_| said.unresolved.answer != Answer::None)?;
        let asked = names::asked(host, pod)?;
        let member = names::member(context, &asked)?;
        let why = match why::of_name(context, &asked, member).ok()? {
            Some(why) => why,
            None => why::unpublished(context, pod, &asked, member).ok()??,
        };
        (why.variant == variant).then(|| (asked.namespace.to_owned(), member))
    })
}

/// The pod as a member of the set that made it.
pub(super) fn itself<'c>(context: &Context<'c>, pod: &Pod) -> Member<'c> {
    let by_set = pod.meta.controller().is_some_and(|owner| owner.kind == "StatefulSet");
    let asked =
        Asked { member: &pod.meta.name, service: &pod.spec.subdomain, namespace: &pod.meta.namespace };
    let set = names::set(context, &asked).filter(|_| by_set);
    Member { pod: context.pod(&pod.object_ref()), set }
}

fn asking(context: &Context<'_>, pod: &Pod, said: &Said<'_>, host: &str, why: Why) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = why.variant;
    finding.container = Some(said.status.name.clone());
    finding.confidence = why.confidence;
    finding.severity = match (pod.is_ready(), why.variant) {
        (false, _) => containers::severity(context, pod),
        // Members that are on no list yet, or a name that was wrong once at the start.
        (true, "no-pod" | "other-name") => Severity::Low,
        (true, _) => Severity::Medium,
    };
    if !pod.is_ready() {
        finding.since = containers::since(context, pod, said.status);
    }
    let role = containers::Role::of(pod, &said.status.name);
    finding.message =
        format!("{role} {} asks for {host}, which cannot resolve: {}", said.status.name, why.phrase);
    finding.evidence = std::iter::once(said.evidence(pod)).chain(why.evidence).collect();
    finding
}

/// A pod whose own name can't resolve, where there is a sign that somebody wants it to.
fn declares(context: &Context<'_>, pod: &Pod) -> Seen<Option<Finding>> {
    let subdomain = &pod.spec.subdomain;
    if subdomain.is_empty() {
        return Ok(None);
    }
    let by_set = pod.meta.controller().is_some_and(|owner| owner.kind == "StatefulSet");
    let member = itself(context, pod);
    let Some(why) = why::of_service(context, &pod.meta.namespace, &member)? else { return Ok(None) };
    let used = signs::in_command(pod, subdomain);
    // Many StatefulSets name a Service that isn't there, only because they must name one; who writes a subdomain and a
    // hostname himself wants the name.
    let wanted = !by_set && !pod.spec.hostname.is_empty();
    let Some(confidence) = sign(used.is_some(), wanted, is_crashing(pod)) else { return Ok(None) };
    Ok(Some(declaring(context, pod, confidence.min(why.confidence), why, used)))
}

/// How sure it is that somebody misses the name.
fn sign(used: bool, wanted: bool, crashing: bool) -> Option<Confidence> {
    match (used, wanted, crashing) {
        (true, ..) | (_, true, _) => Some(Confidence::Likely),
        (_, _, true) => Some(Confidence::Possible),
        _ => None,
    }
}

fn is_crashing(pod: &Pod) -> bool {
    let waits = |reason: &str| reason == "CrashLoopBackOff";
    let by_itself = |code: i64| code != 0 && code != 137;
    pod.container_statuses().any(|(status, _)| {
        status.restart_count >= 2
            && status.state.waiting.as_ref().is_some_and(|waiting| waits(&waiting.reason))
            && containers::last_end(status)
                .is_some_and(|end| by_itself(end.ended.exit_code) && end.ended.message.is_empty())
    })
}

fn declaring(
    context: &Context<'_>,
    pod: &Pod,
    confidence: Confidence,
    why: Why,
    used: Option<Evidence>,
) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = why.variant;
    finding.confidence = confidence;
    let hit = used.is_some() && !pod.is_ready();
    finding.severity = if hit { Severity::Medium } else { Severity::Low };
    let asked = match &used {
        Some(name) => format!(", and its own command asks for {}", name.value),
        None => String::new(),
    };
    finding.message = format!("its pods have no names under {}: {}{asked}", pod.spec.subdomain, why.phrase);
    if !pod.is_ready() && used.is_none() && confidence == Confidence::Possible {
        finding.message.push_str("; whether its pods crash for that, the source does not tell");
    }
    finding.evidence = why.evidence.into_iter().chain(used).collect();
    finding
}
