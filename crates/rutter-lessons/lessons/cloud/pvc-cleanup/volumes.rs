//! Volumes whose claim is gone.

use std::collections::BTreeMap;

use rutter_cluster::{ObjectRef, Quantity, Resource, Str, Time, objects::PersistentVolume};

use super::{DAY, ID, KEPT, NAMED};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity, placement, words};

/// A provisioner deletes a volume within this time, in seconds, of its claim, if it can.
const DELETED: i64 = DAY;

/// The first of a storage class speaks for all of them.
pub(super) fn evaluate(
    context: &Context<'_>,
    subject: &PersistentVolume,
    findings: &mut Findings,
) -> Outcome {
    let Some(variant) = left(context, subject)? else { return Ok(()) };
    let left = context.kept("volumes that are left over", &ObjectRef::default(), all_left);
    let left = left.as_ref().as_ref().map_err(Clone::clone)?;
    let alike = left.get(&(subject.spec.storage_class_name.clone(), variant));
    let Some(names) = alike.filter(|names| names.first() == Some(&subject.meta.name)) else { return Ok(()) };
    let mut all = Vec::new();
    for name in names {
        all.extend(context.persistent_volume("", name)?);
    }
    findings.push(finding(context, variant, subject, &all));
    Ok(())
}

/// By storage class, and how they are left over: the names of volumes, in order.
type Left = BTreeMap<(Str, &'static str), Vec<Str>>;

fn all_left(context: &Context<'_>, _: &ObjectRef) -> Seen<Left> {
    let mut all = Left::new();
    for volume in context.volumes()? {
        if let Some(variant) = left(context, volume)? {
            let class = volume.spec.storage_class_name.clone();
            all.entry((class, variant)).or_default().push(volume.meta.name.clone());
        }
    }
    for names in all.values_mut() {
        names.sort();
    }
    Ok(all)
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
    let name = placement::only_node(&volume.spec.node_terms);
    name.map_or(Ok(false), |name| Ok(!placement::has_node(context, &name)?))
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
