//! A pod that no node takes.
//!
//! Variants, by what decides: `resources`, `node-affinity` (labels that the pod asks for), `taints`, `pod-affinity`
//! (affinity to pods, spread), `ports`, `volume` (a claim or where a volume is), `nodes` (cordoned or not ready),
//! `no-nodes`, `no-scheduler` (nobody has looked at it), `other`.

mod decide;
mod fit;
mod hints;
mod remedies;
mod unwell;

use rutter_cluster::{
    Kind, KindSet,
    objects::{Event, Pod},
};

use crate::{
    Because, Cause, Confidence, Context, Evaluate, Evidence, Finding, Findings, Group, Lesson, Outcome,
    Relation, Seen, Severity, agents, containers, heals, leaders, texts::scheduling,
};

const ID: &str = "pod-unschedulable";

/// A pod that gets its node within this time, in seconds, was scheduled normally.
const START: i64 = 60;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "no node can take a pod",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[
        Kind::Node,
        Kind::Event,
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
        Kind::Lease,
        Kind::Endpoints,
    ]),
    evaluate: &[Evaluate::Pod(evaluate)],
    causes: &[
        Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: pods_wait },
        Cause { explains: "node-agent-missing", relation: Relation::Mentions, check: agents::explains },
        Cause { explains: "service-no-backends", relation: Relation::PodToService, check: pods_wait },
        Cause { explains: "job-failing", relation: Relation::PodToOwner, check: job_waits },
        Cause { explains: "autoscaler-cannot-add", relation: Relation::Same, check: no_new_node },
    ],
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};

fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if pod.status.phase != "Pending" || !pod.spec.node_name.is_empty() || pod.meta.deleted.is_some() {
        return Ok(());
    }
    // Pods of negative priority keep room for others, and wait whenever these need it.
    if pod.spec.priority.is_some_and(|priority| priority < 0) {
        return Ok(());
    }
    match pod.condition("PodScheduled") {
        None => findings.extend(unseen_by_scheduler(context, pod)?),
        Some(condition) if !condition.is_false() || condition.reason == "SchedulingGated" => {}
        Some(condition)
            if condition.last_transition_time.is_some_and(|time| context.is_younger(time, START)) => {}
        Some(_) if containers::autoscaler_works(context, pod) => {}
        Some(_) => findings.push(unschedulable(context, pod)),
    }
    Ok(())
}

/// Nobody even tried: the scheduler is down, or the pod asks for one that isn't there.
fn unseen_by_scheduler(context: &Context<'_>, pod: &Pod) -> Seen<Option<Finding>> {
    let gated = !pod.spec.scheduling_gates.is_empty();
    if gated
        || pod.meta.created.is_none_or(|created| context.is_younger(created, START))
        || waits_for_volume(context, pod)?
    {
        return Ok(None);
    }
    let name = match pod.spec.scheduler_name.as_str() {
        "" => "default-scheduler",
        name => name,
    };
    let mut finding = about(context, pod);
    finding.variant = "no-scheduler";
    finding.confidence = Confidence::Likely;
    finding.since = pod.meta.created;
    finding.message =
        format!("scheduler {name} hasn't looked at the pod: it isn't running, or doesn't exist");
    finding.evidence.push(Evidence::field(pod, "status.conditions", "no PodScheduled", pod.meta.created));
    finding.evidence.push(Evidence::field(pod, "spec.schedulerName", name, None));
    if name == "default-scheduler" {
        finding.evidence.extend(leaders::evidence(context, leaders::SCHEDULER));
        finding.hidden_by = leaders::record(context, leaders::SCHEDULER).err();
    }
    Ok(Some(finding))
}

/// Whether the scheduler has chosen a node, and waits for a volume to be made there: for up to 10 minutes it writes nothing
/// to the pod, but the node to the claim.
fn waits_for_volume(context: &Context<'_>, pod: &Pod) -> Seen<bool> {
    for name in pod.spec.volumes.iter().filter_map(|volume| pod.claim_name(volume)) {
        let claim = context.claim(&pod.meta.namespace, &name)?;
        let waits = claim.is_some_and(|claim| {
            claim.spec.volume_name.is_empty()
                && claim.meta.annotations.contains_key("volume.kubernetes.io/selected-node")
        });
        if waits {
            return Ok(true);
        }
    }
    Ok(false)
}

fn about(context: &Context<'_>, pod: &Pod) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    let others_ready = context.any_ready_under(&finding.object) == Ok(true);
    finding.severity = if others_ready { Severity::Medium } else { Severity::High };
    finding
}

fn unschedulable(context: &Context<'_>, pod: &Pod) -> Finding {
    let mut finding = about(context, pod);
    let condition = pod.condition("PodScheduled");
    let event = context
        .events(pod)
        .ok()
        .and_then(|events| events.into_iter().rev().find(|event| event.reason == "FailedScheduling"));
    let said = condition.map(|condition| condition.message.as_str()).filter(|message| !message.is_empty());
    let text = said.or(event.map(Event::text)).unwrap_or_default();
    let parsed = scheduling::parse(text);
    let decision = decide::decide(context, pod, &parsed);
    finding.variant = decision.variant;
    finding.since = condition.and_then(|condition| condition.last_transition_time).or(pod.meta.created);
    finding.message = decision.message;
    if let Some(said) = said {
        finding.evidence.push(Evidence::field(
            pod,
            "status.conditions[PodScheduled].message",
            said,
            finding.since,
        ));
    } else {
        finding.evidence.extend(event.map(Evidence::event));
    }
    finding.evidence.extend(decision.evidence);
    // Whether nodes are cordoned, lost or gone, only they tell; a claim is another matter.
    finding.hidden_by = context.nodes().err().filter(|_| finding.variant != "volume");
    finding
}

/// Pods without a node serve nobody.
fn pods_wait(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits =
        !matches!(effect.variant, "cannot-create" | "no-match" | "port-missing" | "not-observed" | "stale");
    // Trouble that began earlier may have begun otherwise; the pods of today wait for this.
    let order = cause.since.zip(effect.since).is_none_or(|(cause, effect)| cause.since(effect) <= 60);
    let sure = if order { Confidence::Certain } else { Confidence::Likely };
    (fits && !effect.is_history())
        .then(|| Because::new(sure, format!("pods have no node: {}", cause.message)))
}

/// What no node has, a new one has not, either.
fn no_new_node(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "no-fit" && effect.object.same(&cause.object);
    fits.then(|| Because::new(Confidence::Likely, format!("the scheduler says the same: {}", cause.message)))
}

/// A Job's deadline runs while its pods wait for a node.
fn job_waits(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "deadline")
        .then(|| Because::new(Confidence::Likely, format!("its pod had no node: {}", cause.message)))
}
