//! Why a Service has no address, by what was said about it and by who could say something.

use rutter_cluster::{
    ObjectRef,
    objects::{Event, Pod, Service},
};

use super::{QUIET, START, controllers};
use crate::{
    Context,
    leaders::{self, Record},
    texts::cloud::{self, Answer},
};

/// Why a Service has no address.
pub(super) enum Verdict<'c> {
    Refused {
        answer: Answer<'c>,
        event: &'c Event,
    },
    Stuck(&'c Event),
    NoAddress(&'c Event),
    /// The pods that should make it, or through which K3s does, and what owns them.
    ControllerDown(Vec<&'c Pod>, ObjectRef),
    LeaderStale(Record),
    Class,
    NoController,
    Unanswered(Vec<&'c Pod>),
    Unknown,
}

impl Verdict<'_> {
    pub(super) fn variant(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::Stuck(_) => "stuck",
            Self::NoAddress(_) => "no-address",
            Self::ControllerDown(..) => "controller-down",
            Self::LeaderStale(_) => "leader-stale",
            Self::Class => "class",
            Self::NoController => "no-controller",
            Self::Unanswered(_) => "unanswered",
            Self::Unknown => "unknown",
        }
    }
}

/// Why the Service has no address; `None` while it may be on its way.
pub(super) fn judge<'c>(context: &Context<'c>, service: &Service) -> Option<Verdict<'c>> {
    let Ok(events) = context.events(service) else { return Some(Verdict::Unknown) };
    let Some(said) = newest(&events) else { return Some(silence(context, service)) };
    match said {
        Said::Refused { answer, event } => {
            let verdict = Verdict::Refused { answer, event };
            // Only the cloud's own controller has that leader.
            let is_cloud =
                matches!(event.reason.as_str(), "SyncLoadBalancerFailed" | "CreatingLoadBalancerFailed");
            let is_old = is_cloud && is_past(context, event, QUIET);
            Some(if is_old { or_leaderless(context, verdict) } else { verdict })
        }
        Said::Begun(event) => {
            is_past(context, event, QUIET).then(|| or_leaderless(context, Verdict::Stuck(event)))
        }
        Said::Done(event) => is_past(context, event, START).then_some(Verdict::NoAddress(event)),
    }
}

/// Nobody has said anything: who could have?
fn silence<'c>(context: &Context<'c>, service: &Service) -> Verdict<'c> {
    let own = controllers::of_service(context, service);
    if let Some(down) = down(context, own) {
        return down;
    }
    if !service.spec.load_balancer_class.is_empty() {
        return Verdict::Class;
    }
    let pods = controllers::pods(context);
    if let Some(down) = down(context, pods.clone()) {
        return down;
    }
    if let Some(record) = leaders::silent(context, leaders::CLOUD) {
        return Verdict::LeaderStale(record);
    }
    if pods.is_empty() && !controllers::may_be_hidden(context) {
        return Verdict::NoController;
    }
    Verdict::Unanswered(pods)
}

/// Whether there are pods to make it, and none that is old enough is ready.
fn down<'c>(context: &Context<'c>, pods: Vec<&'c Pod>) -> Option<Verdict<'c>> {
    let all_down = pods.iter().all(|pod| !pod.is_ready() && controllers::is_old(context, pod));
    let first = *pods.first().filter(|_| all_down)?;
    let owner = context.top_owner(first);
    Some(Verdict::ControllerDown(pods, owner))
}

/// What was said, unless nobody leads who could say more.
fn or_leaderless<'c>(context: &Context<'c>, verdict: Verdict<'c>) -> Verdict<'c> {
    leaders::silent(context, leaders::CLOUD).map_or(verdict, Verdict::LeaderStale)
}

/// What was said last of the load balancer.
enum Said<'c> {
    Refused { answer: Answer<'c>, event: &'c Event },
    Begun(&'c Event),
    Done(&'c Event),
}

/// Events come sorted by time; a beginning and a refusal of the same second belong together.
fn newest<'c>(events: &[&'c Event]) -> Option<Said<'c>> {
    let said = |event: &&'c Event| match event.reason.as_str() {
        "EnsuringLoadBalancer" => Some(Said::Begun(event)),
        "EnsuredLoadBalancer" | "IPAllocated" | "SuccessfullyReconciled" => Some(Said::Done(event)),
        reason => {
            let answer = cloud::load_balancer(reason, event.text())?;
            Some(Said::Refused { answer, event })
        }
    };
    let last = events.iter().rev().find_map(said)?;
    let Said::Begun(begun) = last else { return Some(last) };
    let answered =
        events.iter().rev().find_map(|event| said(event).filter(|said| !matches!(said, Said::Begun(_))));
    // A try follows a refusal within 5 minutes, and its own refusal is not told before it ends: until then the last one holds.
    match answered {
        Some(Said::Refused { answer, event })
            if begun
                .last_seen()
                .zip(event.last_seen())
                .is_some_and(|(begun, told)| begun.since(told) <= QUIET) =>
        {
            Some(Said::Refused { answer, event })
        }
        _ => Some(Said::Begun(begun)),
    }
}

fn is_past(context: &Context<'_>, event: &Event, seconds: i64) -> bool {
    event.last_seen().is_some_and(|seen| context.is_past(seen.plus(seconds)))
}
