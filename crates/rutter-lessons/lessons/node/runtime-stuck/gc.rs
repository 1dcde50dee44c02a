//! Garbage collection to which the runtime does not answer in time: the kubelet removes dead containers every minute and unused
//! images every five.

use rutter_cluster::{Time, objects::Event};

use super::RECENT;
use crate::{
    Context,
    texts::node_disk::{self, GcKind},
};

/// The failures of a node.
pub(super) struct TimeOuts<'c> {
    pub(super) newest: &'c Event,
    pub(super) first: Option<Time>,
    /// How often, of both kinds.
    pub(super) times: i64,
    /// How often the removal of containers was concerned.
    pub(super) of_containers: i64,
}

/// The failures that go on, not counting those from before `from`.
pub(super) fn time_outs<'c>(
    context: &Context<'_>,
    events: &[&'c Event],
    from: Option<Time>,
) -> Option<TimeOuts<'c>> {
    let goes_on = |event: &&&Event| {
        let last = event.last_seen();
        last.is_some_and(|last| context.is_younger(last, RECENT) && from.is_none_or(|from| last >= from))
    };
    let failures: Vec<&Event> =
        events.iter().filter(|event| timed_out(event)).filter(goes_on).copied().collect();
    let newest = failures.iter().copied().max_by_key(|event| event.last_seen())?;
    let count = |events: &mut dyn Iterator<Item = &&Event>| {
        events.map(|event| event.occurrences()).fold(0, i64::saturating_add)
    };
    Some(TimeOuts {
        newest,
        first: failures.iter().filter_map(|event| event.first_seen()).min(),
        times: count(&mut failures.iter()),
        of_containers: count(&mut failures.iter().filter(|event| event.reason == "ContainerGCFailed")),
    })
}

fn timed_out(event: &Event) -> bool {
    matches!(event.reason.as_str(), "ContainerGCFailed" | "ImageGCFailed")
        && matches!(node_disk::gc_failure(&event.message).kind, GcKind::RuntimeError { timed_out: true })
}
