//! Finding the members of a StatefulSet that a silent node holds.

use rutter_cluster::{
    Resource, Time,
    objects::{Node, Pod, StatefulSet, VolumeAttachment},
};

use super::{ID, say};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity, fencing, hosting,
    members::{Data, Quorum},
    starting::was_tried,
};

/// A kubelet that works needs this long, in seconds, after the grace period to confirm the end of a pod.
const LATE: i64 = 60;

/// A pod that waits for its volume for less than this, in seconds, is only starting.
const START: i64 = 60;

/// A member that a silent node holds.
#[derive(Clone, Copy)]
pub(super) struct Held<'c> {
    pub(super) pod: &'c Pod,
    /// The silent node.
    pub(super) node: &'c Node,
    pub(super) how: How<'c>,
}

#[derive(Clone, Copy)]
pub(super) enum How<'c> {
    /// Deleted, and its end is not confirmed.
    Waits,
    /// Not deleted, and it will not be.
    Kept,
    /// It is a successor elsewhere, and this keeps its volume.
    TakenOver(&'c VolumeAttachment),
}

impl How<'_> {
    pub(super) fn variant(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Kept => "kept",
            Self::TakenOver(_) => "taken-over",
        }
    }
}

pub(super) fn evaluate(context: &Context<'_>, set: &StatefulSet, findings: &mut Findings) -> Outcome {
    let held = held(context, set)?;
    for variant in ["waits", "kept", "taken-over"] {
        let these: Vec<Held<'_>> = held.iter().copied().filter(|one| one.how.variant() == variant).collect();
        if let Some(first) = these.first() {
            findings.push(finding(context, set, first, &these)?);
        }
    }
    Ok(())
}

/// Its members that a silent node holds, by name.
pub(super) fn held<'c>(context: &Context<'c>, set: &StatefulSet) -> Seen<Vec<Held<'c>>> {
    let mut all = Vec::new();
    if set.meta.deleted.is_some() || set.wanted() <= 0 || set.status.ready_replicas >= set.wanted() {
        return Ok(all);
    }
    for pod in context.unready_under(&set.object_ref())? {
        all.extend(held_on_its_node(context, pod)?);
        all.extend(taken_over(context, pod));
    }
    all.sort_by(|a, b| a.pod.meta.name.cmp(&b.pod.meta.name));
    Ok(all)
}

fn held_on_its_node<'c>(context: &Context<'c>, pod: &'c Pod) -> Seen<Option<Held<'c>>> {
    let overdue = pod.meta.deleted.is_some_and(|deleted| !context.may_be_younger(deleted, LATE));
    if pod.spec.node_name.is_empty() || (pod.meta.deleted.is_some() && !overdue) {
        return Ok(None);
    }
    let Some(node) = context.node(&pod.spec.node_name)?.filter(|node| fencing::is_silent(node)) else {
        return Ok(None);
    };
    if overdue {
        return Ok(Some(Held { pod, node, how: How::Waits }));
    }
    let kept = hosting::evicting(node).is_some_and(|taint| hosting::tolerated(pod, taint).is_none());
    Ok(kept.then_some(Held { pod, node, how: How::Kept }))
}

/// Whether a pod that hasn't started waits for a volume that is attached to a silent node: its predecessor ran there.
fn taken_over<'c>(context: &Context<'c>, pod: &'c Pod) -> Option<Held<'c>> {
    let waits = !pod.spec.node_name.is_empty() && pod.meta.deleted.is_none() && !was_tried(pod);
    if !waits || pod.meta.created.is_some_and(|created| context.may_be_younger(created, START)) {
        return None;
    }
    let data = Data::of(context, pod);
    let volumes: Vec<_> = data.claims.iter().filter_map(|claim| claim.volume_name()).collect();
    let holds = |one: &&VolumeAttachment| {
        volumes.iter().any(|volume| one.spec.source.persistent_volume_name == **volume)
            && one.spec.node_name != pod.spec.node_name
    };
    let attachment = context.volume_attachments().ok()?.iter().find(holds)?;
    let node = context.node(&attachment.spec.node_name).ok()??;
    fencing::is_silent(node).then_some(Held { pod, node, how: How::TakenOver(attachment) })
}

fn finding(context: &Context<'_>, set: &StatefulSet, first: &Held<'_>, all: &[Held<'_>]) -> Seen<Finding> {
    let quorum = Quorum::of(context, set)?;
    let mut finding = Finding::about(ID, set);
    finding.variant = first.how.variant();
    finding.severity = if quorum.is_majority() { Severity::Medium } else { Severity::High };
    finding.confidence = match first.how {
        How::TakenOver(_) => Confidence::Likely,
        _ => Confidence::Certain,
    };
    finding.since = since(context, first);
    finding.message = say::message(context, all, &quorum);
    finding.instances = all.iter().map(|one| one.pod.object_ref()).collect();
    finding.node = first.node.meta.name.clone();
    finding.evidence = evidence(context, first);
    finding.evidence.push(quorum.evidence(set));
    Ok(finding)
}

/// When its deletion was asked for, or else since when its node is silent.
fn since(context: &Context<'_>, held: &Held<'_>) -> Option<Time> {
    match held.how {
        How::Waits => {
            let grace = held.pod.meta.deletion_grace_period_seconds.max(0);
            held.pod.meta.deleted.map(|gone| gone.plus(grace.saturating_neg()))
        }
        How::Kept => say::silent_since(context, held.node),
        How::TakenOver(_) => held.pod.meta.created,
    }
}

fn evidence(context: &Context<'_>, held: &Held<'_>) -> Vec<Evidence> {
    let (pod, node) = (held.pod, held.node);
    let mut all = Vec::new();
    match held.how {
        How::Waits => all.extend(
            pod.meta
                .deleted
                .map(|time| Evidence::field(pod, "metadata.deletionTimestamp", time.to_string(), Some(time))),
        ),
        How::Kept => {
            let key = hosting::evicting(node).map_or("", |taint| taint.key.as_str());
            all.push(Evidence::field(pod, "spec.tolerations", format!("{key}, for ever"), None));
        }
        How::TakenOver(attachment) => {
            let path = "spec.nodeName";
            let on = attachment.spec.node_name.as_str();
            all.push(Evidence::field(attachment, path, on, attachment.meta.created));
        }
    }
    all.extend(node.condition("Ready").map(|ready| {
        let said = format!("{}: {}", ready.reason, ready.message);
        Evidence::field(node, "status.conditions[Ready]", said, ready.last_transition_time)
    }));
    if let Some(lease) = context.node_lease(&node.meta.name).ok().flatten() {
        all.extend(
            lease
                .spec
                .renew_time
                .map(|renewed| Evidence::field(lease, "spec.renewTime", renewed.to_string(), Some(renewed))),
        );
    }
    let data = Data::of(context, pod);
    if let Some((volume, on)) = data.local().and_then(|(claim, on)| Some((claim.volume?, on))) {
        all.push(Evidence::field(volume, "spec.nodeAffinity", format!("only {on}"), None));
    }
    all
}
