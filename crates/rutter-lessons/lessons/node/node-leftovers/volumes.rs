//! Volumes that exist on a node that is gone, or count as attached to it.

use rutter_cluster::{
    ObjectRef, Resource, Str,
    objects::{PersistentVolume, PersistentVolumeClaim, Pod},
};

use super::{ID, gone, kept};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, words};

/// So many are told by name.
const NAMED: usize = 3;

/// A claim whose volume can be mounted nowhere.
pub(super) fn claim(
    context: &Context<'_>,
    subject: &PersistentVolumeClaim,
    findings: &mut Findings,
) -> Outcome {
    if subject.spec.volume_name.is_empty() || subject.meta.deleted.is_some() {
        return Ok(());
    }
    let Some(volume) = context.persistent_volume("", &subject.spec.volume_name)? else { return Ok(()) };
    let Some(gone) = gone::of_volume(context, volume)? else { return Ok(()) };
    let users = context.pods_mounting(subject)?;
    let waiting: Vec<&&Pod> =
        users.iter().filter(|pod| !pod.is_finished() && pod.meta.deleted.is_none()).collect();
    let mut finding = Finding::about(ID, subject);
    finding.variant = "claim";
    finding.confidence = gone.confidence;
    finding.node = gone.name.clone();
    finding.severity = if waiting.is_empty() { Severity::Low } else { Severity::Medium };
    let whose = match waiting.as_slice() {
        [] => String::new(),
        [pod, ..] => format!(": pod {} cannot start with it", pod.meta.name),
    };
    finding.message =
        format!("its volume {} exists on {} only, and that node is gone{whose}", volume.meta.name, gone.name);
    finding.evidence = vec![
        Evidence::field(
            volume,
            "spec.nodeAffinity.required",
            format!("only {}", gone.name),
            volume.meta.created,
        ),
        Evidence::field(subject, "spec.volumeName", volume.meta.name.as_str(), None),
    ];
    findings.push(finding);
    Ok(())
}

/// The first of the volumes that a node has left speaks for all of them.
pub(super) fn volume(context: &Context<'_>, subject: &PersistentVolume, findings: &mut Findings) -> Outcome {
    if subject.status.phase != "Bound" {
        unclaimed(context, subject, findings)?;
    }
    attached(context, subject, findings)
}

fn unclaimed(context: &Context<'_>, subject: &PersistentVolume, findings: &mut Findings) -> Outcome {
    if subject.spec.node_terms.is_empty() {
        return Ok(());
    }
    let kept = kept::unclaimed(context);
    let first = |(_, names): &(&Str, &Vec<Str>)| names.first() == Some(&subject.meta.name);
    let Some((node, names)) = kept.as_ref().as_ref().map_err(Clone::clone)?.iter().find(first) else {
        return Ok(());
    };
    let Some(gone) = gone::node(context, node)? else { return Ok(()) };
    let mut finding = gone::finding(&gone, "volumes", subject.object_ref(), vec![subject.object_ref()]);
    finding.severity = Severity::Info;
    let (is, it) = if names.len() == 1 { ("is", "it was on") } else { ("are", "they were on") };
    let names: Vec<&str> = names.iter().map(Str::as_str).collect();
    finding.message = format!(
        "{} without a claim ({}) {is} left of {node}, which is not there any more: {it} that node only",
        words::count(names.len(), "volume"),
        words::list(&names, NAMED)
    );
    finding.evidence = vec![
        Evidence::field(subject, "spec.nodeAffinity.required", format!("only {node}"), subject.meta.created),
        Evidence::field(subject, "status.phase", subject.status.phase.as_str(), None),
    ];
    findings.push(finding);
    Ok(())
}

fn attached(context: &Context<'_>, subject: &PersistentVolume, findings: &mut Findings) -> Outcome {
    let kept = kept::attachments(context);
    let all = kept.as_ref().as_ref().map_err(Clone::clone)?;
    let first = |(_, volumes): &(&Str, &Vec<(Str, ObjectRef)>)| {
        volumes.first().is_some_and(|(volume, _)| *volume == subject.meta.name)
    };
    let Some((node, volumes)) = all.iter().find(first) else { return Ok(()) };
    let Some(gone) = gone::node(context, node)? else { return Ok(()) };
    let shown: Vec<ObjectRef> = volumes.iter().map(|(_, attachment)| attachment.clone()).collect();
    let instances = shown.iter().cloned().chain([gone::reference(&gone.name)]).collect();
    let mut finding = gone::finding(&gone, "attachments", subject.object_ref(), instances);
    finding.confidence = gone.confidence.min(Confidence::Likely);
    let names: Vec<&str> = volumes.iter().map(|(volume, _)| volume.as_str()).collect();
    let (counts, can) = if names.len() == 1 { ("counts", "it") } else { ("count", "they") };
    finding.message = format!(
        "{} ({}) still {counts} as attached to {node}, which is not there any more: {can} may not be attached elsewhere",
        words::count(names.len(), "volume"),
        words::list(&names, NAMED)
    );
    let bound = |object: &ObjectRef| Evidence {
        object: object.clone(),
        origin: crate::Origin::Field("spec.nodeName".to_owned()),
        value: node.to_string(),
        time: None,
    };
    finding.evidence = shown.iter().take(NAMED).map(bound).collect();
    findings.push(finding);
    Ok(())
}
