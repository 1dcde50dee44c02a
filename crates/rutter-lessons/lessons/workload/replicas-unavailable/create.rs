//! Pods that the API server refuses to create: who refuses, and what.

use rutter_cluster::{
    ObjectRef, Resource, Time,
    objects::{Condition, Event, ReplicaSet, condition},
};

use super::{
    START, rollout, security,
    workload::{Kind, Workload},
};
use crate::{
    Confidence, Context, Evidence, Origin, Seen,
    texts::workload_create::{self, Cause},
    verdict::Verdict,
    webhooks, words,
};

/// A refusal that still holds.
pub(super) struct Refused<'a> {
    /// In the API server's words.
    pub(super) text: &'a str,
    since: Option<Time>,
    /// How many pods are missing for it.
    lacking: i64,
    evidence: Vec<Evidence>,
}

/// The ReplicaSets of a Deployment that have fewer pods than they want.
fn lacking_sets<'a>(context: &Context<'a>, workload: &Workload<'a>) -> Vec<&'a ReplicaSet> {
    let Kind::Deployment(deployment) = workload.kind else { return Vec::new() };
    let sets = context.replica_sets(deployment).unwrap_or_default();
    sets.into_iter().filter(|set| set.wanted() > set.status.replicas).collect()
}

/// The events of whoever makes the pods: a Deployment's ReplicaSets, or the workload itself.
pub(super) fn events<'a>(context: &Context<'a>, workload: &Workload<'a>) -> Seen<Vec<&'a Event>> {
    if !matches!(workload.kind, Kind::Deployment(_)) {
        return context.events_of(&workload.object);
    }
    let mut all = Vec::new();
    for set in lacking_sets(context, workload) {
        all.extend(context.events(set)?);
    }
    Ok(all)
}

/// Why pods are not created, if that is so now: a condition says so as long as it lasts, an event must be the last word.
pub(super) fn refused<'a>(context: &Context<'a>, workload: &Workload<'a>) -> Option<Refused<'a>> {
    let sets = lacking_sets(context, workload);
    let said = conditions(workload, &sets).into_iter().next();
    let lacking = match workload.kind {
        Kind::Deployment(_) => sets
            .iter()
            .fold(0, |sum: i64, set| sum.saturating_add(set.wanted().saturating_sub(set.status.replicas))),
        _ => workload.wanted.saturating_sub(workload.made),
    };
    // ReplicaSets that were not seen leave only the Deployment's own condition.
    if lacking <= 0 && said.is_none() {
        return None;
    }
    let events = events(context, workload).unwrap_or_default();
    let last = last_word(&events);
    let text = last.map(Event::text).or(said.as_ref().map(|(_, condition)| condition.message.as_str()))?;
    let began = said.as_ref().and_then(|(_, condition)| condition.last_transition_time);
    let since = [last.and_then(Event::first_seen), began].into_iter().flatten().min();
    if since.is_some_and(|since| context.is_younger(since, START)) {
        return None;
    }
    let mut evidence: Vec<Evidence> = last.into_iter().map(Evidence::event).collect();
    evidence.extend(said.map(|(object, condition)| by_condition(object, condition)));
    Some(Refused { text, since, lacking, evidence })
}

/// The event that says that pods are refused, unless one was made since.
pub(super) fn last_word<'a>(events: &[&'a Event]) -> Option<&'a Event> {
    let mut about: Vec<&Event> = events
        .iter()
        .copied()
        .filter(|event| matches!(event.reason.as_str(), "FailedCreate" | "SuccessfulCreate"))
        .collect();
    about.sort_by_key(|event| event.last_seen());
    about.pop().filter(|event| event.reason == "FailedCreate")
}

/// `ReplicaFailure`, of the workload or of its ReplicaSets: Deployments, ReplicaSets and ReplicationControllers have it.
fn conditions<'a>(workload: &Workload<'a>, sets: &[&'a ReplicaSet]) -> Vec<(ObjectRef, &'a Condition)> {
    let of_sets = sets.iter().map(|set| (set.object_ref(), &*set.status.conditions));
    let all = of_sets.chain([(workload.object.clone(), workload.conditions)]);
    all.filter_map(|(object, conditions)| {
        let failure = condition(conditions, "ReplicaFailure").filter(|failure| failure.is_true())?;
        (failure.reason == "FailedCreate").then_some((object, failure))
    })
    .collect()
}

fn by_condition(object: ObjectRef, condition: &Condition) -> Evidence {
    Evidence {
        object,
        origin: Origin::Field("status.conditions[ReplicaFailure]".to_owned()),
        value: format!("True ({}): {}", condition.reason, condition.message),
        time: condition.last_transition_time,
    }
}

pub(super) fn verdict(context: &Context<'_>, workload: &Workload<'_>, refused: &Refused<'_>) -> Verdict {
    let cause = workload_create::parse(refused.text);
    let mut evidence = refused.evidence.clone();
    evidence.push(workload.count());
    evidence.extend(whose(context, workload, refused.text, &cause));
    let lacking = match refused.lacking {
        ..=0 => "its pods".to_owned(),
        number => words::count(usize::try_from(number).unwrap_or_default(), "pod"),
    };
    // What passes by itself may have passed.
    let passes = matches!(cause, Cause::Timeout | Cause::AlreadyExists);
    Verdict {
        variant: "cannot-create",
        severity: workload.severity(),
        confidence: if passes { Confidence::Likely } else { Confidence::Certain },
        message: format!("{}: {lacking} cannot be created: {}", rollout::phrase(workload), why(&cause)),
        since: refused.since,
        evidence,
    }
}

/// Who refuses what, in words.
fn why(cause: &Cause<'_>) -> String {
    match cause {
        Cause::PodSecurity { violations, .. } => {
            let heads: Vec<&str> = security::violations(violations).iter().map(|one| one.what).collect();
            if heads.is_empty() { cause.to_string() } else { format!("{cause}: {}", words::list(&heads, 4)) }
        }
        Cause::WebhookUnreachable { detail, .. } => {
            let tail = detail.rsplit(": ").next().unwrap_or(detail);
            format!("{cause} ({tail})")
        }
        Cause::PolicyDenied { message, .. } => format!("{cause}: {message}"),
        _ => cause.to_string(),
    }
}

/// The objects that refuse, where they are in the cluster: a webhook's configuration and its Service, a quota.
fn whose(context: &Context<'_>, workload: &Workload<'_>, refused: &str, cause: &Cause<'_>) -> Vec<Evidence> {
    match cause {
        Cause::WebhookUnreachable { webhook, .. } => {
            let mut all = webhooks::evidence(context, refused);
            if let Some((namespace, name)) = webhooks::service(context, refused) {
                let (api_version, kind, uid) =
                    ("v1".into(), "Service".into(), rutter_cluster::Str::default());
                let object = ObjectRef { api_version, kind, namespace, name, uid };
                let origin = Origin::Field("metadata.name".to_owned());
                let value = format!("called for webhook {webhook}");
                all.push(Evidence { object, origin, value, time: None });
            }
            all
        }
        Cause::QuotaExceeded { quota, items } => {
            let quotas = context.quotas(&workload.object.namespace).unwrap_or_default();
            let found = quotas.iter().find(|one| one.meta.name == *quota).zip(items.first());
            let shown = found.map(|(found, item)| {
                let value = format!("{} of {}", item.used, item.limited);
                Evidence::field(found, format!("status.used[{}]", item.resource), value, None)
            });
            shown.into_iter().collect()
        }
        _ => Vec::new(),
    }
}
