//! Finding nodes from which the control plane doesn't hear any more.

use rutter_cluster::{
    Time,
    objects::{Condition, Node},
};

use super::{ID, past, stale, together};
use crate::{
    Context, Evidence, Finding, Findings, Outcome, Severity,
    fencing::{OUT_OF_SERVICE, is_offline_by_design, last_heard, machine},
    hosting::{self, Guests, SHUT_DOWN},
    texts::node_ready::{self, NotReady},
};

/// A kubelet may take this long, in seconds, from its node's registration to its first report.
const FIRST_REPORT: i64 = 300;

/// A silence is noticed after 40 or 50 s, and within this time, in seconds, where the control plane is patient.
const NOTICED: i64 = 300;

/// A node that was emptied on purpose may be silent for a reboot this long, in seconds.
const REBOOT: i64 = 600;

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    if hosting::is_virtual(node) || hosting::is_leaving(node) || is_offline_by_design(node) {
        return Ok(());
    }
    match node.condition("Ready") {
        Some(ready) if ready.is_unknown() => findings.extend(unknown(context, node, ready)),
        Some(ready) if ready.is_true() => {
            let found = stale::stale(context, node, ready).or_else(|| past::past(context, node, ready));
            findings.extend(found);
        }
        _ => {}
    }
    Ok(())
}

fn unknown(context: &Context<'_>, node: &Node, ready: &Condition) -> Option<Finding> {
    let never = ready.reason == "NodeStatusNeverUpdated"
        || node_ready::parse(&ready.message).contains(&NotReady::NeverUpdated);
    if never && node.meta.created.is_some_and(|created| context.is_younger(created, FIRST_REPORT)) {
        return None;
    }
    let guests = Guests::of(context, node);
    if let Some(group) = together::group(context, ready).filter(|_| !never) {
        // The first speaks for all.
        return group.is_first(node).then(|| group.finding(context, node, ready));
    }
    let mut finding = Finding::about(ID, node);
    finding.since = ready.last_transition_time;
    finding.severity = hosting::severity(context, node, guests.as_ref());
    (finding.variant, finding.message) = if never {
        ("never-reported", never_reported(context, node))
    } else {
        ("lost", lost(context, node, ready, guests.as_ref()))
    };
    if never {
        // Nothing has run there yet.
        finding.severity = finding.severity.min(Severity::High);
    } else {
        finding.since = fell_silent(context, node, ready);
        let emptied = node.spec.unschedulable && guests.as_ref().is_some_and(|guests| guests.count() == 0);
        if emptied && finding.since.is_some_and(|since| context.is_younger(since, REBOOT)) {
            finding.severity = Severity::Low;
        }
        // Whoever declared it out of service sees to it.
        if node.taint(OUT_OF_SERVICE).is_some() {
            finding.severity = finding.severity.min(Severity::Medium);
        }
    }
    finding.evidence = evidence(context, node, ready, guests.as_ref());
    Some(finding)
}

/// When it was last heard of, by its own clock; or when that was noticed, if the two clocks don't agree.
fn fell_silent(context: &Context<'_>, node: &Node, ready: &Condition) -> Option<Time> {
    let noticed = ready.last_transition_time?;
    let agrees = |heard: &Time| (0..=NOTICED).contains(&noticed.since(*heard));
    last_heard(context, node, ready).filter(agrees).or(Some(noticed))
}

fn never_reported(context: &Context<'_>, node: &Node) -> String {
    let at =
        node.meta.created.map_or_else(String::new, |time| format!(" at {}", hosting::clock(context, time)));
    format!("{} was registered{at}, and its kubelet has never reported", node.meta.name)
}

fn lost(context: &Context<'_>, node: &Node, ready: &Condition, guests: Option<&Guests<'_>>) -> String {
    let heard = last_heard(context, node, ready).or(ready.last_transition_time);
    let since = heard.map_or_else(String::new, |time| format!(" since {}", hosting::clock(context, time)));
    let mut parts = vec![format!("{} has not reported{since}", node.meta.name)];
    if node.taint(OUT_OF_SERVICE).is_some() {
        return format!("{}: it was declared out of service{}", parts.concat(), released(guests));
    }
    parts.extend(machine(node).map(str::to_owned));
    let Some(guests) = guests else { return parts.join("; ") };
    let run = match (guests.count(), guests.all()) {
        (0, _) => None,
        (_, 1) => Some("whether its one pod still runs is not known".to_owned()),
        (_, number) => Some(format!("whether its {number} pods still run is not known")),
    };
    parts.extend(run.filter(|_| machine(node).is_none()));
    parts.extend(still_ready(guests));
    let forecast = hosting::forecast(node, guests);
    parts.extend(forecast.and_then(|forecast| forecast.phrase(context, "it reports again")));
    match parts.split_first() {
        Some((first, rest)) if !rest.is_empty() => format!("{first}: {}", rest.join("; ")),
        _ => parts.concat(),
    }
}

/// What becomes of the pods of a node that was declared out of service: they are deleted and struck off without its word, at the
/// latest with the next round of the controller-manager, each 20 s (`pkg/controller/podgc`). What is said of other silent nodes
/// does not hold.
fn released(guests: Option<&Guests<'_>>) -> String {
    match guests.map(Guests::count) {
        None | Some(0) => ", so its pods and volumes are released".to_owned(),
        Some(1) => ", yet 1 pod is still there: it is struck off within a minute, unless it tolerates the taint or has a finalizer".to_owned(),
        Some(number) => format!(
            ", yet {number} pods are still there: they are struck off within a minute, unless they tolerate the taint or have finalizers"
        ),
    }
}

/// The control plane takes the pods of a node that falls silent out of their Services, but not where the kubelet had
/// said before that it isn't Ready (k/k#109998).
fn still_ready(guests: &Guests<'_>) -> Option<String> {
    let number = guests.pods.iter().filter(|pod| pod.is_ready() && pod.meta.deleted.is_none()).count();
    match number {
        0 => None,
        1 => Some("1 pod still counts as Ready, so Services send requests there".to_owned()),
        _ => Some(format!("{number} pods still count as Ready, so Services send requests there")),
    }
}

pub(super) fn evidence(
    context: &Context<'_>,
    node: &Node,
    ready: &Condition,
    guests: Option<&Guests<'_>>,
) -> Vec<Evidence> {
    let since = ready.last_transition_time;
    let said = format!("{}: {}", ready.reason, ready.message);
    let mut all = vec![Evidence::field(node, "status.conditions[Ready]", said, since)];
    let lease = context.node_lease(&node.meta.name).ok().flatten();
    match lease.and_then(|lease| Some((lease, lease.spec.renew_time?))) {
        Some((lease, renewed)) => {
            all.push(Evidence::field(lease, "spec.renewTime", renewed.to_string(), Some(renewed)));
        }
        None => all.extend(ready.last_heartbeat_time.map(|time| {
            Evidence::field(node, "status.conditions[Ready].lastHeartbeatTime", time.to_string(), Some(time))
        })),
    }
    for key in [SHUT_DOWN, OUT_OF_SERVICE] {
        all.extend(node.taint(key).map(|taint| {
            let path = format!("spec.taints[{key}].effect");
            Evidence::field(node, path, taint.effect.as_str(), taint.time_added)
        }));
    }
    let guests = guests.filter(|_| node.taint(OUT_OF_SERVICE).is_none());
    let forecast = guests.and_then(|guests| hosting::forecast(node, guests));
    all.extend(forecast.and_then(|forecast| {
        let added = forecast.taint.time_added?;
        Some(Evidence::field(node, forecast.path(), added.to_string(), Some(added)))
    }));
    all
}
