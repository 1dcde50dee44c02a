//! A scheduled pod that waits for a volume.

use rutter_cluster::Time;
use rutter_cluster::objects::{Event, Pod, VolumeAttachment};

use super::texts::{self, Trouble};
use super::{ID, START};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity};

/// The kubelet tries again after two minutes at most: an event older than this, in seconds, is not from the last try.
const STALE: i64 = 600;

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if !waits(pod) || scheduled(pod).is_some_and(|time| context.is_younger(time, START)) {
        return Ok(());
    }
    let events = context.events(pod)?;
    let Some((event, trouble)) = newest_trouble(&events) else { return Ok(()) };
    let mut finding = finding(context, pod, event, trouble);
    // A Multi-Attach error is told once; that the volume is still missing, again and again.
    let last = events.iter().filter(|event| is_trouble(event)).filter_map(|event| event.last_seen()).max();
    let stale = last.is_some_and(|last| context.age(last) > STALE);
    finding.confidence = if stale { Confidence::Likely } else { Confidence::Certain };
    findings.push(finding);
    Ok(())
}

fn is_trouble(event: &Event) -> bool {
    matches!(event.reason.as_str(), "FailedMount" | "FailedAttachVolume")
}

/// Whether a pod has a node, and none of its containers was started: all volumes are mounted before the first.
fn waits(pod: &Pod) -> bool {
    let waiting = |reason: &str| matches!(reason, "" | "ContainerCreating" | "PodInitializing");
    pod.status.phase == "Pending"
        && !pod.spec.node_name.is_empty()
        && pod.meta.deleted.is_none()
        && pod.container_statuses().all(|(status, _)| {
            let state = &status.state;
            state.running.is_none()
                && state.terminated.is_none()
                && state.waiting.as_ref().is_none_or(|why| waiting(&why.reason))
        })
}

fn scheduled(pod: &Pod) -> Option<Time> {
    let scheduled = pod.condition("PodScheduled").and_then(|condition| condition.last_transition_time);
    scheduled.or(pod.status.start_time).or(pod.meta.created)
}

/// The newest failure that tells the most, unless something happened since that only happens after all mounts.
fn newest_trouble<'e>(events: &[&'e Event]) -> Option<(&'e Event, Trouble<'e>)> {
    let mut found: Option<(&Event, Trouble<'_>)> = None;
    for event in events.iter().rev() {
        match event.reason.as_str() {
            "FailedMount" | "FailedAttachVolume" => {
                let trouble = texts::parse(event.text());
                if found.is_none_or(|(_, best)| rank(trouble) < rank(best)) && !superseded(events, event) {
                    found = Some((event, trouble));
                }
            }
            "Pulling"
            | "Pulled"
            | "Created"
            | "Started"
            | "Failed"
            | "BackOff"
            | "FailedCreatePodSandBox" => break,
            _ => {}
        }
    }
    found
}

/// A failure to attach that was followed by an attachment.
fn superseded(events: &[&Event], event: &Event) -> bool {
    event.reason == "FailedAttachVolume"
        && events.iter().any(|other| {
            other.reason == "SuccessfulAttachVolume"
                && other.last_seen() >= event.last_seen()
                && texts::volume(other.text()) == texts::volume(event.text())
        })
}

fn rank(trouble: Trouble<'_>) -> u8 {
    match trouble {
        Trouble::MultiAttach { .. } => 0,
        Trouble::DriverMissing { .. } => 1,
        Trouble::ObjectMissing { .. } => 2,
        Trouble::Claim { .. } => 3,
        Trouble::Attach { .. } => 4,
        Trouble::Mount { .. } => 5,
        Trouble::Timeout => 6,
    }
}

fn finding(context: &Context<'_>, pod: &Pod, event: &Event, trouble: Trouble<'_>) -> Finding {
    let volume = own_name(context, pod, event);
    let held =
        matches!(trouble, Trouble::MultiAttach { .. }).then(|| attachment(context, pod, event)).flatten();
    let holder =
        held.map_or_else(|| "another node".to_owned(), |held| format!("node {}", held.spec.node_name));
    let mut finding = Finding::about_pod(ID, context, pod);
    (finding.variant, finding.message) = words(trouble, &volume, &holder);
    if finding.variant == "driver-missing" {
        finding.hidden_with_node(context);
    }
    let up = context.any_ready_under(&finding.object) == Ok(true);
    finding.severity = if up { Severity::Medium } else { Severity::High };
    finding.since = event.first_seen();
    finding.evidence.push(Evidence::event(event));
    finding.evidence.extend(
        held.map(|held| {
            Evidence::field(held, "spec.nodeName", held.spec.node_name.as_str(), held.meta.created)
        }),
    );
    finding
}

/// How the pod itself calls the volume: the same for all replicas of a StatefulSet.
fn own_name(context: &Context<'_>, pod: &Pod, event: &Event) -> String {
    let text = event.text();
    let Some(named) = texts::volume(text) else {
        return match texts::unmounted(text).as_slice() {
            [] => "a volume".to_owned(),
            [one] => format!("volume {one}"),
            many => format!("volumes {}", crate::words::list(many, 3)),
        };
    };
    let behind = |volume: &&rutter_cluster::objects::Volume| {
        let claim = pod
            .claim_name(volume)
            .and_then(|claim| context.claim(&pod.meta.namespace, &claim).ok().flatten());
        claim.is_some_and(|claim| claim.spec.volume_name == named)
    };
    let own = pod.spec.volumes.iter().find(|volume| volume.name == named);
    let own = own.or_else(|| pod.spec.volumes.iter().find(behind));
    own.map_or_else(|| "its volume".to_owned(), |volume| format!("volume {}", volume.name))
}

fn words(trouble: Trouble<'_>, volume: &str, holder: &str) -> (&'static str, String) {
    match trouble {
        Trouble::MultiAttach { users: Some(users) } if users.starts_with("pod(s)") => {
            ("multi-attach", format!("{volume} is attached to {holder}, where another pod uses it"))
        }
        Trouble::MultiAttach { users: Some(_) } => {
            ("multi-attach", format!("{volume} is attached to {holder}, for a pod of another namespace"))
        }
        Trouble::MultiAttach { users: None } => (
            "multi-attach",
            format!("{volume} is still attached to {holder}, where no pod needs it any more"),
        ),
        Trouble::DriverMissing { driver: Some(driver) } => (
            "driver-missing",
            format!("{volume} can't be mounted: CSI driver {driver} isn't registered on the node"),
        ),
        Trouble::DriverMissing { driver: None } => {
            ("driver-missing", format!("{volume} can't be mounted: the kubelet has no plug-in for it"))
        }
        Trouble::ObjectMissing { kind, name, key: false } => {
            ("object-missing", format!("{volume} can't be mounted: {kind} {name} doesn't exist"))
        }
        Trouble::ObjectMissing { kind, name, key: true } => {
            ("object-missing", format!("{volume} can't be mounted: its {kind} has no key {name}"))
        }
        Trouble::Claim { detail } => ("claim", format!("{volume} can't be mounted: {}", of_claim(detail))),
        Trouble::Attach { detail } => ("attach", format!("{volume} can't be attached: {}", short(detail))),
        Trouble::Mount { detail } => ("mount", format!("{volume} can't be mounted: {}", short(detail))),
        Trouble::Timeout => ("timeout", format!("{volume} doesn't get mounted, and no event says why")),
    }
}

/// Without the claim's name: that differs from replica to replica.
fn of_claim(detail: &str) -> String {
    match detail {
        _ if detail.contains("not found") => "its claim doesn't exist".to_owned(),
        _ if detail.contains("being deleted") => "its claim is being deleted".to_owned(),
        _ if detail.contains("not bound") => "its claim isn't bound".to_owned(),
        _ => short(detail),
    }
}

/// What a driver or a mount command says, not too much of it: the whole stands in the evidence.
pub(super) fn short(text: &str) -> String {
    let text = text.split_once(" desc = ").map_or(text, |(_, said)| said);
    // What mount itself says stands last, after its arguments.
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = if text.contains("\nOutput: ") { lines().next_back() } else { lines().next() };
    let line = line.unwrap_or_default().trim_end_matches('.');
    let mut cut: String = line.chars().take(140).collect();
    if cut.len() < line.len() {
        cut.push('…');
    }
    cut
}

/// The attachment that holds the volume on another node.
fn attachment<'c>(context: &Context<'c>, pod: &Pod, event: &Event) -> Option<&'c VolumeAttachment> {
    let volume = texts::volume(event.text())?;
    context.volume_attachments().ok()?.iter().find(|attachment| {
        let spec = &attachment.spec;
        spec.source.persistent_volume_name == volume && spec.node_name != pod.spec.node_name
    })
}
