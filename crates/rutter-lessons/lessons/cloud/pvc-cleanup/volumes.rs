//! Volumes whose claim is gone.

use rutter_cluster::{Quantity, Resource, Time, objects::PersistentVolume};

use super::{DAY, ID, KEPT, NAMED};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity, words};

/// A provisioner deletes a volume within this time, in seconds, of its claim, if it can.
const DELETED: i64 = DAY;

/// The first of a storage class speaks for all of them.
pub(super) fn evaluate(
    context: &Context<'_>,
    subject: &PersistentVolume,
    findings: &mut Findings,
) -> Outcome {
    let Some(variant) = left(context, subject)? else { return Ok(()) };
    let mut all = Vec::new();
    for volume in context.volumes()? {
        let is_alike = volume.spec.storage_class_name == subject.spec.storage_class_name;
        if is_alike && left(context, volume)? == Some(variant) {
            all.push(volume);
        }
    }
    all.sort_by(|a, b| a.meta.name.cmp(&b.meta.name));
    if all.first().is_some_and(|first| first.meta.name == subject.meta.name) {
        findings.push(finding(context, variant, subject, &all));
    }
    Ok(())
}

/// Whether a volume is left over, and how.
fn left(context: &Context<'_>, volume: &PersistentVolume) -> Seen<Option<&'static str>> {
    let phase = volume.status.phase.as_str();
    if !matches!(phase, "Released" | "Failed") || volume.meta.deleted.is_some() {
        return Ok(None);
    }
    let keeps = volume.spec.persistent_volume_reclaim_policy != "Delete";
    let (variant, patience) = if keeps { ("released", KEPT) } else { ("not-deleted", DELETED) };
    let since = since(volume).or(volume.meta.created);
    let is_old = since.is_some_and(|since| !context.may_be_younger(since, patience));
    if !is_old || (!keeps && since.is_none()) || is_on_gone_node(context, volume)? {
        return Ok(None);
    }
    // Without a time, a claim may have been deleted a moment ago.
    let is_known = volume.status.last_phase_transition_time.is_some() || phase == "Failed";
    Ok((keeps || is_known).then_some(variant))
}

fn since(volume: &PersistentVolume) -> Option<Time> {
    volume.status.last_phase_transition_time
}

/// What a deleted node has left is told by `node-leftovers`.
fn is_on_gone_node(context: &Context<'_>, volume: &PersistentVolume) -> Seen<bool> {
    let wanted = volume.spec.node_terms.iter().flat_map(|term| term.match_expressions.iter());
    let names: Vec<_> =
        wanted.filter(|one| one.key.ends_with("/hostname")).flat_map(|one| one.values.iter()).collect();
    for name in &names {
        if context.node(name)?.is_some() {
            return Ok(false);
        }
    }
    Ok(!names.is_empty())
}

fn finding(
    context: &Context<'_>,
    variant: &'static str,
    first: &PersistentVolume,
    all: &[&PersistentVolume],
) -> Finding {
    let names: Vec<&str> = all.iter().map(|volume| volume.meta.name.as_str()).collect();
    let size = all.iter().filter_map(|volume| volume.spec.capacity.get("storage"));
    let size = size.map(Quantity::units).fold(0, i64::saturating_add);
    let volumes = format!(
        "{} ({}, {})",
        words::count(names.len(), "volume"),
        words::list(&names, NAMED),
        Quantity::from_units(size)
    );
    let (is, its) = if names.len() == 1 { ("is", "its claim is") } else { ("are", "their claims are") };
    let mut finding = Finding::about(ID, first);
    finding.variant = variant;
    finding.instances = all.iter().map(|volume| volume.object_ref()).collect();
    finding.since = all.iter().filter_map(|volume| since(volume)).min();
    finding.confidence = if finding.since.is_some() { Confidence::Likely } else { Confidence::Possible };
    finding.evidence = vec![
        Evidence::field(first, "status.phase", first.status.phase.as_str(), finding.since),
        Evidence::field(
            first,
            "spec.persistentVolumeReclaimPolicy",
            first.spec.persistent_volume_reclaim_policy.as_str(),
            None,
        ),
    ];
    finding.severity = if variant == "released" { Severity::Info } else { Severity::Low };
    finding.message = if variant == "released" {
        format!(
            "{volumes} {is} kept with the data, as the policy Retain asks for, though {its} gone: nobody removes that"
        )
    } else {
        let why =
            why(context, first).map_or_else(String::new, |why| format!(": {}", words::short(&why, 160)));
        format!("{volumes} should have been deleted with the claim (policy Delete), and {is} not{why}")
    };
    finding
}

/// What the provisioner says, in the volume's status or the last event.
fn why(context: &Context<'_>, volume: &PersistentVolume) -> Option<String> {
    if !volume.status.message.is_empty() {
        return Some(volume.status.message.to_string());
    }
    let events = context.events(volume).ok()?;
    let failed = events.into_iter().rev().find(|event| event.reason == "VolumeFailedDelete")?;
    Some(failed.text().to_owned())
}
