//! Relations between the objects of a cluster, looked up in its index.

use crate::{
    Cluster, EventKey, Labels, ObjectRef, Resource, Str,
    index::{key_about, key_of},
    objects::*,
    positions::By,
};

impl Cluster {
    /// The pods that are bound to a node.
    pub fn pods_on<'a>(&'a self, node: &str) -> impl ExactSizeIterator<Item = &'a Pod> + use<'a> {
        positions(self.index.pods_by_node.get(node)).map(|at| self.pods.at(at))
    }

    /// The pods that the object controls directly.
    pub fn pods_of<'a>(&'a self, owner: &ObjectRef) -> impl ExactSizeIterator<Item = &'a Pod> + use<'a> {
        positions(self.index.pods_by_owner.get(&key_of(owner))).map(|at| self.pods.at(at))
    }

    /// The pods that mount a claim.
    pub fn pods_mounting<'a>(
        &'a self,
        claim: &ObjectRef,
    ) -> impl ExactSizeIterator<Item = &'a Pod> + use<'a> {
        positions(self.index.pods_by_claim.get(&key_of(claim))).map(|at| self.pods.at(at))
    }

    /// The pods with a container that waits for something other than its start.
    pub fn pods_waiting(&self) -> impl ExactSizeIterator<Item = &Pod> {
        positions(&self.index.waiting).map(|at| self.pods.at(at))
    }

    /// The ReplicaSets that a Deployment controls.
    pub fn replica_sets_of<'a>(
        &'a self,
        owner: &ObjectRef,
    ) -> impl ExactSizeIterator<Item = &'a ReplicaSet> + use<'a> {
        positions(self.index.replica_sets_by_owner.get(&key_of(owner))).map(|at| self.replica_sets.at(at))
    }

    /// All events about an object of that name, the newest last: also those about earlier objects of the same name
    /// (see [`Cluster::events_of`]).
    pub fn events_named<'a>(
        &'a self,
        object: &ObjectRef,
    ) -> impl DoubleEndedIterator<Item = &'a Event> + ExactSizeIterator + use<'a> {
        positions(self.index.events_by_object.get(&key_of(object))).map(|at| self.events.at(at))
    }

    /// The events about exactly this object, the newest last. A pod of a StatefulSet that was replaced leaves events
    /// under the same name; they are about another object and are told by their uid. Nodes join by name alone, because
    /// kubelets write the name where the uid belongs (k/k#29289).
    pub fn events_of<'a>(
        &'a self,
        object: &ObjectRef,
    ) -> impl DoubleEndedIterator<Item = &'a Event> + use<'a> {
        self.events_under(&key_of(object), &object.uid)
    }

    /// The same by the object itself: quicker, where every pod is asked for its events.
    pub fn events_about<'a, T: Resource>(
        &'a self,
        object: &T,
    ) -> impl DoubleEndedIterator<Item = &'a Event> + use<'a, T> {
        self.events_under(&key_about(object), &object.meta().uid)
    }

    fn events_under<'a>(
        &'a self,
        key: &EventKey,
        uid: &Str,
    ) -> impl DoubleEndedIterator<Item = &'a Event> + use<'a> {
        let uid = if key.kind == "Node" { Str::default() } else { uid.clone() };
        let named = positions(self.index.events_by_object.get(key)).map(|at| self.events.at(at));
        named.filter(move |event| {
            let about = &event.involved_object.uid;
            uid.is_empty() || about.is_empty() || *about == uid
        })
    }

    /// The EndpointSlices of a Service.
    pub fn slices_of<'a>(
        &'a self,
        service: &Service,
    ) -> impl ExactSizeIterator<Item = &'a EndpointSlice> + use<'a> {
        let key = EventKey {
            kind: crate::Kind::Service.shared_name(),
            namespace: service.meta.namespace.clone(),
            name: service.meta.name.clone(),
        };
        positions(self.index.slices_by_service.get(&key)).map(|at| self.endpoint_slices.at(at))
    }

    /// The pods that a Service selects; none for a Service without a selector.
    pub fn pods_selected_by<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Pod> {
        self.matching(service, Some(&service.meta.namespace))
    }

    /// The pods of all namespaces whose labels the selector of a Service of this cluster matches, though it selects
    /// none but those of its own.
    pub fn pods_matching<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Pod> {
        self.matching(service, None)
    }

    fn matching<'a>(
        &'a self,
        service: &'a Service,
        namespace: Option<&str>,
    ) -> impl Iterator<Item = &'a Pod> + use<'a> {
        let selector = &service.spec.selector;
        let candidates = self.index.selected.candidates(&self.pods, selector, namespace);
        candidates.iter().map(|at| self.pods.at(*at)).filter(|pod| fits(selector, pod))
    }

    /// Whether a Service selects a pod of its own namespace.
    pub fn selects(&self, service: &Service, pod: &Pod) -> bool {
        let selector = &service.spec.selector;
        !selector.is_empty() && service.meta.namespace == pod.meta.namespace && fits(selector, pod)
    }

    /// The Services that select a pod.
    pub fn services_selecting<'a>(&'a self, pod: &'a Pod) -> impl Iterator<Item = &'a Service> {
        let candidates = self.index.selected.services_of(&self.services, pod).into_iter();
        candidates.map(|at| self.services.at(at)).filter(|service| self.selects(service, pod))
    }

    /// The topmost object that controls this pod: the Deployment behind its ReplicaSet, the CronJob behind its Job;
    /// the pod itself if nothing controls it. A static pod is its own top: its owner is the Node it runs on.
    pub fn top_owner(&self, pod: &Pod) -> ObjectRef {
        let Some(owner) = pod.meta.controller().filter(|owner| owner.kind != "Node") else {
            return pod.object_ref();
        };
        let meta = match owner.kind.as_str() {
            "ReplicaSet" => self.replica_sets.get(&pod.meta.namespace, &owner.name).map(|set| &set.meta),
            "Job" => self.jobs.get(&pod.meta.namespace, &owner.name).map(|job| &job.meta),
            _ => None,
        };
        let top = meta.and_then(|meta| meta.controller()).unwrap_or(owner);
        ObjectRef {
            api_version: top.api_version.clone(),
            kind: top.kind.clone(),
            namespace: pod.meta.namespace.clone(),
            name: top.name.clone(),
            uid: top.uid.clone(),
        }
    }

    /// All pods under a top owner, through ReplicaSets and Jobs; the pod itself for a bare pod.
    pub fn pods_under<'a>(&'a self, owner: &ObjectRef) -> Box<dyn Iterator<Item = &'a Pod> + 'a> {
        self.under(&self.index.pods_by_owner, owner)
    }

    /// Of the pods under a top owner those that should be ready and aren't.
    pub fn unready_under<'a>(&'a self, owner: &ObjectRef) -> impl Iterator<Item = &'a Pod> + use<'a> {
        // A bare pod is in no index.
        self.under(&self.index.unready_by_owner, owner).filter(|pod| pod.is_unready())
    }

    fn under<'a>(
        &'a self,
        by_owner: &'a By<EventKey>,
        owner: &ObjectRef,
    ) -> Box<dyn Iterator<Item = &'a Pod> + 'a> {
        let of = |owner: &ObjectRef| positions(by_owner.get(&key_of(owner))).map(|at| self.pods.at(at));
        match owner.kind.as_str() {
            "Pod" => Box::new(self.pods.get(&owner.namespace, &owner.name).into_iter()),
            "CronJob" => {
                let mine = positions(self.index.jobs_by_owner.get(&key_of(owner)));
                let mine = mine.map(|at| self.jobs.at(at));
                Box::new(mine.flat_map(move |job| of(&job.object_ref())))
            }
            _ => {
                let through = self.replica_sets_of(owner).flat_map(move |set| of(&set.object_ref()));
                Box::new(of(owner).chain(through))
            }
        }
    }
}

fn fits(selector: &Labels, pod: &Pod) -> bool {
    selector.iter().all(|(key, value)| pod.meta.labels.get(key) == Some(value))
}

fn positions(found: &[u32]) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + use<'_> {
    found.iter().copied()
}
