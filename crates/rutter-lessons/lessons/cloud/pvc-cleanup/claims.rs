//! Claims of StatefulSets that nobody uses.

use std::collections::BTreeMap;

use rutter_cluster::{
    ObjectRef, Quantity, Resource, Str,
    objects::{Event, PersistentVolumeClaim, PodTemplate, StatefulSet},
};

use super::{
    ID, KEPT, NAMED,
    members::{self, Member},
};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity, words};

pub(super) fn evaluate(
    context: &Context<'_>,
    subject: &PersistentVolumeClaim,
    findings: &mut Findings,
) -> Outcome {
    let Some(member) = unused(context, subject)? else { return Ok(()) };
    let about = ObjectRef { namespace: subject.meta.namespace.clone(), ..ObjectRef::default() };
    let unused = context.kept("claims that nobody uses", &about, all_unused);
    let unused = unused.as_ref().as_ref().map_err(Clone::clone)?;
    let alike = unused.get(members::stem(subject));
    let Some(names) = alike.filter(|names| names.first() == Some(&subject.meta.name)) else { return Ok(()) };
    let mut all = Vec::new();
    for name in names {
        all.extend(context.claim(&subject.meta.namespace, name)?);
    }
    findings.push(finding(&member, subject, &all));
    Ok(())
}

/// By what comes before the number: the names of the claims of a namespace that nobody uses, in order of their numbers.
fn all_unused(context: &Context<'_>, about: &ObjectRef) -> Seen<BTreeMap<String, Vec<Str>>> {
    let mut all = BTreeMap::<String, Vec<&PersistentVolumeClaim>>::new();
    for claim in context.claims_in(&about.namespace)? {
        if unused(context, claim)?.is_some() {
            all.entry(members::stem(claim).to_owned()).or_default().push(claim);
        }
    }
    let names = |mut claims: Vec<&PersistentVolumeClaim>| {
        claims.sort_by_key(|claim| members::number(claim));
        claims.into_iter().map(|claim| claim.meta.name.clone()).collect()
    };
    Ok(all.into_iter().map(|(stem, claims)| (stem, names(claims))).collect())
}

/// Whether nobody uses a claim, nor will: by what is there.
fn unused<'c>(context: &Context<'c>, claim: &PersistentVolumeClaim) -> Seen<Option<Member<'c>>> {
    let is_old = claim.meta.created.is_some_and(|created| !context.may_be_younger(created, KEPT));
    if claim.status.phase != "Bound" || claim.meta.deleted.is_some() || !is_old {
        return Ok(None);
    }
    let Some(member) = members::of(context, claim)? else { return Ok(None) };
    let may_return = match &member {
        Member::Of(set, number) => {
            // A number below the first was moved elsewhere, or is to be.
            let used = *number < set.spec.ordinals.start.saturating_add(set.wanted());
            used || set.wanted() == 0 || comes_back(context, set, *number)?
        }
        Member::Gone(_) => is_named_by_template(context, claim)?,
    };
    if may_return || !context.pods_mounting(claim)?.is_empty() || is_fresh(context, claim, &member)? {
        return Ok(None);
    }
    Ok(Some(member))
}

/// Whether the controller deletes it itself, a scaling-down goes on, or an autoscaler may want the number again.
fn comes_back(context: &Context<'_>, set: &StatefulSet, number: i64) -> Seen<bool> {
    let status = &set.status;
    let busy = set.meta.deleted.is_some()
        || set.meta.generation > status.observed_generation
        || status.replicas > set.wanted()
        || set.spec.persistent_volume_claim_retention_policy.when_scaled == "Delete";
    if busy {
        return Ok(true);
    }
    let scaled = context.autoscalers(&set.meta.namespace)?.iter().any(|scaler| {
        let target = &scaler.spec.scale_target_ref;
        let most = set.spec.ordinals.start.saturating_add(scaler.spec.max_replicas);
        target.kind == "StatefulSet" && target.name == set.meta.name && number < most
    });
    Ok(scaled)
}

/// Whether a workload that has no pods now would mount it.
fn is_named_by_template(context: &Context<'_>, claim: &PersistentVolumeClaim) -> Seen<bool> {
    let namespace = &claim.meta.namespace;
    let names = |template: &PodTemplate| {
        let mut claims =
            template.spec.volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref());
        claims.any(|source| source.claim_name == claim.meta.name)
    };
    Ok(context.deployments_in(namespace)?.iter().any(|one| names(&one.spec.template))
        || context.daemon_sets_in(namespace)?.iter().any(|one| names(&one.spec.template))
        || context.stateful_sets_in(namespace)?.iter().any(|one| names(&one.spec.template)))
}

/// Whether the StatefulSet was scaled or deleted within the time that events are kept.
fn is_fresh(context: &Context<'_>, claim: &PersistentVolumeClaim, member: &Member<'_>) -> Seen<bool> {
    let namespace = &claim.meta.namespace;
    match member {
        Member::Of(set, _) => {
            Ok(context.events(*set)?.iter().any(|event| event.reason == "SuccessfulDelete"))
        }
        Member::Gone(set) => {
            let of = |api_version: &str, kind: &str, name: String| {
                let (api_version, kind, name) = (api_version.into(), kind.into(), name.into());
                context.events_of(&ObjectRef {
                    api_version,
                    kind,
                    namespace: namespace.clone(),
                    name,
                    uid: Str::default(),
                })
            };
            let pod = format!("{set}-{}", members::number(claim));
            Ok(!of("apps/v1", "StatefulSet", set.clone())?.is_empty()
                || of("v1", "Pod", pod.clone())?.iter().any(|event| !comes_too_late(event, &pod)))
        }
    }
}

/// Whether the scheduler came to a pod only when that was gone: such a pod used nothing, however young the event is.
fn comes_too_late(event: &Event, pod: &str) -> bool {
    let text = event.text();
    event.reason == "FailedScheduling"
        && (text.contains(&format!("pods \"{pod}\" not found"))
            || text.contains("skip schedule deleting pod")
            // What preemption says of a pod that it no longer finds (1.34).
            || text.trim_end().ends_with(". not found"))
}

fn finding(member: &Member<'_>, first: &PersistentVolumeClaim, all: &[&PersistentVolumeClaim]) -> Finding {
    let names: Vec<&str> = all.iter().map(|claim| claim.meta.name.as_str()).collect();
    let size = all.iter().filter_map(|claim| claim.spec.resources.requests.get("storage"));
    let size = size.map(Quantity::units).fold(0, i64::saturating_add);
    let claims = format!(
        "{} ({}, {})",
        words::count(names.len(), "claim"),
        words::list(&names, NAMED),
        Quantity::from_units(size)
    );
    let mut finding = Finding::about(ID, first);
    let mut evidence = vec![Evidence::field(first, "status.phase", "Bound", first.meta.created)];
    (finding.variant, finding.message) = match member {
        Member::Of(set, _) => {
            finding.object = set.object_ref();
            let wanted = set.wanted();
            let members = words::count(usize::try_from(wanted).unwrap_or_default(), "replica");
            evidence.push(Evidence::field(*set, "spec.replicas", wanted.to_string(), None));
            let left = if names.len() == 1 { "is" } else { "are" };
            (
                "scaled-down",
                format!("{claims} {left} left of earlier members: it has {members}, and no pod mounts them"),
            )
        }
        Member::Gone(set) => {
            let left = if names.len() == 1 { "is" } else { "are" };
            (
                "set-gone",
                format!(
                    "{claims} {left} left of StatefulSet {set}, which is not there any more: no pod mounts them"
                ),
            )
        }
    };
    finding.instances = all.iter().map(|claim| claim.object_ref()).collect();
    finding.severity = Severity::Info;
    finding.confidence =
        if matches!(member, Member::Of(..)) { Confidence::Likely } else { Confidence::Possible };
    finding.evidence = evidence;
    finding
}
