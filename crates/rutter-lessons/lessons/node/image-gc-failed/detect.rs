//! Finding nodes whose image garbage collection fails, again and again.

use rutter_cluster::{
    Time,
    objects::{Condition, Event, Node},
};

use super::{ID, usage};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, hosting,
    texts::node_disk::{self, GcFailure, GcKind},
    words,
};

/// The kubelet collects every 5 minutes: without a failure for longer than that, in seconds, the last run was fine.
const ROUND: i64 = 330;

/// The client's limit of events may swallow one round.
const TWO_ROUNDS: i64 = 660;

/// In its first rounds, in seconds, a kubelet may lack what it needs.
const START: i64 = 660;

/// In the very first, in seconds, it deletes no image, for it has known none of them for two minutes. After that, a shortage
/// of space is what it says.
const FIRST: i64 = 150;

/// So many characters of an error are told.
const SHORT: usize = 100;

/// The failures of a node, the newest last.
struct Failures<'c> {
    all: Vec<&'c Event>,
    newest: &'c Event,
    times: i64,
    first: Option<Time>,
    last: Option<Time>,
}

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let events = context.events(node)?;
    let Some(failures) = failures(&events) else { return Ok(()) };
    let failure = node_disk::gc_failure(&failures.newest.message);
    if is_start(&events, &failures, failure.kind) {
        return Ok(());
    }
    let age = failures.last.map_or(0, |last| context.age(last));
    let short = node.condition("DiskPressure").is_some_and(Condition::is_true);
    // The first failure only makes FreeDiskSpaceFailed or a line in the log; ImageGCFailed is the second in a row.
    let repeated = failures.times > 1;
    if age <= if repeated { TWO_ROUNDS } else { ROUND } || (short && repeated && is_space(failure.kind)) {
        findings.push(present(context, node, &failures, failure, age));
    } else if repeated && is_space(failure.kind) {
        findings.push(past(context, node, &failures, failure));
    }
    Ok(())
}

/// Whether images are most of what fills the node's disk.
pub(super) fn images_fill(context: &Context<'_>, node: &Node) -> bool {
    let events = context.events(node).unwrap_or_default();
    failures(&events).is_some_and(|failures| {
        usage::images_fill(context, node, node_disk::gc_failure(&failures.newest.message))
    })
}

fn failures<'c>(events: &[&'c Event]) -> Option<Failures<'c>> {
    let failed = |event: &&&Event| matches!(event.reason.as_str(), "ImageGCFailed" | "FreeDiskSpaceFailed");
    let mut all: Vec<&Event> = events.iter().filter(failed).copied().collect();
    if all.is_empty() {
        // By itself it only says that the statistics come late, unless it doesn't end.
        all = events
            .iter()
            .filter(|event| event.reason == "InvalidDiskCapacity" && event.occurrences() > 2)
            .copied()
            .collect();
    }
    let newest = all.iter().rev().find(|event| event.reason == "ImageGCFailed").or(all.last()).copied()?;
    // Both events are written in one round.
    let count = |reason: &str| {
        let these = all.iter().filter(|event| event.reason == reason);
        these.map(|event| event.occurrences()).fold(0, i64::saturating_add)
    };
    let times = count("ImageGCFailed").max(count("FreeDiskSpaceFailed")).max(count("InvalidDiskCapacity"));
    let first = all.iter().filter_map(|event| event.first_seen()).min();
    let last = all.iter().filter_map(|event| event.last_seen()).max();
    Some(Failures { all, newest, times, first, last })
}

/// Whether it is no more than the first rounds of a kubelet, which lack statistics, or a runtime that starts with it.
fn is_start(events: &[&Event], failures: &Failures<'_>, kind: GcKind) -> bool {
    let starts = events.iter().filter(|event| event.reason == "Starting" && event.component() == "kubelet");
    let Some(started) = starts.filter_map(|event| event.last_seen()).max() else { return false };
    let Some(last) = failures.last else { return false };
    let space = is_space(kind);
    let early = (0..=if space { FIRST } else { START }).contains(&last.since(started));
    early && (failures.times < 2 || !space)
}

/// Whether it is about space, rather than about a call that failed.
fn is_space(kind: GcKind) -> bool {
    matches!(kind, GcKind::NothingToFree | GcKind::PartlyFreed | GcKind::DeletionErrors)
}

fn variant(kind: GcKind) -> &'static str {
    match kind {
        GcKind::NothingToFree => "nothing-to-free",
        GcKind::PartlyFreed => "partly-freed",
        GcKind::DeletionErrors => "deletion-errors",
        GcKind::StatsMissing | GcKind::CapacityZero => "stats",
        GcKind::RuntimeError { .. } => "runtime",
        GcKind::Unknown => "other",
    }
}

fn present(
    context: &Context<'_>,
    node: &Node,
    failures: &Failures<'_>,
    failure: GcFailure<'_>,
    age: i64,
) -> Finding {
    let mut finding = Finding::about(ID, node);
    finding.variant = variant(failure.kind);
    finding.severity = if failures.times > 1 { Severity::Medium } else { Severity::Low };
    finding.confidence = if age > ROUND { Confidence::Likely } else { Confidence::Certain };
    finding.since = failures.first;
    let often = match (failures.times, failures.first) {
        (2.., Some(first)) => format!(", {} times since {}", failures.times, hosting::clock(context, first)),
        _ => String::new(),
    };
    finding.message = format!("{}{often}{}", what(node, failure), why(context, node, failure));
    finding.evidence = evidence(context, node, failures, failure);
    finding
}

fn past(context: &Context<'_>, node: &Node, failures: &Failures<'_>, failure: GcFailure<'_>) -> Finding {
    let mut finding = Finding::about(ID, node);
    finding.variant = variant(failure.kind);
    finding.severity = Severity::Info;
    finding.since = failures.first;
    // The next round found nothing to complain of.
    finding.until = failures.last.map(|last| last.plus(ROUND));
    let last =
        failures.last.map_or_else(String::new, |last| format!(", last at {}", hosting::clock(context, last)));
    finding.message = format!("{}, {} times{last}, and not since", what(node, failure), failures.times);
    finding.evidence = vec![Evidence::event(failures.newest)];
    finding
}

/// What happened.
fn what(node: &Node, failure: GcFailure<'_>) -> String {
    let name = &node.meta.name;
    let amount = |bytes: Option<u64>| bytes.map(words::bytes);
    match (failure.kind, amount(failure.freed), amount(failure.wanted)) {
        (GcKind::NothingToFree, _, Some(wanted)) => {
            format!("the kubelet of {name} found no image to delete to free {wanted}")
        }
        (GcKind::NothingToFree, ..) => {
            format!("the kubelet of {name} found no image to delete, and the disk is full")
        }
        (GcKind::PartlyFreed, Some(freed), Some(wanted)) => {
            format!("the kubelet of {name} could free only {freed} of {wanted} by deleting images")
        }
        (GcKind::PartlyFreed, Some(freed), None) => {
            format!("the kubelet of {name} could free only {freed} by deleting images")
        }
        (GcKind::Unknown, ..) => format!("image garbage collection fails on {name}"),
        (kind, ..) => format!("image garbage collection fails on {name}: {kind}"),
    }
}

/// What it means: who fills the disk if not images, what follows, or the error's own words.
fn why(context: &Context<'_>, node: &Node, failure: GcFailure<'_>) -> String {
    let error = || failure.detail.map_or_else(String::new, |detail| format!(" ({})", last_words(detail)));
    match failure.kind {
        GcKind::NothingToFree | GcKind::PartlyFreed => {
            usage::verdict(context, node, failure).map_or_else(String::new, |verdict| format!("; {verdict}"))
        }
        GcKind::StatsMissing | GcKind::CapacityZero => ", so the kubelet deletes no image".to_owned(),
        GcKind::Unknown => {
            failure.detail.map_or_else(String::new, |detail| format!(": {}", last_words(detail)))
        }
        GcKind::DeletionErrors | GcKind::RuntimeError { .. } => error(),
    }
}

/// What follows the layers of RPC, as far as it is short; the whole stands in the evidence.
fn last_words(text: &str) -> String {
    let said = text.rsplit("desc = ").next().unwrap_or(text).trim_end_matches(['.', ']']);
    words::short(said.strip_prefix("Error response from daemon: ").unwrap_or(said), SHORT)
}

fn evidence(
    context: &Context<'_>,
    node: &Node,
    failures: &Failures<'_>,
    failure: GcFailure<'_>,
) -> Vec<Evidence> {
    let mut all = vec![Evidence::event(failures.newest)];
    let newest = failures.newest;
    let says_more = |event: &&&Event| event.reason != newest.reason && event.text() != newest.text();
    let other = failures.all.iter().rev().find(says_more);
    all.extend(other.map(|event| Evidence::event(event)));
    if is_space(failure.kind) {
        all.extend(usage::evidence(context, node));
    }
    all
}
