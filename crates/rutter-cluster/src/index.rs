//! Relations between objects, computed once when a cluster is built.

use rustc_hash::FxHashMap;

use crate::{Kind, ObjectRef, Resource, Str, Table, by_label::Selected, objects::*};

/// The object that events are about, by kind, namespace and name. Events about cluster-scoped objects are stored in
/// the namespace `default`, so theirs is empty here whatever the event says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub struct EventKey {
    pub kind: Str,
    pub namespace: Str,
    pub name: Str,
}

type Positions = Vec<u32>;

/// Positions in the tables, by relation.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) pods_by_node: FxHashMap<Str, Positions>,
    /// By kind, namespace and name of the direct owner.
    pub(crate) pods_by_owner: FxHashMap<EventKey, Positions>,
    pub(crate) replica_sets_by_owner: FxHashMap<EventKey, Positions>,
    pub(crate) jobs_by_owner: FxHashMap<EventKey, Positions>,
    /// Sorted by the time last seen.
    pub(crate) events_by_object: FxHashMap<EventKey, Positions>,
    pub(crate) slices_by_service: FxHashMap<EventKey, Positions>,
    pub(crate) selected: Selected,
}

fn key(kind: &Str, namespace: &Str, name: &Str) -> EventKey {
    EventKey { kind: kind.clone(), namespace: namespace.clone(), name: name.clone() }
}

pub(crate) fn key_of(object: &ObjectRef) -> EventKey {
    key(&object.kind, &object.namespace, &object.name)
}

fn by_owner<T: Resource>(table: &Table<T>) -> FxHashMap<EventKey, Positions> {
    let mut index = FxHashMap::<EventKey, Positions>::default();
    for (position, object) in table.iter().enumerate() {
        if let Some(owner) = object.meta().controller() {
            index
                .entry(key(&owner.kind, &object.meta().namespace, &owner.name))
                .or_default()
                .push(position as u32);
        }
    }
    index
}

fn by_node(pods: &Table<Pod>) -> FxHashMap<Str, Positions> {
    let mut index = FxHashMap::<Str, Positions>::default();
    for (position, pod) in pods.iter().enumerate() {
        if !pod.spec.node_name.is_empty() {
            // Look up first: the key is cloned once per node, not once per pod.
            match index.get_mut(&pod.spec.node_name) {
                Some(positions) => positions.push(position as u32),
                None => {
                    index.insert(pod.spec.node_name.clone(), vec![position as u32]);
                }
            }
        }
    }
    index
}

fn by_involved_object(events: &Table<Event>) -> FxHashMap<EventKey, Positions> {
    let mut index = FxHashMap::<EventKey, Positions>::default();
    for (position, event) in events.iter().enumerate() {
        let object = &event.involved_object;
        let cluster_scoped =
            Kind::of(&object.api_version, &object.kind).is_some_and(|kind| !kind.is_namespaced());
        let namespace = if cluster_scoped { Str::default() } else { object.namespace.clone() };
        index.entry(key(&object.kind, &namespace, &object.name)).or_default().push(position as u32);
    }
    for positions in index.values_mut() {
        positions.sort_by_key(|position| events.at(*position).last_seen());
    }
    index
}

fn by_service(slices: &Table<EndpointSlice>) -> FxHashMap<EventKey, Positions> {
    let mut index = FxHashMap::<EventKey, Positions>::default();
    let service = Str::from("Service");
    for (position, slice) in slices.iter().enumerate() {
        let owner =
            || slice.meta.controller().filter(|owner| owner.kind == "Service").map(|owner| &owner.name);
        if let Some(name) = slice.service_name().or_else(owner) {
            index.entry(key(&service, &slice.meta.namespace, name)).or_default().push(position as u32);
        }
    }
    index
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
        Self {
            pods_by_node: by_node(pods),
            pods_by_owner: by_owner(pods),
            replica_sets_by_owner: by_owner(replica_sets),
            jobs_by_owner: by_owner(jobs),
            events_by_object: by_involved_object(events),
            slices_by_service: by_service(slices),
            selected: Selected::new(pods, services),
        }
    }
}
