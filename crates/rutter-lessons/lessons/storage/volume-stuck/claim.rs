//! A claim that isn't bound, or that lost its volume.

use rutter_cluster::objects::{Event, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass};
use rutter_cluster::{Str, Time};

use super::{ID, START, pod::short, provisioner};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, words};

/// A provisioner that hasn't said a word after this time, in seconds, won't.
const SILENT: i64 = 300;

/// Making a volume that is filled from another may take this long, in seconds.
const FILLING: i64 = 1800;

/// Why a claim waits: the variant, what to say, how sure.
struct Why<'c> {
    variant: &'static str,
    message: String,
    confidence: Confidence,
    event: Option<&'c Event>,
    /// Of another object.
    other: Option<Evidence>,
}

impl<'c> Why<'c> {
    fn new(variant: &'static str, message: String) -> Self {
        Self { variant, message, confidence: Confidence::Certain, event: None, other: None }
    }

    fn by(mut self, event: &'c Event) -> Self {
        self.event = Some(event);
        self
    }
}

pub(super) fn evaluate(
    context: &Context<'_>,
    claim: &PersistentVolumeClaim,
    findings: &mut Findings,
) -> Outcome {
    if claim.meta.deleted.is_some() || claim.status.phase == "Bound" {
        return Ok(());
    }
    if claim.status.phase == "Lost" {
        findings.push(lost(context, claim));
        return Ok(());
    }
    if claim.status.phase != "Pending"
        || claim.meta.created.is_some_and(|created| context.is_younger(created, START))
    {
        return Ok(());
    }
    let users = users(context, claim);
    if let Some(why) = why(context, claim, &users)? {
        findings.push(pending(claim, why, &users));
    }
    Ok(())
}

/// The pods that mount the claim, as far as pods were seen.
fn users<'c>(context: &Context<'c>, claim: &PersistentVolumeClaim) -> Vec<&'c Pod> {
    let pods = context.pods_in(&claim.meta.namespace).unwrap_or_default();
    let mounts = |pod: &&Pod| {
        pod.spec
            .volumes
            .iter()
            .any(|volume| pod.claim_name(volume).is_some_and(|name| name == claim.meta.name))
    };
    pods.iter().filter(|pod| !pod.is_finished()).filter(mounts).collect()
}

fn pending(claim: &PersistentVolumeClaim, why: Why<'_>, users: &[&Pod]) -> Finding {
    let mut finding = Finding::about(ID, claim);
    finding.variant = why.variant;
    finding.confidence = why.confidence;
    finding.severity = if users.is_empty() { Severity::Medium } else { Severity::High };
    finding.since = claim.meta.created;
    finding.message = why.message;
    finding.evidence.extend(why.other);
    finding.evidence.extend(why.event.map(Evidence::event));
    finding.evidence.push(Evidence::field(claim, "status.phase", "Pending", claim.meta.created));
    if let Some(class) = class_name(claim) {
        finding.evidence.push(Evidence::field(claim, "spec.storageClassName", class, None));
    }
    finding
}

fn lost(context: &Context<'_>, claim: &PersistentVolumeClaim) -> Finding {
    let event = newest(context, claim, "ClaimLost").or_else(|| newest(context, claim, "ClaimMisbound"));
    let volume = &claim.spec.volume_name;
    let mut finding = Finding::about(ID, claim);
    finding.variant = "lost";
    finding.severity = Severity::High;
    finding.since = event.and_then(Event::first_seen);
    finding.message =
        match context.volumes().ok().map(|all| all.iter().any(|other| other.meta.name == *volume)) {
            _ if volume.is_empty() => "the claim was bound and no longer names its volume".to_owned(),
            Some(true) => format!("the claim is bound to volume {volume}, which belongs to another claim"),
            _ => format!("the claim's volume {volume} doesn't exist any more"),
        };
    finding.evidence.push(Evidence::field(claim, "status.phase", "Lost", finding.since));
    finding.evidence.extend(event.map(Evidence::event));
    finding
}

fn newest<'c>(context: &Context<'c>, claim: &PersistentVolumeClaim, reason: &str) -> Option<&'c Event> {
    context.events(claim).ok()?.into_iter().rev().find(|event| event.reason == reason)
}

/// The class that a claim asks for; empty: none, on purpose. The annotation is from before 1.6.
fn class_name(claim: &PersistentVolumeClaim) -> Option<&str> {
    let annotation = claim.meta.annotations.get("volume.beta.kubernetes.io/storage-class");
    annotation.or(claim.spec.storage_class_name.as_ref()).map(Str::as_str)
}

fn why<'c>(
    context: &Context<'c>,
    claim: &PersistentVolumeClaim,
    users: &[&Pod],
) -> Result<Option<Why<'c>>, rutter_cluster::Unseen> {
    if !claim.spec.volume_name.is_empty() {
        return Ok(Some(wrong_volume(context, claim)));
    }
    match class_name(claim) {
        None => no_class(context, claim).map(Some),
        Some("") => Ok(Some(no_volume(context, claim, ""))),
        Some(name) => of_class(context, claim, name, users),
    }
}

fn wrong_volume<'c>(context: &Context<'c>, claim: &PersistentVolumeClaim) -> Why<'c> {
    let name = &claim.spec.volume_name;
    let event =
        ["VolumeMismatch", "FailedBinding"].into_iter().find_map(|reason| newest(context, claim, reason));
    let found = context.volumes().map(|all| all.iter().find(|volume| volume.meta.name == *name));
    let (confidence, how) = match (found, event) {
        (Ok(None), _) => (Confidence::Certain, "which doesn't exist".to_owned()),
        (_, Some(event)) => (Confidence::Certain, format!("and doesn't get it: {}", short(event.text()))),
        (Ok(Some(volume)), None) => (Confidence::Likely, format!("which is {}", volume.status.phase)),
        (Err(_), None) => (Confidence::Likely, "and doesn't get it".to_owned()),
    };
    Why { confidence, event, ..Why::new("wrong-volume", format!("the claim asks for volume {name}, {how}")) }
}

/// A claim without a class gets the default class, if there is one.
fn no_class<'c>(
    context: &Context<'c>,
    claim: &PersistentVolumeClaim,
) -> Result<Why<'c>, rutter_cluster::Unseen> {
    let event = newest(context, claim, "FailedBinding");
    let classes = match (context.storage_classes(), event) {
        (Ok(classes), _) => classes,
        (Err(_), Some(event)) => {
            let message = "the claim names no storage class, and there is no default class".to_owned();
            return Ok(Why {
                confidence: Confidence::Likely,
                ..Why::new("no-default-class", message).by(event)
            });
        }
        (Err(unseen), None) => return Err(unseen),
    };
    let default = classes.iter().find(|class| is_default(class));
    let names: Vec<&str> = classes.iter().map(|class| class.meta.name.as_str()).collect();
    let message = match (default, names.as_slice()) {
        (Some(class), _) => {
            format!("the claim names no storage class and didn't get the default class {}", class.meta.name)
        }
        (None, []) => "the claim names no storage class, and the cluster has none".to_owned(),
        (None, names) => format!(
            "the claim names no storage class, and none of the cluster's ({}) is the default",
            words::list(names, 4)
        ),
    };
    let why = Why::new("no-default-class", message);
    Ok(match event {
        Some(event) => why.by(event),
        None => why,
    })
}

fn is_default(class: &StorageClass) -> bool {
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"]
        .iter()
        .any(|key| class.meta.annotations.get(key).is_some_and(|value| value == "true"))
}

/// A claim that only a volume made by hand can serve.
fn no_volume<'c>(context: &Context<'c>, claim: &PersistentVolumeClaim, class: &str) -> Why<'c> {
    let free = context.volumes().ok().map(|all| {
        let fits_class = |volume: &&PersistentVolume| volume.spec.storage_class_name == class;
        all.iter().filter(fits_class).filter(|volume| volume.status.phase == "Available").collect::<Vec<_>>()
    });
    let wanted = claim.spec.resources.requests.get("storage");
    let largest =
        free.as_ref().and_then(|free| free.iter().filter_map(|v| v.spec.capacity.get("storage")).max());
    let what = if class.is_empty() { "without class".to_owned() } else { format!("of class {class}") };
    let message = match (&free, wanted, largest) {
        (Some(free), ..) if free.is_empty() => {
            format!("no free volume {what} exists, and none is made for this claim")
        }
        (Some(_), Some(wanted), Some(largest)) if largest < wanted => {
            format!("the claim asks for {wanted}, and the largest free volume {what} has {largest}")
        }
        (Some(free), ..) => format!(
            "{} {what} {} free, but none fits the claim's access modes, selector or topology",
            words::count(free.len(), "volume"),
            if free.len() == 1 { "is" } else { "are" }
        ),
        (None, ..) => format!("the claim waits for a volume {what} that somebody makes by hand"),
    };
    let confidence = if free.is_some() { Confidence::Certain } else { Confidence::Likely };
    let event = newest(context, claim, "FailedBinding");
    Why { confidence, event, ..Why::new("no-volume", message) }
}

fn of_class<'c>(
    context: &Context<'c>,
    claim: &PersistentVolumeClaim,
    name: &str,
    users: &[&Pod],
) -> Result<Option<Why<'c>>, rutter_cluster::Unseen> {
    let failed = newest(context, claim, "ProvisioningFailed");
    let class = context.storage_class(name);
    let missing = failed.filter(|event| {
        event.text().contains("storageclass.storage.k8s.io") && event.text().contains("not found")
    });
    if let Some(event) = missing.filter(|_| !matches!(class, Ok(Some(_)))) {
        return Ok(Some(Why::new("class-missing", missing_class(context, name)).by(event)));
    }
    if let Some(event) = failed.filter(|_| missing.is_none()) {
        return Ok(Some(
            Why::new("provisioning-failed", format!("its volume can't be made: {}", reason(event))).by(event),
        ));
    }
    match class {
        Ok(None) => Ok(Some(Why::new("class-missing", missing_class(context, name)))),
        Ok(Some(class)) if class.provisioner == "kubernetes.io/no-provisioner" => {
            Ok(pod_chosen(claim, users, class).then(|| no_volume(context, claim, name)))
        }
        Ok(Some(class)) => Ok(silence(context, claim, class, users)),
        Err(unseen) => match newest(context, claim, "ExternalProvisioning") {
            Some(_) if is_at_it(context, claim) => Ok(None),
            Some(event) => Ok(unanswered(context, event)),
            None if newest(context, claim, "WaitForFirstConsumer").is_some() => Ok(None),
            None => Err(unseen),
        },
    }
}

fn missing_class(context: &Context<'_>, name: &str) -> String {
    let classes = context.storage_classes().unwrap_or_default();
    let names: Vec<&str> = classes.iter().map(|class| class.meta.name.as_str()).collect();
    match names.as_slice() {
        [] => format!("storage class {name} doesn't exist"),
        names => format!("storage class {name} doesn't exist; there is {}", words::list(names, 4)),
    }
}

/// `failed to provision volume with StorageClass "x": rpc error: code = … desc = …` without its head.
fn reason(event: &Event) -> String {
    let text = event.text();
    let text = text
        .split_once("StorageClass \"")
        .and_then(|(_, rest)| rest.split_once("\": "))
        .map_or(text, |(_, t)| t);
    short(text)
}

/// Whether a claim is to be served by now: at once, or when a pod that uses it has a node.
fn pod_chosen(claim: &PersistentVolumeClaim, users: &[&Pod], class: &StorageClass) -> bool {
    class.volume_binding_mode != "WaitForFirstConsumer"
        || claim.meta.annotations.contains_key("volume.kubernetes.io/selected-node")
        || (class.provisioner == "kubernetes.io/no-provisioner" && !users.is_empty())
}

/// Nothing failed, and nothing happened: the provisioner doesn't work on it.
fn silence<'c>(
    context: &Context<'c>,
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
    users: &[&Pod],
) -> Option<Why<'c>> {
    let event = newest(context, claim, "ExternalProvisioning");
    let since = event.and_then(Event::first_seen).or(claim.meta.created);
    if !pod_chosen(claim, users, class) || is_at_it(context, claim) {
        return None;
    }
    let why = no_answer(context, &class.provisioner, since)?;
    Some(match event {
        Some(event) => why.by(event),
        None => why,
    })
}

/// A provisioner that is down is told of at once, any other only when it has had its time.
fn no_answer<'c>(context: &Context<'c>, provisioner: &Str, since: Option<Time>) -> Option<Why<'c>> {
    let down = provisioner::down(context, provisioner);
    if down.is_none() && !waits_long(context, since) {
        return None;
    }
    let message = match &down {
        Some(down) => format!("provisioner {provisioner} is down: {}", down.phrase),
        None => format!("provisioner {provisioner} hasn't answered: no volume, no error"),
    };
    let other = down.map(|down| down.evidence);
    Some(Why { confidence: Confidence::Likely, other, ..Why::new("no-provisioner", message) })
}

/// Whether the provisioner has said lately that it makes the volume: one filled from a snapshot takes its time.
fn is_at_it(context: &Context<'_>, claim: &PersistentVolumeClaim) -> bool {
    let began = newest(context, claim, "Provisioning").and_then(Event::last_seen);
    began.is_some_and(|began| context.is_younger(began, FILLING))
}

fn unanswered<'c>(context: &Context<'c>, event: &'c Event) -> Option<Why<'c>> {
    let provisioner = event.text().split_once("provisioner ").map_or("", |(_, rest)| rest);
    let provisioner =
        provisioner.trim_start_matches(['\'', '"']).split(['\'', '"']).next().unwrap_or_default();
    no_answer(context, &provisioner.into(), event.first_seen()).map(|why| why.by(event))
}

fn waits_long(context: &Context<'_>, since: Option<Time>) -> bool {
    !since.is_some_and(|since| context.is_younger(since, SILENT))
}
