//! The time of a snapshot, found in its data.
//!
//! Every clock that writes into a cluster leaves its newest time there: each kubelet (heartbeats, lease), and the
//! control plane (events of controllers, creation times, conditions). The snapshot is as old as the newest of these, but for a
//! clock that is alone in the future: one node with a wrong clock must not make all else look stale. So the newest time
//! counts that a second clock comes within [`AGREEMENT`] of; with no two clocks in agreement the newest counts. So it does
//! where nothing ticks by itself (no nodes, leases, events); there the conditions of Deployments count too.

use rustc_hash::FxHashMap;

use crate::{Str, Table, Time, objects::*};

/// How far two clocks may be apart to agree, in seconds. Kubelets report at least every 5 minutes, renew their lease
/// every 10 seconds.
const AGREEMENT: i64 = 600;

/// The newest time that each clock wrote.
#[derive(Default)]
struct Clocks(FxHashMap<Str, Time>);

impl Clocks {
    fn saw(&mut self, clock: &Str, time: Option<Time>) {
        let Some(time) = time else { return };
        match self.0.get_mut(clock) {
            Some(newest) => *newest = time.max(*newest),
            None => {
                self.0.insert(clock.clone(), time);
            }
        }
    }

    fn newest(self) -> Option<Time> {
        self.0.into_values().max()
    }

    fn settle(self) -> Option<Time> {
        let mut times: Vec<Time> = self.0.into_values().collect();
        times.sort_by(|a, b| b.cmp(a));
        let agreed = times.windows(2).find(|pair| pair[0].since(pair[1]) <= AGREEMENT).map(|pair| pair[0]);
        agreed.or_else(|| times.first().copied())
    }
}

/// The time of a snapshot; `newest` is when the control plane last created an object or changed a condition.
pub(crate) fn snapshot_time(
    nodes: &Table<Node>,
    pods: &Table<Pod>,
    events: &Table<Event>,
    leases: &Table<Lease>,
    newest: Option<Time>,
) -> Option<Time> {
    // The API server's and the controllers' clock bears the name of no node.
    let control_plane = Str::default();
    let mut clocks = Clocks::default();
    clocks.saw(&control_plane, newest);
    for node in nodes.iter() {
        for condition in &node.status.conditions {
            clocks.saw(&node.meta.name, condition.last_heartbeat_time);
        }
        clocks.saw(&control_plane, node.meta.created);
    }
    for lease in leases.in_namespace("kube-node-lease") {
        clocks.saw(&lease.meta.name, lease.spec.renew_time);
    }
    for event in events.iter() {
        let clock = if event.source.host.is_empty() { &control_plane } else { &event.source.host };
        clocks.saw(clock, event.last_seen());
    }
    for pod in pods.iter() {
        clocks.saw(&control_plane, pod.meta.created);
        for condition in &pod.status.conditions {
            clocks.saw(&pod.spec.node_name, condition.last_transition_time);
        }
        for (status, _) in pod.container_statuses() {
            let last = status.last_state.terminated.as_ref().and_then(|ended| ended.finished_at);
            let started = status.state.running.and_then(|running| running.started_at);
            clocks.saw(&pod.spec.node_name, last.max(started));
        }
    }
    // Where nothing ticks, clocks that are far apart are not wrong: they just wrote at different times.
    if nodes.is_empty() && events.is_empty() && leases.is_empty() {
        return clocks.newest();
    }
    clocks.settle()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(times: &[(&str, i64)]) -> Option<i64> {
        let mut clocks = Clocks::default();
        for (clock, time) in times {
            clocks.saw(&Str::from(*clock), Time::from_unix(*time));
        }
        clocks.settle().map(Time::unix)
    }

    #[test]
    fn one_clock_in_the_future_does_not_count() {
        assert_eq!(settle(&[("a", 10_000), ("b", 10_030), ("c", 99_999)]), Some(10_030));
        assert_eq!(settle(&[("", 10_000), ("a", 10_010)]), Some(10_010));
        assert_eq!(settle(&[("a", 10_000)]), Some(10_000));
        assert_eq!(settle(&[]), None);
    }
}
