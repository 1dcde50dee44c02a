//! Why a node has no network, by its condition and the events about it.

use rutter_cluster::{
    Time,
    objects::{Condition, Event, Node},
};

use super::{QUIET, START};
use crate::{
    Context, hosting,
    leaders::{self, Record},
    texts::cloud::{self, Answer},
};

/// API servers keep events for so long, in seconds, unless they are told otherwise.
const EVENTS: i64 = 3600;

/// In seconds.
const DAY: i64 = 86_400;

/// Why a node has no network.
pub(super) enum Why<'c> {
    /// The cloud refuses a route for this range.
    Refused { cidr: &'c str, answer: Answer<'c>, event: &'c Event },
    /// It has no range of addresses for pods.
    NoCidr(Option<&'c Event>),
    /// A route is missing; what says why is only that nobody leads who makes them, if that is known.
    NoRoute(Option<Record>),
    /// Nobody has tried for this long, in seconds.
    LeftOver(i64),
    /// The agent of its network says so itself.
    AgentDown,
}

impl Why<'_> {
    pub(super) fn variant(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::NoCidr(_) => "no-cidr",
            Self::NoRoute(_) => "no-route",
            Self::LeftOver(_) => "left-over",
            Self::AgentDown => "agent-down",
        }
    }
}

/// The condition by which a node has no network, if it has had none for longer than a start takes.
pub(super) fn condition<'n>(context: &Context<'_>, node: &'n Node) -> Option<&'n Condition> {
    let condition = node.condition("NetworkUnavailable").filter(|condition| condition.is_true())?;
    let young = |time: Option<Time>| time.is_some_and(|time| context.may_be_younger(time, START));
    let starts = young(condition.last_transition_time) || young(node.meta.created);
    (!starts && !hosting::is_virtual(node) && !hosting::is_leaving(node)).then_some(condition)
}

pub(super) fn why<'c>(context: &Context<'c>, node: &'c Node, condition: &Condition) -> Why<'c> {
    // Agents that bring the network themselves write their own reason: `CalicoIsDown`, `CiliumIsDown`.
    if !condition.reason.contains("Route") {
        return Why::AgentDown;
    }
    let Ok(events) = context.events(node) else { return Why::NoRoute(None) };
    if node.spec.pod_cidr.is_empty() {
        return Why::NoCidr(events.into_iter().rev().find(|event| event.reason == "CIDRNotAvailable"));
    }
    let tried = events.iter().rev().find(|event| event.reason == "FailedToCreateRoute");
    let quiet = match tried.and_then(|event| event.last_seen()) {
        Some(seen) if context.is_past(seen.plus(QUIET)) => Some(context.age(seen)),
        Some(_) => None,
        None => quiet_since(context, condition),
    };
    match (quiet, tried.and_then(|event| Some((*event, cloud::route(event.text())?)))) {
        (Some(seconds), _) => match leaders::silent(context, leaders::CLOUD) {
            // Nobody tries because nobody leads.
            Some(record) => Why::NoRoute(Some(record)),
            None if is_young(context, condition) => Why::NoRoute(None),
            None => Why::LeftOver(seconds),
        },
        (None, Some((event, (cidr, answer)))) => Why::Refused { cidr, answer, event },
        (None, None) => Why::NoRoute(None),
    }
}

/// Whether the mark is of today: then who set it may be back in a moment, and to clear it would send pods to a node without a route.
fn is_young(context: &Context<'_>, condition: &Condition) -> bool {
    condition.last_transition_time.is_none_or(|since| !context.is_past(since.plus(DAY)))
}

/// Where no event tells that somebody tries, for how long nobody has, as far as events reach back.
fn quiet_since(context: &Context<'_>, condition: &Condition) -> Option<i64> {
    let since = condition.last_transition_time?;
    context.is_past(since.plus(QUIET)).then(|| context.age(since).min(EVENTS))
}
