//! What a node's events tell of kills, and which pods they hit.

use rutter_cluster::{
    Time,
    objects::{ContainerStatus, Event, Node, Pod, Terminated},
};

use crate::{
    Context, Finding,
    memory::{self, Demand},
    texts::{
        node_disk,
        oom::{self, Kill, Scope},
    },
};

/// The kubelet tells of a kill, and of a container's end, within this time, in seconds.
const TOLD: i64 = 60;

/// What two agents say of the same kill has times that differ by at most so many seconds.
const SAME: i64 = 10;

/// One event about kills.
pub(super) struct Told<'c> {
    pub(super) event: &'c Event,
    pub(super) kill: Kill<'c>,
}

impl Told<'_> {
    fn is_kubelets(&self) -> bool {
        self.event.reason == "SystemOOM"
    }
}

/// The kills of a node that weren't for the limit of a container or a pod, the newest last.
pub(super) struct Kills<'c> {
    pub(super) told: Vec<Told<'c>>,
    pub(super) demand: Option<Demand<'c>>,
    /// The pods that a message names, and those with a container that was killed then and that is bounded by its node alone.
    pub(super) hit: Vec<&'c Pod>,
    /// Whether all that were killed then had a limit of their own, and nothing says that it was the node's memory.
    pub(super) only_limited: bool,
    /// Whether the kubelet told of them only because it started: then they may be much older.
    pub(super) retold: bool,
}

impl<'c> Kills<'c> {
    /// `None` if there were none.
    pub(super) fn of(context: &Context<'c>, node: &Node, events: &[&'c Event]) -> Option<Self> {
        let all: Vec<Told<'c>> = events.iter().filter_map(|event| read(event)).collect();
        let pods = context.pods_on(&node.meta.name).unwrap_or_default();
        let (told, limits): (Vec<Told<'c>>, Vec<Told<'c>>) =
            all.into_iter().partition(|told| is_of_node(told, &pods));
        let told: Vec<Told<'c>> =
            told.into_iter().filter(|told| !limits.iter().any(|limit| is_same(told, limit))).collect();
        if told.is_empty() {
            return None;
        }
        let (old, new): (Vec<Told<'c>>, Vec<Told<'c>>) =
            told.into_iter().partition(|told| memory::is_retold(told.event, events));
        let (told, retold) = if new.is_empty() { (old, true) } else { (new, false) };
        let killed: Vec<&Pod> = pods.iter().copied().filter(|pod| was_hit(pod, &told)).collect();
        let hit: Vec<&Pod> = killed
            .iter()
            .copied()
            .filter(|pod| memory::limit(pod).is_none() || is_named(pod, &told))
            .collect();
        let untold = told.iter().all(|told| told.kill.scope == Scope::Untold);
        let only_limited = untold && hit.is_empty() && !killed.is_empty();
        Some(Self { told, demand: Demand::of(context, node), hit, only_limited, retold })
    }

    /// When the first was told, and the last.
    pub(super) fn times(&self) -> Option<(Time, Time)> {
        let first = self.told.iter().filter_map(|told| told.event.first_seen()).min()?;
        let last = self.told.iter().filter_map(|told| told.event.last_seen()).max()?;
        Some((first, last))
    }

    /// How many kills there were: both agents tell of each.
    pub(super) fn count(&self) -> i64 {
        let of = |kubelets: bool| {
            let mine = self.told.iter().filter(move |told| told.is_kubelets() == kubelets);
            mine.map(|told| told.event.occurrences()).fold(0, i64::saturating_add)
        };
        of(true).max(of(false))
    }

    /// The scope that is told best.
    pub(super) fn scope(&self) -> Scope {
        let scopes = || self.told.iter().rev().map(|told| told.kill.scope);
        let known = scopes().find(|scope| matches!(scope, Scope::AllPods | Scope::System | Scope::Node));
        match (known, scopes().any(|scope| scope == Scope::Cgroup)) {
            (Some(scope), _) => scope,
            (None, true) => Scope::AllPods,
            (None, false) => Scope::Node,
        }
    }

    /// The kill that tells most, of the newest.
    pub(super) fn victim(&self) -> Option<&Told<'c>> {
        let best = |told: &&Told<'c>| told.kill.held.is_some();
        self.told.iter().rev().find(best).or_else(|| self.told.last())
    }

    /// A victim without which the node doesn't work.
    pub(super) fn agent(&self) -> Option<&'c str> {
        self.told.iter().rev().filter_map(|told| told.kill.process).find(|name| oom::runs_the_node(name))
    }
}

fn read(event: &Event) -> Option<Told<'_>> {
    let kill = match event.reason.as_str() {
        "SystemOOM" => {
            let said = node_disk::system_oom(&event.message)?;
            let (process, pid) = (said.process, said.pid);
            Kill { scope: Scope::Untold, process, pid, held: None, adj: None, pod_uid: None }
        }
        "OOMKilling" => oom::kill(&event.message)?,
        _ => return None,
    };
    Some(Told { event, kill })
}

/// Whether a kill was for the node's memory. Where only a cgroup is told of, but not which, a container without a limit that was
/// killed at that time says that it was that of all pods.
fn is_of_node(told: &Told<'_>, pods: &[&Pod]) -> bool {
    match told.kill.scope {
        Scope::Node | Scope::AllPods | Scope::System | Scope::Untold => true,
        Scope::Pod | Scope::Container => false,
        Scope::Cgroup => {
            let at = std::slice::from_ref(told);
            let hit: Vec<&&Pod> = pods.iter().filter(|pod| was_hit(pod, at)).collect();
            !hit.is_empty() && hit.iter().all(|pod| memory::limit(pod).is_none())
        }
    }
}

/// Whether two events tell of the same kill: kubelets take one at a limit for one of the node when a line was lost.
fn is_same(one: &Told<'_>, other: &Told<'_>) -> bool {
    if let (Some(one), Some(other)) = (one.kill.pid, other.kill.pid) {
        return one == other;
    }
    let near = one.event.last_seen().zip(other.event.last_seen());
    near.is_some_and(|(one, other)| one.since(other).abs() <= SAME)
}

/// Whether a message has the pod's uid.
fn is_named(pod: &Pod, told: &[Told<'_>]) -> bool {
    let uids = told.iter().filter_map(|told| told.kill.pod_uid);
    !pod.meta.uid.is_empty() && uids.into_iter().any(|uid| uid.replace('_', "-") == pod.meta.uid.as_str())
}

fn was_hit(pod: &Pod, told: &[Told<'_>]) -> bool {
    let near = |ended: &Terminated| {
        ended.finished_at.is_some_and(|time| told.iter().any(|told| is_near(told.event, time)))
    };
    let killed = |status: &ContainerStatus| {
        let ends = [&status.state, &status.last_state].map(|state| state.terminated.as_deref());
        ends.into_iter().flatten().any(|ended| ended.reason == "OOMKilled" && near(ended))
    };
    is_named(pod, told) || pod.container_statuses().any(|(status, _)| killed(status))
}

/// Whether an event was there at that time.
fn is_near(event: &Event, time: Time) -> bool {
    event
        .first_seen()
        .zip(event.last_seen())
        .is_some_and(|(first, last)| time.since(first) >= -TOLD && time.since(last) <= TOLD)
}

/// Whether something happened while a finding's kills went on.
pub(super) fn is_during(cause: &Finding, time: Time) -> bool {
    let last = cause.evidence.iter().filter_map(|evidence| evidence.time).max();
    cause.since.zip(last).is_some_and(|(first, last)| time.since(first) >= -TOLD && time.since(last) <= TOLD)
}
