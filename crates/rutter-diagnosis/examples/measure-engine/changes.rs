//! What happens in a busy cluster, over and over: the same for the same cluster.

use std::collections::VecDeque;

use rutter_cluster::{
    Change, Cluster, Kind, Meta, Object, Str, Time,
    objects::{Condition, ContainerState, ContainerStatus, Event, Pod, Terminated, Waiting},
};

/// One pod of so many crashes from the beginning, besides what is broken anyway.
const CRASHING: usize = 50;
/// So many pods are kept that were created, and that were made to crash, before the first of them goes or recovers.
const KEPT: usize = 40;

type Name = (Str, Str);

/// Names to choose from, and what was begun and is to be taken back.
pub(crate) struct World {
    random: Random,
    /// Pods that run and were ready at first.
    healthy: Vec<Name>,
    nodes: Vec<Name>,
    /// In the order in which they are renewed, over and over.
    leases: VecDeque<Name>,
    /// Pods as they were before they began to crash.
    crashed: VecDeque<Pod>,
    created: VecDeque<Name>,
    number: usize,
}

impl World {
    pub(crate) fn new(cluster: &Cluster) -> Self {
        let healthy = cluster.pods.iter().filter(|pod| pod.is_ready() && pod.status.phase == "Running");
        Self {
            random: Random(0x9e37_79b9_7f4a_7c15),
            healthy: healthy.map(|pod| name(&pod.meta)).collect(),
            nodes: cluster.nodes.iter().map(|node| name(&node.meta)).collect(),
            leases: cluster.leases.iter().map(|lease| name(&lease.meta)).collect(),
            crashed: VecDeque::new(),
            created: VecDeque::new(),
            number: 0,
        }
    }

    /// How many changes there are in a second: every node renews its lease each 10 s, which are three changes of ten.
    pub(crate) fn in_a_second(&self) -> usize {
        (self.leases.len() / 3).max(1)
    }

    /// Some pods begin to crash.
    pub(crate) fn crash_some(&mut self, cluster: &Cluster) -> Vec<Change> {
        let pods = (0..self.healthy.len() / CRASHING).filter_map(|_| self.healthy_pod(cluster));
        pods.map(|mut pod| {
            crash(&mut pod, cluster.time());
            put_pod(pod)
        })
        .collect()
    }

    /// The next thing to happen, and what kind of thing it is.
    pub(crate) fn next(&mut self, cluster: &Cluster) -> (&'static str, Change) {
        self.number += 1;
        let change = match self.random.below(100) {
            0..10 => self.heartbeat(cluster),
            10..35 => self.status(cluster),
            35..50 => self.event(cluster),
            50..60 => self.come_or_go(cluster),
            60..70 => self.crash_or_recover(cluster),
            _ => None,
        };
        change.or_else(|| self.renewal(cluster)).unwrap_or_else(|| self.nothing())
    }

    fn renewal(&mut self, cluster: &Cluster) -> Option<(&'static str, Change)> {
        self.leases.rotate_left(1.min(self.leases.len()));
        let (namespace, name) = self.leases.front()?;
        let mut lease = cluster.leases.get(namespace, name)?.clone();
        lease.spec.renew_time = Some(cluster.time());
        Some(("lease renewed", Change::Put(Object::Lease(Box::new(lease)))))
    }

    /// In a cluster without leases something has to happen, too.
    fn nothing(&self) -> (&'static str, Change) {
        let name = format!("nothing-{}", self.number).into();
        ("nothing", Change::Remove { kind: Kind::Lease, namespace: "default".into(), name })
    }

    fn heartbeat(&mut self, cluster: &Cluster) -> Option<(&'static str, Change)> {
        let (_, name) = self.random.choose(&self.nodes)?;
        let mut node = cluster.nodes.get("", name)?.clone();
        let now = Some(cluster.time());
        node.status.conditions.edit(|all| all.iter_mut().for_each(|one| one.last_heartbeat_time = now));
        node.meta.resource_version = self.version();
        Some(("node heartbeat", Change::Put(Object::Node(Box::new(node)))))
    }

    fn status(&mut self, cluster: &Cluster) -> Option<(&'static str, Change)> {
        let mut pod = self.healthy_pod(cluster)?;
        pod.status.start_time = Some(cluster.time());
        pod.meta.resource_version = self.version();
        Some(("healthy pod's status", put_pod(pod)))
    }

    fn event(&mut self, cluster: &Cluster) -> Option<(&'static str, Change)> {
        let (namespace, name) = self.random.choose(&self.healthy)?.clone();
        let mut event =
            Event { kind: "Normal".into(), reason: "Pulled".into(), count: 1, ..Event::default() };
        event.meta.name = format!("{name}.{:x}", self.number).into();
        event.meta.namespace = namespace.clone();
        event.message = "Container image already present on machine".into();
        event.first_timestamp = Some(cluster.time());
        event.last_timestamp = event.first_timestamp;
        let about = &mut event.involved_object;
        (about.api_version, about.kind, about.namespace, about.name) =
            ("v1".into(), "Pod".into(), namespace, name);
        Some(("event comes", Change::Put(Object::Event(Box::new(event)))))
    }

    fn come_or_go(&mut self, cluster: &Cluster) -> Option<(&'static str, Change)> {
        if self.created.len() >= KEPT {
            let (namespace, name) = self.created.pop_front()?;
            return Some(("pod removed", Change::Remove { kind: Kind::Pod, namespace, name }));
        }
        let mut pod = self.healthy_pod(cluster)?;
        pod.meta.name = format!("{}-{:x}", pod.meta.name, self.number).into();
        pod.meta.uid = format!("uid-{:x}", self.number).into();
        pod.meta.created = Some(cluster.time());
        self.created.push_back(name(&pod.meta));
        Some(("pod created", put_pod(pod)))
    }

    fn crash_or_recover(&mut self, cluster: &Cluster) -> Option<(&'static str, Change)> {
        if self.crashed.len() >= KEPT {
            return Some(("pod recovers", put_pod(self.crashed.pop_front()?)));
        }
        let mut pod = self.healthy_pod(cluster)?;
        self.crashed.push_back(pod.clone());
        crash(&mut pod, cluster.time());
        Some(("pod begins to crash", put_pod(pod)))
    }

    /// Some pod that is still well.
    fn healthy_pod(&mut self, cluster: &Cluster) -> Option<Pod> {
        for _ in 0..KEPT {
            let (namespace, name) = self.random.choose(&self.healthy)?;
            let pod = cluster.pods.get(namespace, name).filter(|pod| pod.is_ready());
            if pod.is_some() {
                return pod.cloned();
            }
        }
        None
    }

    fn version(&self) -> Str {
        format!("{}", (1_u64 << 40) + self.number as u64).into()
    }
}

fn name(meta: &Meta) -> Name {
    (meta.namespace.clone(), meta.name.clone())
}

fn put_pod(pod: Pod) -> Change {
    Change::Put(Object::Pod(Box::new(pod)))
}

/// Its first container has ended with an error for the fifth time, and waits.
fn crash(pod: &mut Pod, now: Time) {
    let is_about_ready = |one: &&mut Condition| matches!(one.kind.as_str(), "Ready" | "ContainersReady");
    pod.status.conditions.edit(|all| {
        for condition in all.iter_mut().filter(is_about_ready) {
            condition.status = "False".into();
            condition.reason = "ContainersNotReady".into();
            condition.last_transition_time = Some(now.plus(-60));
        }
    });
    pod.status
        .container_statuses
        .edit(|all| all.iter_mut().take(1).for_each(|first| has_crashed(first, now)));
}

fn has_crashed(status: &mut ContainerStatus, now: Time) {
    let waiting = Waiting {
        reason: "CrashLoopBackOff".into(),
        message: "back-off 2m40s restarting failed container".into(),
    };
    let terminated = Terminated {
        exit_code: 1,
        reason: "Error".into(),
        started_at: Some(now.plus(-70)),
        finished_at: Some(now.plus(-60)),
        ..Terminated::default()
    };
    status.ready = false;
    status.restart_count += 5;
    status.state = ContainerState { waiting: Some(Box::new(waiting)), ..ContainerState::default() };
    status.last_state =
        ContainerState { terminated: Some(Box::new(terminated)), ..ContainerState::default() };
}

/// Numbers that look random and are always the same (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }

    fn choose<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }
}
