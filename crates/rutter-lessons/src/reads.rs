//! What an answer depends on: the questions that were asked of the cluster, as keys; and the other way round, the keys
//! whose answers a change of an object can touch.
//!
//! The two stand side by side because they must agree: a relation that [`Context`](crate::Context) follows is here with
//! what changes it.

use std::hash::{Hash, Hasher};

use crate::texts::webhook_call;
use rustc_hash::FxHasher;
use rutter_cluster::{Cluster, EventKey, Kind, LogKey, ObjectRef, Resource, Str, Time, objects::*};

/// A question to the cluster. Two that happen to be equal by their hash cost an evaluation, never a wrong answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u64);

impl Key {
    fn new(question: &str, parts: &[&str]) -> Self {
        let mut hasher = FxHasher::default();
        question.hash(&mut hasher);
        parts.hash(&mut hasher);
        Self(hasher.finish())
    }

    /// What is this object like, if it is there?
    pub fn object(kind: Kind, namespace: &str, name: &str) -> Self {
        Self::new("object", &[kind.name(), namespace, name])
    }

    /// What is there of this kind?
    pub fn all(kind: Kind) -> Self {
        Self::new("all", &[kind.name()])
    }

    /// Which nodes are there, and what are they like, but for when they were heard of last?
    pub fn steady_nodes() -> Self {
        Self::new("steady nodes", &[])
    }

    /// What is there of this kind in the namespace?
    pub fn within(kind: Kind, namespace: &str) -> Self {
        Self::new("within", &[kind.name(), namespace])
    }

    /// Which events are about the object of that name?
    pub fn events(kind: &str, namespace: &str, name: &str) -> Self {
        Self::new("events", &[kind, namespace, name])
    }

    /// Which pods are bound to the node?
    pub fn pods_on(node: &str) -> Self {
        Self::new("pods on", &[node])
    }

    /// Which pods does the object own, directly or through others?
    pub fn pods_under(kind: &str, namespace: &str, name: &str) -> Self {
        Self::new("pods under", &[kind, namespace, name])
    }

    /// Which of the pods under the object should be ready and aren't? Most changes are of pods that are well.
    pub fn unready_under(kind: &str, namespace: &str, name: &str) -> Self {
        Self::new("unready under", &[kind, namespace, name])
    }

    /// Is any pod under the object ready? Only one that is the only one takes part in the answer.
    pub fn any_ready_under(kind: &str, namespace: &str, name: &str) -> Self {
        Self::new("any ready under", &[kind, namespace, name])
    }

    /// Which ReplicaSets does the Deployment own?
    pub fn replica_sets_of(namespace: &str, name: &str) -> Self {
        Self::new("replica sets of", &[namespace, name])
    }

    /// Which slices does the Service have?
    pub fn slices_of(namespace: &str, name: &str) -> Self {
        Self::new("slices of", &[namespace, name])
    }

    /// Which pods does the Service select?
    pub fn selected_by(namespace: &str, name: &str) -> Self {
        Self::new("selected by", &[namespace, name])
    }

    /// Which of the pods that the Service selects should be ready and aren't?
    pub fn unready_selected_by(namespace: &str, name: &str) -> Self {
        Self::new("unready selected by", &[namespace, name])
    }

    /// Which pods run an API server?
    pub fn api_servers() -> Self {
        Self::new("API servers", &[])
    }

    /// Which events tell of webhooks that could not be called?
    pub fn failed_calls() -> Self {
        Self::new("failed calls", &[])
    }

    /// Which pods has no scheduler looked at?
    pub fn not_looked_at() -> Self {
        Self::new("not looked at", &[])
    }

    /// Which ReplicaSets' pods are refused?
    pub fn refused_sets() -> Self {
        Self::new("refused sets", &[])
    }

    /// Which pods of all namespaces have the label?
    pub fn labelled(key: &str, value: &str) -> Self {
        Self::new("labelled", &[key, value])
    }

    /// Which pods mount the claim?
    pub fn mounting(namespace: &str, name: &str) -> Self {
        Self::new("mounting", &[namespace, name])
    }

    /// Which pods wait for something other than their start?
    pub fn waiting() -> Self {
        Self::new("waiting", &[])
    }

    /// What did the container say last?
    pub fn log(namespace: &str, pod: &str, container: &str) -> Self {
        Self::new("log", &[namespace, pod, container])
    }

    /// What came of something that is computed once for many subjects?
    pub fn kept(name: &str, about: &ObjectRef) -> Self {
        Self::new("kept", &[name, &about.kind, &about.namespace, &about.name, &about.uid])
    }

    /// A question of somebody else's, about an object.
    pub fn other(question: &'static str, kind: &str, namespace: &str, name: &str) -> Self {
        Self::new(question, &[kind, namespace, name])
    }
}

/// What was read for an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// The questions whose answers it depends on, sorted.
    pub keys: Vec<Key>,
    /// The first time at which it may be another, though nothing changed.
    pub until: Option<Time>,
    /// Whether it depends on the present time itself, as a duration does.
    pub now: bool,
}

impl Reads {
    /// Notes that an answer holds only before `time`.
    pub(crate) fn before(&mut self, time: Time) {
        self.until = Some(self.until.map_or(time, |until| until.min(time)));
    }

    /// Joins what was read for another answer.
    pub(crate) fn join(&mut self, other: &Reads) {
        self.keys.extend_from_slice(&other.keys);
        if let Some(until) = other.until {
            self.before(until);
        }
        self.now |= other.now;
    }

    /// Each key once.
    pub(crate) fn settle(&mut self) {
        self.keys.sort_unstable();
        self.keys.dedup();
    }

    /// Whether the answer may be another at `time`, though nothing changed.
    pub fn is_over(&self, time: Time) -> bool {
        self.now || self.until.is_some_and(|until| until <= time)
    }
}

/// The questions whose answers the object of that name takes part in. Asked before and after a change, it tells all
/// that the change can touch.
pub fn touched(cluster: &Cluster, kind: Kind, namespace: &str, name: &str, keys: &mut Vec<Key>) {
    keys.extend([Key::object(kind, namespace, name), Key::within(kind, namespace), Key::all(kind)]);
    match kind {
        Kind::Node => keys.push(Key::steady_nodes()),
        Kind::Pod => {
            if let Some(pod) = cluster.pods.get(namespace, name) {
                by_pod(cluster, pod, keys);
            }
        }
        Kind::Event => {
            if let Some(event) = cluster.events.get(namespace, name) {
                let about = EventKey::of(event);
                keys.push(Key::events(&about.kind, &about.namespace, &about.name));
                if is_failed_call(event) {
                    keys.push(Key::failed_calls());
                }
            }
        }
        Kind::ReplicaSet => {
            if let Some(set) = cluster.replica_sets.get(namespace, name) {
                by_owned(set, keys);
                if is_refused(set) {
                    keys.push(Key::refused_sets());
                }
                if let Some(owner) = set.meta.controller() {
                    keys.push(Key::replica_sets_of(namespace, &owner.name));
                }
            }
        }
        Kind::Job => {
            if let Some(job) = cluster.jobs.get(namespace, name) {
                by_owned(job, keys);
            }
        }
        Kind::EndpointSlice => {
            if let Some(slice) = cluster.endpoint_slices.get(namespace, name) {
                let owner = slice.meta.controller().map(|owner| &owner.name);
                let service = slice.service_name().or(owner);
                keys.extend(service.map(|service| Key::slices_of(namespace, service)));
            }
        }
        Kind::Service => {
            keys.extend([Key::selected_by(namespace, name), Key::unready_selected_by(namespace, name)]);
        }
        _ => {}
    }
}

/// The questions that a container's log answers.
pub fn touched_by_log(log: &LogKey) -> Key {
    Key::log(&log.namespace, &log.pod, &log.container)
}

/// What owns pods through this object owns other pods when it comes, goes or changes hands.
fn by_owned(object: &impl Resource, keys: &mut Vec<Key>) {
    let meta = object.meta();
    if let Some(owner) = meta.controller() {
        let (kind, namespace, name) = (&owner.kind, &meta.namespace, &owner.name);
        keys.extend([
            Key::pods_under(kind, namespace, name),
            Key::unready_under(kind, namespace, name),
            Key::any_ready_under(kind, namespace, name),
        ]);
    }
}

fn under(cluster: &Cluster, pod: &Pod, owner: &ObjectRef, keys: &mut Vec<Key>) {
    let (kind, namespace, name) = (&owner.kind, &owner.namespace, &owner.name);
    keys.push(Key::pods_under(kind, namespace, name));
    if pod.is_unready() {
        keys.push(Key::unready_under(kind, namespace, name));
    }
    let is_other = |other: &&Pod| other.meta.name != pod.meta.name;
    if pod.is_ready() && !cluster.pods_under(owner).filter(is_other).any(Pod::is_ready) {
        keys.push(Key::any_ready_under(kind, namespace, name));
    }
}

/// Whether a pod runs an API server, as kubeadm, kops and others name it.
pub(crate) fn is_api_server(pod: &Pod) -> bool {
    pod.meta.namespace == "kube-system"
        && pod.meta.labels.get("component").is_some_and(|component| *component == "kube-apiserver")
}

/// Whether an event tells of a webhook that could not be called.
pub(crate) fn is_failed_call(event: &Event) -> bool {
    webhook_call::is_about(&event.message)
}

/// Whether no scheduler has looked at a pod: it writes this condition when it tries for the first time.
pub(crate) fn is_not_looked_at(pod: &Pod) -> bool {
    pod.spec.node_name.is_empty() && pod.status.phase == "Pending" && pod.condition("PodScheduled").is_none()
}

/// Whether a ReplicaSet's pods are refused.
pub(crate) fn is_refused(set: &ReplicaSet) -> bool {
    condition(&set.status.conditions, "ReplicaFailure").is_some_and(Condition::is_true)
}

fn by_pod(cluster: &Cluster, pod: &Pod, keys: &mut Vec<Key>) {
    let namespace: &Str = &pod.meta.namespace;
    if !pod.spec.node_name.is_empty() {
        keys.push(Key::pods_on(&pod.spec.node_name));
    }
    under(cluster, pod, &pod.object_ref(), keys);
    if let Some(owner) = pod.meta.controller() {
        let top = cluster.top_owner(pod);
        if top.kind != owner.kind || top.name != owner.name {
            let (kind, name) = (owner.kind.clone(), owner.name.clone());
            let direct = ObjectRef { kind, name, namespace: namespace.clone(), ..ObjectRef::default() };
            under(cluster, pod, &direct, keys);
        }
        under(cluster, pod, &top, keys);
    }
    if is_api_server(pod) {
        keys.push(Key::api_servers());
    }
    for claim in pod.spec.volumes.iter().filter_map(|volume| pod.claim_name(volume)) {
        keys.push(Key::mounting(namespace, &claim));
    }
    for service in cluster.services_selecting(pod) {
        keys.push(Key::selected_by(namespace, &service.meta.name));
        if pod.is_unready() {
            keys.push(Key::unready_selected_by(namespace, &service.meta.name));
        }
    }
    keys.extend(pod.meta.labels.iter().map(|(key, value)| Key::labelled(key, value)));
    if pod.waits() {
        keys.push(Key::waiting());
    }
    if is_not_looked_at(pod) {
        keys.push(Key::not_looked_at());
    }
    // Its logs go with it.
    let containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
    keys.extend(containers.map(|container| Key::log(namespace, &pod.meta.name, &container.name)));
}
