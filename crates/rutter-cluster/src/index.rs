//! Relations between objects, kept as objects come and go.

use crate::{
    Kind, Meta, ObjectRef, Resource, Str, Table,
    by_label::Selected,
    objects::*,
    positions::{self, By},
};

/// The object that events are about, by kind, namespace and name. Events about cluster-scoped objects are stored in
/// the namespace `default`, so theirs is empty here whatever the event says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub struct EventKey {
    pub kind: Str,
    pub namespace: Str,
    pub name: Str,
}

impl EventKey {
    /// What an event is about.
    pub fn of(event: &Event) -> Self {
        let object = &event.involved_object;
        let cluster_scoped =
            Kind::of(&object.api_version, &object.kind).is_some_and(|kind| !kind.is_namespaced());
        let namespace = if cluster_scoped { Str::default() } else { object.namespace.clone() };
        key(&object.kind, &namespace, &object.name)
    }
}

/// Positions in the tables, by relation.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) pods_by_node: By<Str>,
    /// By kind, namespace and name of the direct owner.
    pub(crate) pods_by_owner: By<EventKey>,
    /// By the claim that a pod mounts.
    pub(crate) pods_by_claim: By<EventKey>,
    /// Pods with a container that waits for something other than its start.
    pub(crate) waiting: Vec<u32>,
    /// Pods that should be ready and are not, by kind, namespace and name of the direct owner.
    pub(crate) unready_by_owner: By<EventKey>,
    pub(crate) replica_sets_by_owner: By<EventKey>,
    pub(crate) jobs_by_owner: By<EventKey>,
    /// Sorted by the time last seen.
    pub(crate) events_by_object: By<EventKey>,
    pub(crate) slices_by_service: By<EventKey>,
    pub(crate) selected: Selected,
}

fn key(kind: &Str, namespace: &Str, name: &Str) -> EventKey {
    EventKey { kind: kind.clone(), namespace: namespace.clone(), name: name.clone() }
}

/// The key under which events about an object are found.
pub(crate) fn key_about(object: &impl Resource) -> EventKey {
    let Meta { namespace, name, .. } = object.meta();
    EventKey { kind: kind_of(object).shared_name(), namespace: namespace.clone(), name: name.clone() }
}

fn kind_of<T: Resource>(_: &T) -> Kind {
    T::KIND
}

pub(crate) fn key_of(object: &ObjectRef) -> EventKey {
    key(&object.kind, &object.namespace, &object.name)
}

fn owner_of(object: &impl Resource) -> Option<EventKey> {
    let meta = object.meta();
    meta.controller().map(|owner| key(&owner.kind, &meta.namespace, &owner.name))
}

fn service_of(slice: &EndpointSlice) -> Option<EventKey> {
    let owner = || slice.meta.controller().filter(|owner| owner.kind == "Service").map(|owner| &owner.name);
    let name = slice.service_name().or_else(owner)?;
    Some(key(&Kind::Service.shared_name(), &slice.meta.namespace, name))
}

fn claims_of(pod: &Pod) -> impl Iterator<Item = EventKey> {
    let claims = pod.spec.volumes.iter().filter_map(|volume| pod.claim_name(volume));
    claims.map(|claim| key(&Kind::PersistentVolumeClaim.shared_name(), &pod.meta.namespace, &claim))
}

/// Events by what they are about, those of an object by the time last seen.
fn by_object(events: &Table<Event>) -> By<EventKey> {
    let mut by = By::default();
    for (at, event) in (0..).zip(events.iter()) {
        by.push(&EventKey::of(event), at);
    }
    by.lists_mut().for_each(|list| list.sort_by_key(|at| events.at(*at).last_seen()));
    by
}

fn by_service(slices: &Table<EndpointSlice>) -> By<EventKey> {
    let mut by = By::default();
    for (at, slice) in (0..).zip(slices.iter()) {
        if let Some(service) = &service_of(slice) {
            by.push(service, at);
        }
    }
    by
}

impl Index {
    pub(crate) fn new(
        pods: &Table<Pod>,
        replica_sets: &Table<ReplicaSet>,
        jobs: &Table<Job>,
        services: &Table<Service>,
        events: &Table<Event>,
        slices: &Table<EndpointSlice>,
    ) -> Self {
        let (owned, (selected, (events_by_object, slices_by_service))) = rayon::join(
            || Self::of_owned(pods, replica_sets, jobs),
            || {
                let selected = || Selected::new(pods, services);
                rayon::join(selected, || (by_object(events), by_service(slices)))
            },
        );
        Self { events_by_object, slices_by_service, selected, ..owned }
    }

    fn of_owned(pods: &Table<Pod>, replica_sets: &Table<ReplicaSet>, jobs: &Table<Job>) -> Self {
        let mut index = Self::default();
        for (at, pod) in (0..).zip(pods.iter()) {
            if !pod.spec.node_name.is_empty() {
                index.pods_by_node.push(&pod.spec.node_name, at);
            }
            if let Some(owner) = &owner_of(pod) {
                index.pods_by_owner.push(owner, at);
                if pod.is_unready() {
                    index.unready_by_owner.push(owner, at);
                }
            }
            claims_of(pod).for_each(|claim| index.pods_by_claim.push(&claim, at));
            if pod.waits() {
                index.waiting.push(at);
            }
        }
        for (at, set) in (0..).zip(replica_sets.iter()) {
            if let Some(owner) = &owner_of(set) {
                index.replica_sets_by_owner.push(owner, at);
            }
        }
        for (at, job) in (0..).zip(jobs.iter()) {
            if let Some(owner) = &owner_of(job) {
                index.jobs_by_owner.push(owner, at);
            }
        }
        index
    }

    /// Notes a pod that came.
    pub(crate) fn add_pod(&mut self, pods: &Table<Pod>, at: u32) {
        let pod = pods.at(at);
        let is_before = |other| pods.is_before(other, at);
        if !pod.spec.node_name.is_empty() {
            self.pods_by_node.add(pod.spec.node_name.clone(), at, is_before);
        }
        if let Some(owner) = owner_of(pod) {
            if pod.is_unready() {
                self.unready_by_owner.add(owner.clone(), at, is_before);
            }
            self.pods_by_owner.add(owner, at, is_before);
        }
        claims_of(pod).for_each(|claim| self.pods_by_claim.add(claim, at, is_before));
        if pod.waits() {
            positions::add(&mut self.waiting, at, is_before);
        }
        self.selected.add_pod(pods, at);
    }

    /// Forgets a pod that is still there.
    pub(crate) fn remove_pod(&mut self, pods: &Table<Pod>, at: u32) {
        let pod = pods.at(at);
        self.pods_by_node.remove(&pod.spec.node_name, at);
        if let Some(owner) = &owner_of(pod) {
            self.pods_by_owner.remove(owner, at);
            if pod.is_unready() {
                self.unready_by_owner.remove(owner, at);
            }
        }
        claims_of(pod).for_each(|claim| self.pods_by_claim.remove(&claim, at));
        if pod.waits() {
            positions::remove(&mut self.waiting, at);
        }
        self.selected.remove_pod(pods, at);
    }

    /// Notes an event that came.
    pub(crate) fn add_event(&mut self, events: &Table<Event>, at: u32) {
        let seen = events.at(at).last_seen();
        self.events_by_object.add(EventKey::of(events.at(at)), at, |other| {
            let theirs = events.at(other).last_seen();
            theirs < seen || theirs == seen && events.is_before(other, at)
        });
    }

    /// Forgets an event that is still there.
    pub(crate) fn remove_event(&mut self, events: &Table<Event>, at: u32) {
        self.events_by_object.remove(&EventKey::of(events.at(at)), at);
    }

    /// Notes a slice that came.
    pub(crate) fn add_slice(&mut self, slices: &Table<EndpointSlice>, at: u32) {
        let is_before = |other| slices.is_before(other, at);
        if let Some(service) = service_of(slices.at(at)) {
            self.slices_by_service.add(service, at, is_before);
        }
    }

    /// Forgets a slice that is still there.
    pub(crate) fn remove_slice(&mut self, slices: &Table<EndpointSlice>, at: u32) {
        if let Some(service) = &service_of(slices.at(at)) {
            self.slices_by_service.remove(service, at);
        }
    }
}

/// Notes an owned object that came.
pub(crate) fn add_owned<T: Resource>(by_owner: &mut By<EventKey>, table: &Table<T>, at: u32) {
    let is_before = |other| table.is_before(other, at);
    if let Some(owner) = owner_of(table.at(at)) {
        by_owner.add(owner, at, is_before);
    }
}

/// Forgets an owned object that is still there.
pub(crate) fn remove_owned<T: Resource>(by_owner: &mut By<EventKey>, table: &Table<T>, at: u32) {
    if let Some(owner) = &owner_of(table.at(at)) {
        by_owner.remove(owner, at);
    }
}
