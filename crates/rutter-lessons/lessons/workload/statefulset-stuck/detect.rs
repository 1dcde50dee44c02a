//! Finding the pod that a rollout waits for.

use rutter_cluster::{
    Resource, Time,
    objects::{Pod, StatefulSet},
};

use super::ID;
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity, containers,
    members::{self, Data, Quorum},
    starting::{START, only_starts, unready_since, was_ready, was_tried},
    words,
};

/// A pod may take this long, in seconds, from its creation until it is ready, if nothing goes wrong.
const SLOW: i64 = 300;

/// A pod that was ready may be back within this time, in seconds.
const BACK: i64 = 600;

/// The pod that a rollout waits for.
pub(super) struct Blocker<'c> {
    pub(super) pod: &'c Pod,
    /// Of which template it was made.
    pub(super) revision: &'c str,
    /// Whether it was ready before.
    pub(super) was_ready: bool,
    /// How many other pods of the present template are ready.
    pub(super) proofs: usize,
    /// How many of them aren't: the template may be wrong, too.
    pub(super) doubts: usize,
    confidence: Confidence,
}

pub(super) fn evaluate(context: &Context<'_>, set: &StatefulSet, findings: &mut Findings) -> Outcome {
    let Some(blocker) = blocker(context, set)? else { return Ok(()) };
    let quorum = Quorum::of(context, set)?;
    let name = &blocker.pod.meta.name;
    let state = words::pod_state(blocker.pod);
    let update = &set.status.update_revision;
    let mut finding = Finding::about(ID, set);
    finding.variant = if blocker.was_ready { "lost" } else { "never-ready" };
    finding.severity = if quorum.ready == 0 { Severity::High } else { Severity::Medium };
    finding.confidence = blocker.confidence;
    finding.since = unready_since(blocker.pod);
    finding.message = format!(
        "its rollout waits for {name}, which has an earlier template ({}) and is {state}: the present one ({update}) reaches no \
         further pod before {name} is ready or deleted; {}",
        blocker.revision,
        quorum.phrase()
    );
    finding.instances = vec![blocker.pod.object_ref()];
    finding.node = blocker.pod.spec.node_name.clone();
    let revision = format!("{}, not {update}", blocker.revision);
    finding.evidence = vec![
        Evidence::field(blocker.pod, "metadata.labels[controller-revision-hash]", revision, None),
        Evidence::field(
            blocker.pod,
            "status.conditions[Ready].status",
            format!("not True: {state}"),
            finding.since,
        ),
        quorum.evidence(set),
    ];
    findings.push(finding);
    Ok(())
}

/// The pod that keeps the present template from all pods. Pods are looked at from the lowest number on, and nothing is
/// renewed while one of them is not ready: so the first decides, and only one of an earlier template is in a trap.
pub(super) fn blocker<'c>(context: &Context<'c>, set: &StatefulSet) -> Seen<Option<Blocker<'c>>> {
    if !rolls_in_order(set) {
        return Ok(None);
    }
    let object = set.object_ref();
    // Of most sets all pods are well: then a change of one of them touches nothing.
    if context.unready_under(&object)?.is_empty() {
        return Ok(None);
    }
    let Some(pod) = first_unready(context, set, context.pods_under(&object)?) else { return Ok(None) };
    let partition = set.spec.update_strategy.rolling_update.as_ref().map_or(0, |rolling| rolling.partition);
    let update = &set.status.update_revision;
    let revision = pod.meta.labels.get("controller-revision-hash").filter(|revision| *revision != update);
    let Some(revision) = revision else { return Ok(None) };
    if members::ordinal(set, pod).is_none_or(|at| at < partition) || may_become_ready(context, pod) {
        return Ok(None);
    }
    let confidence = match context.node(&pod.spec.node_name) {
        _ if pod.spec.node_name.is_empty() => Confidence::Certain,
        Ok(Some(node)) if node.is_ready() => Confidence::Certain,
        // Its node is what is wrong, and would not confirm its end.
        Ok(_) => return Ok(None),
        Err(_) => Confidence::Likely,
    };
    if !was_tried(pod) && waits_for_volume(context, pod)? {
        return Ok(None);
    }
    let was_ready = was_ready(pod);
    let (proofs, doubts) = of_template(context, set)?;
    let confidence = if was_ready { Confidence::Likely.min(confidence) } else { confidence };
    Ok(Some(Blocker { pod, revision, was_ready, proofs, doubts, confidence }))
}

/// Whether the controller renews its pods one by one, has seen its present template, and is not done.
fn rolls_in_order(set: &StatefulSet) -> bool {
    let status = &set.status;
    set.meta.deleted.is_none()
        && set.spec.update_strategy.kind == "RollingUpdate"
        && set.spec.pod_management_policy != "Parallel"
        && !status.update_revision.is_empty()
        && set.meta.generation <= status.observed_generation
        && status.ready_replicas < set.wanted()
}

/// The pod with the lowest number that isn't ready. None if one before it is missing or leaving, or has ended: the
/// controller makes it anew, of the present template.
fn first_unready<'c>(context: &Context<'_>, set: &StatefulSet, pods: Vec<&'c Pod>) -> Option<&'c Pod> {
    let start = set.spec.ordinals.start;
    let all = start..start.saturating_add(set.wanted());
    let number = |pod: &'c Pod| Some((members::ordinal(set, pod)?, pod));
    let mut members: Vec<(i64, &Pod)> = pods.into_iter().filter_map(number).collect();
    members.retain(|(at, _)| all.contains(at));
    members.sort_by_key(|(at, _)| *at);
    for (expected, (at, pod)) in all.zip(members) {
        if at != expected || pod.meta.deleted.is_some() || pod.is_finished() {
            return None;
        }
        if !pod.is_ready() {
            return Some(pod);
        }
        let since = pod.condition("Ready").and_then(|ready| ready.last_transition_time);
        if since.is_some_and(|since| context.may_be_younger(since, set.spec.min_ready_seconds)) {
            return None;
        }
    }
    None
}

/// Whether it may only be starting, or be back in a moment.
fn may_become_ready(context: &Context<'_>, pod: &Pod) -> bool {
    let lost = |seconds: i64| unready_since(pod).is_some_and(|since| context.may_be_younger(since, seconds));
    if was_ready(pod) {
        return lost(BACK);
    }
    let young = pod.meta.created.is_some_and(|created: Time| context.may_be_younger(created, SLOW));
    lost(START) || (only_starts(pod) && (young || containers::starts(context, pod)))
}

/// Whether what keeps it from its first start is a volume: then another pod would wait for it, too.
fn waits_for_volume(context: &Context<'_>, pod: &Pod) -> Seen<bool> {
    for claim in Data::of(context, pod).claims {
        if claim.object.is_err() {
            claim.object.clone()?;
        }
        if !claim.is_bound() {
            return Ok(true);
        }
    }
    if pod.spec.node_name.is_empty() {
        return Ok(false);
    }
    let events = context.events(pod)?;
    Ok(events.iter().any(|event| event.reason == "FailedAttachVolume"))
}

/// How many pods of the present template are ready, and how many aren't.
fn of_template(context: &Context<'_>, set: &StatefulSet) -> Seen<(usize, usize)> {
    let update = &set.status.update_revision;
    let is_new = |pod: &&Pod| {
        pod.meta.deleted.is_none()
            && pod.meta.labels.get("controller-revision-hash").is_some_and(|own| own == update)
    };
    let (ready, others): (Vec<&Pod>, Vec<&Pod>) =
        context.pods_under(&set.object_ref())?.into_iter().filter(is_new).partition(|pod| pod.is_ready());
    Ok((ready.len(), others.len()))
}
