//! Finding nodes that say that their runtime is at fault.

use rutter_cluster::{
    Time,
    objects::{Condition, Event, Node},
};

use super::{ID, past};
use crate::{
    Context, Evidence, Finding, Findings, Outcome,
    hosting::{self, Forecast, Guests},
    texts::{
        node_disk::{self, GcKind},
        node_ready::{self, LastSeen, NotReady},
    },
    words,
};

/// A kubelet that has just started may say all of this for as long, in seconds.
const START: i64 = 180;

/// A runtime that is restarted says that it isn't ready for a moment, in seconds.
const RESTART: i64 = 60;

/// A kubelet that renews its lease within this time, in seconds, is alive: it does so every 10.
const ALIVE: i64 = 60;

/// So many characters of the runtime's words are told.
const SHORT: usize = 80;

/// What the node's message comes down to.
enum Trouble<'n> {
    /// The runtime doesn't answer; since the kubelet's start, if `never`.
    Down { never: bool },
    /// The runtime says so itself.
    NotReady { message: &'n str },
    /// Only the listing of containers doesn't come to an end.
    Pleg { threshold: Option<i64> },
}

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let Some(ready) = node.condition("Ready") else { return Ok(()) };
    if ready.is_true() {
        findings.extend(past::past(context, node, ready));
        return Ok(());
    }
    if !ready.is_false() {
        return Ok(());
    }
    let said = node_ready::parse(&ready.message);
    let Some(trouble) = trouble(&said) else { return Ok(()) };
    let young = |seconds| ready.last_transition_time.is_some_and(|time| context.is_younger(time, seconds));
    let starting = match trouble {
        Trouble::Down { never } => never && young(START),
        Trouble::NotReady { .. } => young(RESTART),
        Trouble::Pleg { .. } => false,
    };
    if !starting {
        findings.push(finding(context, node, ready, &said, &trouble));
    }
    Ok(())
}

/// The first of the causes that a message joins: with the runtime down, everything else follows from that.
fn trouble<'n>(said: &[NotReady<'n>]) -> Option<Trouble<'n>> {
    // A node that is being shut down stops its pods, and then its runtime, because somebody wants it to.
    if said.contains(&NotReady::NodeShuttingDown) {
        return None;
    }
    // Up to about 1.13 a kubelet that has just started says `down` as well.
    let never_seen = |cause: &NotReady<'_>| {
        matches!(
            cause,
            NotReady::PlegUnhealthy { last_seen: LastSeen::Never, .. } | NotReady::PlegNeverSucceeded
        )
    };
    let down =
        said.contains(&NotReady::RuntimeDown).then(|| Trouble::Down { never: said.iter().any(never_seen) });
    let not_ready = || {
        said.iter().find_map(|cause| match cause {
            NotReady::RuntimeNotReady { message, .. } => Some(Trouble::NotReady { message }),
            _ => None,
        })
    };
    let pleg = || {
        said.iter().find_map(|cause| match cause {
            NotReady::PlegUnhealthy { last_seen: LastSeen::Never, .. } => Some(Trouble::Down { never: true }),
            NotReady::PlegUnhealthy { threshold, .. } => {
                Some(Trouble::Pleg { threshold: threshold.map(|threshold| threshold.as_secs() as i64) })
            }
            _ => None,
        })
    };
    let unanswered =
        |cause: &NotReady<'_>| never_seen(cause) || matches!(cause, NotReady::RuntimeStatusNotChecked);
    let never = || said.iter().any(unanswered).then_some(Trouble::Down { never: true });
    down.or_else(not_ready).or_else(pleg).or_else(never)
}

fn finding(
    context: &Context<'_>,
    node: &Node,
    ready: &Condition,
    said: &[NotReady<'_>],
    trouble: &Trouble<'_>,
) -> Finding {
    let guests = Guests::of(context, node);
    let forecast = guests.as_ref().and_then(|guests| hosting::forecast(node, guests));
    let mut finding = Finding::about(ID, node);
    finding.variant = match trouble {
        Trouble::Down { .. } => "runtime-down",
        Trouble::NotReady { .. } => "runtime-not-ready",
        Trouble::Pleg { .. } => "pleg",
    };
    finding.severity = hosting::severity(context, node, guests.as_ref());
    finding.since = stopped(said, ready).into_iter().chain(ready.last_transition_time).min();
    let what = what(context, node, trouble, finding.since, said);
    let then = forecast.as_ref().and_then(|forecast| forecast.phrase(context, "the node recovers"));
    let then = then.map_or_else(String::new, |then| format!("; {then}"));
    finding.message = format!("{what}, so {}{then}", implies(trouble, guests.as_ref()));
    // What is some minutes ago is so from the report that says it.
    let said_at = if is_told(said) { ready.last_heartbeat_time } else { ready.last_transition_time };
    finding.evidence =
        vec![Evidence::field(node, "status.conditions[Ready].message", ready.message.as_str(), said_at)];
    finding.evidence.extend(evidence(context, node, ready, forecast.as_ref()));
    finding
}

/// When the kubelet last saw its containers, by its own word.
fn stopped(said: &[NotReady<'_>], ready: &Condition) -> Option<Time> {
    Some(ready.last_heartbeat_time?.plus(last_seen(said)?.saturating_neg()))
}

/// How long ago, in seconds, that was when the kubelet said so.
fn last_seen(said: &[NotReady<'_>]) -> Option<i64> {
    said.iter().find_map(|cause| match cause {
        NotReady::PlegUnhealthy { last_seen: LastSeen::Ago(ago), .. } => i64::try_from(ago.as_secs()).ok(),
        _ => None,
    })
}

/// Whether the kubelet tells when its runtime stopped: its report alone comes later.
fn is_told(said: &[NotReady<'_>]) -> bool {
    last_seen(said).is_some()
}

fn what(
    context: &Context<'_>,
    node: &Node,
    trouble: &Trouble<'_>,
    since: Option<Time>,
    said: &[NotReady<'_>],
) -> String {
    let whose = format!("{} on {}", hosting::runtime(node), node.meta.name);
    let since = since.map_or_else(String::new, |since| format!(" since {}", hosting::clock(context, since)));
    match trouble {
        Trouble::Down { never: true } => format!("{whose} has not answered once since the kubelet started"),
        Trouble::Down { never: false } => {
            let effect = |cause: &NotReady<'_>| matches!(cause, NotReady::PlegUnhealthy { .. });
            let effect = if said.iter().any(effect) { " (hence PLEG unhealthy)" } else { "" };
            if is_told(said) || since.is_empty() {
                format!("{whose} has not answered{since}{effect}")
            } else {
                // The kubelet's call to a runtime that hangs fails only after its own time-out.
                format!(
                    "{whose} does not answer (reported{since}; a hang is noticed after 2 minutes){effect}"
                )
            }
        }
        Trouble::NotReady { message } => {
            let why = short(message);
            let why = if why.is_empty() { why } else { format!(" ({why})") };
            format!("{whose} has not been ready{since}{why}")
        }
        Trouble::Pleg { threshold } => {
            let limit =
                threshold.map_or_else(String::new, |limit| format!(", limit {}", words::duration(limit)));
            format!("{whose} answers, but has not listed its containers{since} (PLEG{limit})")
        }
    }
}

/// The runtime's own words.
fn short(message: &str) -> String {
    words::short(message.strip_prefix("docker: ").unwrap_or(message).trim_end_matches('.'), SHORT)
}

/// What no pod there gets: the kubelet leaves out the whole of its work on pods while its runtime has errors. Probes go on,
/// and those by exec need the runtime.
fn implies(trouble: &Trouble<'_>, guests: Option<&Guests<'_>>) -> String {
    let done = match trouble {
        Trouble::Down { .. } => "started, stopped or exec-probed",
        Trouble::NotReady { .. } | Trouble::Pleg { .. } => "started or stopped",
    };
    match guests.map(|guests| if guests.count() == 0 { 0 } else { guests.all() }) {
        None => format!("no pod there can be {done}"),
        Some(0) => "no pod can be started there".to_owned(),
        Some(1) => format!("its one pod cannot be {done}"),
        Some(number) => format!("none of its {number} pods can be {done}"),
    }
}

/// What stands beside the node's own message.
fn evidence(
    context: &Context<'_>,
    node: &Node,
    ready: &Condition,
    forecast: Option<&Forecast<'_>>,
) -> Vec<Evidence> {
    let mut all = Vec::new();
    let version = &node.status.node_info.container_runtime_version;
    // The kubelet asks for the version in each report: not even that call comes back.
    if version.ends_with("://Unknown") {
        let at = ready.last_heartbeat_time;
        all.push(Evidence::field(node, "status.nodeInfo.containerRuntimeVersion", version.as_str(), at));
    }
    let events = context.events(node).unwrap_or_default();
    all.extend(last_time_out(&events).map(Evidence::event));
    let added = forecast.and_then(|forecast| Some((forecast, forecast.taint.time_added?)));
    all.extend(
        added.map(|(forecast, time)| Evidence::field(node, forecast.path(), time.to_string(), Some(time))),
    );
    all.extend(alive(context, node));
    all
}

/// The newest event by which garbage collection failed because the runtime didn't answer.
pub(super) fn last_time_out<'e>(events: &[&'e Event]) -> Option<&'e Event> {
    let by_runtime =
        |event: &Event| matches!(node_disk::gc_failure(&event.message).kind, GcKind::RuntimeError { .. });
    events.iter().rev().copied().find(|event| {
        matches!(event.reason.as_str(), "ContainerGCFailed" | "ImageGCFailed") && by_runtime(event)
    })
}

/// That the kubelet itself lives: its lease.
fn alive(context: &Context<'_>, node: &Node) -> Option<Evidence> {
    let lease = context.node_lease(&node.meta.name).ok()??;
    let renewed = lease.spec.renew_time.filter(|time| context.age(*time) <= ALIVE)?;
    Some(Evidence::field(lease, "spec.renewTime", renewed.to_string(), Some(renewed)))
}
