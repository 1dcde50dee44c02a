//! Claims and volumes that should be gone.

use rutter_cluster::{
    Resource,
    objects::{PersistentVolume, PersistentVolumeClaim, Pod},
};

use super::{ID, OTHER, finalizers, going, is_overdue};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, words};

const CLAIM_PROTECTION: &str = "kubernetes.io/pvc-protection";
const VOLUME_PROTECTION: &str = "kubernetes.io/pv-protection";

/// What keeps a claim or a volume.
pub(super) struct Hold {
    pub(super) variant: &'static str,
    /// To stand behind a colon.
    pub(super) phrase: String,
    pub(super) evidence: Vec<Evidence>,
    pub(super) confidence: Confidence,
}

pub(super) fn claim(
    context: &Context<'_>,
    claim: &PersistentVolumeClaim,
    findings: &mut Findings,
) -> Outcome {
    if claim.meta.deleted.is_none() || going(context, &claim.meta.namespace).is_some() {
        return Ok(());
    }
    findings.extend(hold(context, claim).map(|hold| about(claim, "claim", hold)));
    Ok(())
}

fn about(object: &impl Resource, noun: &str, hold: Hold) -> Finding {
    let mut finding = Finding::about(ID, object);
    finding.variant = hold.variant;
    finding.severity = Severity::Low;
    finding.confidence = hold.confidence;
    finding.since = object.meta().deleted;
    finding.message = match hold.variant {
        "in-use" => format!("{noun} {} is deleted, and {}", object.meta().name, hold.phrase),
        _ => format!("deleted {noun} {} does not go: {}", object.meta().name, hold.phrase),
    };
    finding.evidence = hold.evidence;
    finding
}

/// Why a claim is still there, if it is late.
pub(super) fn hold(context: &Context<'_>, claim: &PersistentVolumeClaim) -> Option<Hold> {
    let meta = &claim.meta;
    if !is_overdue(context, meta.deleted, OTHER) || finalizers::only_wait(&meta.finalizers) {
        return None;
    }
    let own = |finalizer: &&rutter_cluster::Str| **finalizer != CLAIM_PROTECTION;
    if meta.finalizers.iter().any(|one| own(&one)) || meta.finalizers.is_empty() {
        return Some(by_finalizer(claim, Confidence::Certain));
    }
    // A pod that isn't seen may use it.
    let users = context.pods_mounting(claim).ok()?;
    if users.is_empty() {
        return Some(by_finalizer(claim, Confidence::Likely));
    }
    // The pod that is about to go takes the claim with it.
    let staying: Vec<&Pod> = users.into_iter().filter(|pod| pod.meta.deleted.is_none()).collect();
    (!staying.is_empty()).then(|| in_use(claim, &staying))
}

fn by_finalizer(object: &impl Resource, confidence: Confidence) -> Hold {
    let finalizers = &object.meta().finalizers;
    let (variant, phrase) = if finalizers.is_empty() {
        ("untold", "nothing in it says why".to_owned())
    } else {
        ("finalizer", finalizers::phrase(finalizers))
    };
    Hold { variant, phrase, evidence: vec![finalizers::evidence(object)], confidence }
}

fn in_use(claim: &PersistentVolumeClaim, users: &[&Pod]) -> Hold {
    let names: Vec<&str> = users.iter().map(|pod| pod.meta.name.as_str()).collect();
    let over = users.iter().all(|pod| pod.is_finished());
    let names = words::list(&names, 3);
    let phrase = match (over, users.len()) {
        (true, 1) => {
            format!("only waits for pod {names}, which has ended: it goes as soon as that is deleted")
        }
        (true, _) => {
            format!("only waits for pods {names}, which have ended: it goes as soon as they are deleted")
        }
        (false, 1) => format!(
            "only waits for pod {names}: it goes as soon as that ends or is replaced, with its data unless the volume is retained"
        ),
        (false, _) => format!(
            "only waits for pods {names}: it goes as soon as they end or are replaced, with its data unless the volume is retained"
        ),
    };
    let mut evidence = vec![finalizers::evidence(claim)];
    evidence.extend(
        users.iter().take(3).map(|pod| {
            Evidence::field(*pod, "spec.volumes", format!("mounts claim {}", claim.meta.name), None)
        }),
    );
    Hold { variant: "in-use", phrase, evidence, confidence: Confidence::Certain }
}

pub(super) fn volume(context: &Context<'_>, volume: &PersistentVolume, findings: &mut Findings) -> Outcome {
    let meta = &volume.meta;
    if !is_overdue(context, meta.deleted, OTHER) || finalizers::only_wait(&meta.finalizers) {
        return Ok(());
    }
    let bound = volume.spec.claim_ref.as_ref().filter(|_| volume.status.phase == "Bound");
    let only_protected = meta.finalizers.iter().all(|one| *one == VOLUME_PROTECTION);
    let Some(reference) = bound else {
        findings.push(about(volume, "volume", by_finalizer(volume, Confidence::Certain)));
        return Ok(());
    };
    let claim = context.claim(&reference.namespace, &reference.name)?;
    // Its claim goes, too: that says what both wait for.
    if claim.is_some_and(|claim| claim.meta.deleted.is_some()) {
        return Ok(());
    }
    let hold = if claim.is_some() {
        let phrase = format!(
            "only waits for claim {}/{}: it goes as soon as that does, and that claim cannot be bound again",
            reference.namespace, reference.name
        );
        let told = Evidence::field(volume, "status.phase", "Bound", None);
        let evidence = vec![finalizers::evidence(volume), told];
        Hold { variant: "in-use", phrase, evidence, confidence: Confidence::Certain }
    } else {
        let confidence = if only_protected { Confidence::Likely } else { Confidence::Certain };
        by_finalizer(volume, confidence)
    };
    findings.push(about(volume, "volume", hold));
    Ok(())
}
