//! Finding workloads that lack ready pods, and what they lack them for.

use rutter_cluster::objects::{DaemonSet, Deployment, ReplicaSet, ReplicationController, StatefulSet};

use super::{
    ID, START, create, hidden, observed,
    pods::{self, Unready},
    rollout,
    workload::{Kind, Workload},
};
use crate::{Confidence, Context, Finding, Findings, Outcome, Severity, leaders, verdict::Verdict, words};

pub(super) fn deployment(context: &Context<'_>, subject: &Deployment, findings: &mut Findings) -> Outcome {
    evaluate(context, subject, &Workload::deployment(subject), findings)
}

pub(super) fn stateful_set(context: &Context<'_>, subject: &StatefulSet, findings: &mut Findings) -> Outcome {
    evaluate(context, subject, &Workload::stateful_set(subject), findings)
}

pub(super) fn daemon_set(context: &Context<'_>, subject: &DaemonSet, findings: &mut Findings) -> Outcome {
    evaluate(context, subject, &Workload::daemon_set(subject), findings)
}

/// A ReplicaSet of a Deployment is the Deployment's business; one of another owner (Argo's Rollout) shows what that lacks.
pub(super) fn replica_set(context: &Context<'_>, subject: &ReplicaSet, findings: &mut Findings) -> Outcome {
    if subject.meta.controller().is_some_and(|owner| owner.kind == "Deployment") {
        return Ok(());
    }
    evaluate(context, subject, &Workload::replica_set(subject), findings)
}

pub(super) fn replication_controller(
    context: &Context<'_>,
    subject: &ReplicationController,
    findings: &mut Findings,
) -> Outcome {
    evaluate(context, subject, &Workload::replication_controller(subject), findings)
}

fn evaluate(
    context: &Context<'_>,
    subject: &impl rutter_cluster::Resource,
    workload: &Workload<'_>,
    findings: &mut Findings,
) -> Outcome {
    // Without pods wanted, none is missed; a DaemonSet that no node should run wants none.
    if workload.meta.deleted.is_some() || workload.wanted <= 0 || workload.is_only_written() {
        return Ok(());
    }
    let verdict = judge(context, workload)?;
    findings.extend(verdict.map(|verdict| {
        let hidden_by = hidden::by(context, workload, verdict.variant);
        Finding { hidden_by, ..verdict.about(ID, subject) }
    }));
    Ok(())
}

fn judge(context: &Context<'_>, workload: &Workload<'_>) -> crate::Seen<Option<Verdict>> {
    if let Some(verdict) = observed::not_observed(context, workload) {
        return Ok(Some(verdict));
    }
    if is_complete(workload) {
        return Ok(observed::stale(context, workload).or_else(|| rollout::surplus(context, workload)));
    }
    if let Some(refused) = create::refused(context, workload) {
        return Ok(Some(create::verdict(context, workload, &refused)));
    }
    if rollout::may_go_on(context, workload) {
        return Ok(None);
    }
    let Some(unready) = pods::unready(context, workload) else {
        return Ok((!may_start(context, workload)).then(|| by_status(workload)));
    };
    if unready.pods.is_empty() {
        return if pods::known(context, workload) < workload.made {
            Ok((!may_start(context, workload)).then(|| by_status(workload)))
        } else {
            missing(context, workload)
        };
    }
    if unready.are_young(context) {
        return Ok(None);
    }
    Ok(Some(by_pods(context, workload, &unready)))
}

/// Whether nothing is missing: of a Deployment neither ready pods nor pods of its present template.
fn is_complete(workload: &Workload<'_>) -> bool {
    let replaced = !matches!(workload.kind, Kind::Deployment(_)) || workload.updated >= workload.wanted;
    workload.ready >= workload.wanted && replaced
}

/// Whether it was made so short a time ago that its pods may be starting.
fn may_start(context: &Context<'_>, workload: &Workload<'_>) -> bool {
    workload.meta.created.is_some_and(|created| context.may_be_younger(created, 2 * START))
}

/// Its pods were not seen, or not all of them: only the counts speak.
fn by_status(workload: &Workload<'_>) -> Verdict {
    let available = rollout::unavailable(workload);
    let mut evidence = vec![workload.count()];
    evidence.extend(rollout::evidence(workload));
    Verdict {
        variant: "not-ready",
        severity: rollout::severity(workload),
        confidence: Confidence::Likely,
        message: format!(
            "{}; its pods are not in the source, so why is undecided",
            rollout::phrase(workload)
        ),
        since: available,
        evidence,
    }
}

fn by_pods(context: &Context<'_>, workload: &Workload<'_>, unready: &Unready<'_>) -> Verdict {
    let mut evidence = vec![workload.count()];
    evidence.extend(rollout::evidence(workload));
    evidence.extend(unready.evidence());
    let mut verdict = Verdict {
        variant: if rollout::old_serves(workload) { "new-revision" } else { "not-ready" },
        severity: rollout::severity(workload),
        confidence: Confidence::Certain,
        message: format!("{}: {}", rollout::phrase(workload), unready.states(workload)),
        since: rollout::unavailable(workload).or_else(|| unready.since()),
        evidence,
    };
    if let Some(reason) = unready.without_node() {
        verdict.variant = "cannot-schedule";
        verdict.since = unready.since();
        verdict.message = format!("{}: {reason}", rollout::phrase(workload));
    }
    if let Some(blocked) = pods::blocked(workload, unready) {
        verdict.message = format!("{}; {}", verdict.message, blocked.phrase);
        verdict.evidence.push(blocked.evidence);
    }
    if let Some(lease) = unready.stand_by(context, workload) {
        verdict.severity = Severity::Low;
        verdict.confidence = Confidence::Possible;
        verdict.message = format!(
            "{}; probably by design: lease {} shows that another replica leads",
            verdict.message, lease.object.name
        );
        verdict.evidence.push(lease);
    }
    verdict
}

/// Pods that aren't there, and are refused by nobody: their controller hasn't made them.
fn missing(context: &Context<'_>, workload: &Workload<'_>) -> crate::Seen<Option<Verdict>> {
    let lacking = workload.wanted.saturating_sub(workload.made);
    let young = workload.meta.created.is_none_or(|created| context.may_be_younger(created, START));
    if lacking <= 0 || young || rollout::is_paused(workload) || pods::moves(context, workload) {
        return Ok(None);
    }
    // Why they are not made, only events tell: of a StatefulSet or DaemonSet no condition does.
    let events = create::events(context, workload)?;
    if create::last_word(&events).is_some() {
        return Ok(None); // too young a refusal to speak of
    }
    let lacking = words::count(usize::try_from(lacking).unwrap_or_default(), "pod");
    let count =
        workload.field("status.replicas", format!("{} of {} wanted", workload.made, workload.wanted), None);
    Ok(Some(Verdict {
        variant: "missing-pods",
        severity: Severity::Medium,
        confidence: Confidence::Possible,
        message: format!(
            "{}: {lacking} missing, and no event says that the API server refuses them",
            workload.phrase()
        ),
        since: None,
        evidence: [workload.count(), count]
            .into_iter()
            .chain(leaders::evidence(context, leaders::MANAGER))
            .collect(),
    }))
}
