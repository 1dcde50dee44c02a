//! What a lesson sees of the cluster.
//!
//! Every relation that a lesson follows goes through here. That serves two ends: a relation into something that the
//! source doesn't show answers [`Unseen`], never an empty list; and what was read is recorded, so that a test holds
//! lessons to the inputs that they declare.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use rutter_cluster::{
    Cluster, Kind, KindSet, LogKey, LogTail, ObjectRef, Resource, Str, Time, Unseen, objects::*,
};

/// The answer to a question about a relation.
pub type Seen<T> = Result<T, Unseen>;

type Once = BTreeMap<(&'static str, ObjectRef), Rc<dyn Any>>;

/// A cluster, as one lesson sees it.
pub struct Context<'c> {
    cluster: &'c Cluster,
    read: Cell<KindSet>,
    /// What was computed once for many subjects, by what it is and what it is about.
    once: RefCell<Once>,
}

impl<'c> Context<'c> {
    /// A view of `cluster` that has read nothing yet.
    pub fn new(cluster: &'c Cluster) -> Self {
        Self { cluster, read: Cell::default(), once: RefCell::default() }
    }

    /// The kinds that were read through this view.
    pub fn kinds_read(&self) -> KindSet {
        self.read.get()
    }

    /// The time of the snapshot: what "now" means to a lesson.
    pub fn now(&self) -> Time {
        self.cluster.time()
    }

    /// What is the same for many subjects (all pods of an owner, all Services of a namespace): computed for the first.
    /// `name` says what it is, once in the program.
    pub fn once<T: 'static>(
        &self,
        name: &'static str,
        about: &ObjectRef,
        compute: impl FnOnce() -> T,
    ) -> Rc<T> {
        let key = (name, about.clone());
        let known = self.once.borrow().get(&key).cloned();
        if let Some(known) = known.and_then(|known| known.downcast::<T>().ok()) {
            return known;
        }
        let new = Rc::new(compute());
        self.once.borrow_mut().insert(key, new.clone());
        new
    }

    /// Seconds since `time`, as of the snapshot; never negative: a clock may be ahead.
    pub fn age(&self, time: Time) -> i64 {
        self.now().since(time).max(0)
    }

    /// Whether something was younger than `seconds` when the snapshot was taken. Where the source holds nothing that
    /// ticks by itself (a live clock, heartbeats, leases, events), its time is only the newest of what happened to its
    /// objects: then nothing counts as young.
    pub fn is_younger(&self, time: Time, seconds: i64) -> bool {
        self.tells_time() && self.age(time) < seconds
    }

    /// Whether something may have been younger than `seconds`. Where nothing ticks, an age is only a lower bound: what is
    /// close to the newest time in the source may be old, or may just have begun. For what looks no different at a start.
    pub fn may_be_younger(&self, time: Time, seconds: i64) -> bool {
        self.age(time) < seconds
    }

    /// Whether the source holds something that ticks by itself, so that ages as of its time mean something.
    pub fn tells_time(&self) -> bool {
        let cluster = self.cluster;
        cluster.info().time.is_some()
            || !(cluster.nodes.is_empty() && cluster.leases.is_empty() && cluster.events.is_empty())
    }

    /// The API server's version, empty if unknown (`v1.34.4`).
    pub fn version(&self) -> &'c Str {
        &self.cluster.info().version
    }

    fn see(&self, kind: Kind, namespace: &str) -> Seen<()> {
        self.note(kind);
        self.cluster.coverage().check(kind, namespace)
    }

    fn note(&self, kind: Kind) {
        let mut read = self.read.get();
        read.insert(kind);
        self.read.set(read);
    }

    /// Events about exactly this object, the newest last. With events seen only in part, those that are there.
    pub fn events(&self, object: &impl Resource) -> Seen<Vec<&'c Event>> {
        self.events_of(&object.object_ref())
    }

    /// Like [`Context::events`], by reference.
    pub fn events_of(&self, object: &ObjectRef) -> Seen<Vec<&'c Event>> {
        // Events about cluster-scoped objects are stored in the namespace `default`.
        let namespace = if object.namespace.is_empty() { "default" } else { object.namespace.as_str() };
        let events: Vec<_> = self.cluster.events_of(object).collect();
        match self.see(Kind::Event, namespace) {
            Err(unseen) if events.is_empty() => Err(unseen),
            _ => Ok(events),
        }
    }

    /// Events about earlier objects of the same name (a StatefulSet's pod that was replaced), the newest last.
    pub fn events_of_predecessors(&self, object: &impl Resource) -> Seen<Vec<&'c Event>> {
        let reference = object.object_ref();
        self.see(Kind::Event, &reference.namespace)?;
        let other = |event: &&Event| {
            let about = &event.involved_object.uid;
            !about.is_empty() && !reference.uid.is_empty() && *about != reference.uid
        };
        Ok(self.cluster.events_named(&reference).filter(other).collect())
    }

    /// The topmost owner of a pod; see [`Cluster::top_owner`]. Owners that the source lacks end the climb.
    pub fn top_owner(&self, pod: &Pod) -> ObjectRef {
        self.cluster.top_owner(pod)
    }

    /// The node of that name; `None` if there is none (any more).
    pub fn node(&self, name: &str) -> Seen<Option<&'c Node>> {
        self.note(Kind::Node);
        match self.cluster.nodes.get("", name) {
            Some(node) => Ok(Some(node)),
            None => self.see(Kind::Node, "").map(|()| None),
        }
    }

    /// All nodes.
    pub fn nodes(&self) -> Seen<&'c [Node]> {
        self.see(Kind::Node, "")?;
        Ok(self.cluster.nodes.as_slice())
    }

    /// The lease that a node's kubelet renews every 10 s (1.14+).
    pub fn node_lease(&self, node: &str) -> Seen<Option<&'c Lease>> {
        self.see(Kind::Lease, "kube-node-lease")?;
        Ok(self.cluster.leases.get("kube-node-lease", node))
    }

    /// The pods bound to a node. With pods seen only in part, those that are there.
    pub fn pods_on(&self, node: &str) -> Seen<Vec<&'c Pod>> {
        self.note(Kind::Pod);
        let pods: Vec<_> = self.cluster.pods_on(node).collect();
        if pods.is_empty() {
            self.see(Kind::Pod, "")?;
        }
        Ok(pods)
    }

    /// The pods of a namespace.
    pub fn pods_in(&self, namespace: &str) -> Seen<&'c [Pod]> {
        self.see(Kind::Pod, namespace)?;
        Ok(self.cluster.pods.in_namespace(namespace))
    }

    /// A pod by reference; `None` if it isn't there.
    pub fn pod(&self, reference: &ObjectRef) -> Option<&'c Pod> {
        self.note(Kind::Pod);
        self.cluster.pods.get(&reference.namespace, &reference.name)
    }

    /// All pods under a topmost owner.
    pub fn pods_under(&self, owner: &ObjectRef) -> Seen<Vec<&'c Pod>> {
        self.see(Kind::Pod, &owner.namespace)?;
        Ok(self.cluster.pods_under(owner))
    }

    /// The pods that a Service selects.
    pub fn pods_selected_by(&self, service: &'c Service) -> Seen<Vec<&'c Pod>> {
        self.see(Kind::Pod, &service.meta.namespace)?;
        Ok(self.cluster.pods_selected_by(service).collect())
    }

    /// The Services that select a pod.
    pub fn services_selecting(&self, pod: &'c Pod) -> Seen<Vec<&'c Service>> {
        self.see(Kind::Service, &pod.meta.namespace)?;
        Ok(self.cluster.services_selecting(pod).collect())
    }

    /// The EndpointSlices of a Service.
    pub fn slices(&self, service: &Service) -> Seen<Vec<&'c EndpointSlice>> {
        self.see(Kind::EndpointSlice, &service.meta.namespace)?;
        Ok(self.cluster.slices_of(service).collect())
    }

    /// The Endpoints of a Service.
    pub fn endpoints(&self, service: &Service) -> Seen<Option<&'c Endpoints>> {
        self.see(Kind::Endpoints, &service.meta.namespace)?;
        Ok(self.cluster.endpoints.get(&service.meta.namespace, &service.meta.name))
    }

    /// The ReplicaSets of a Deployment.
    pub fn replica_sets(&self, deployment: &Deployment) -> Seen<Vec<&'c ReplicaSet>> {
        self.see(Kind::ReplicaSet, &deployment.meta.namespace)?;
        Ok(self.cluster.replica_sets_of(&deployment.object_ref()).collect())
    }

    /// A Deployment by name.
    pub fn deployment(&self, namespace: &str, name: &str) -> Seen<Option<&'c Deployment>> {
        self.note(Kind::Deployment);
        match self.cluster.deployments.get(namespace, name) {
            Some(deployment) => Ok(Some(deployment)),
            None => self.see(Kind::Deployment, namespace).map(|()| None),
        }
    }

    /// The claim of that name; `None` if there is none.
    pub fn claim(&self, namespace: &str, name: &str) -> Seen<Option<&'c PersistentVolumeClaim>> {
        self.see(Kind::PersistentVolumeClaim, namespace)?;
        Ok(self.cluster.claims.get(namespace, name))
    }

    /// The storage class of that name; `None` if there is none.
    pub fn storage_class(&self, name: &str) -> Seen<Option<&'c StorageClass>> {
        self.see(Kind::StorageClass, "")?;
        Ok(self.cluster.storage_classes.get("", name))
    }

    /// All storage classes.
    pub fn storage_classes(&self) -> Seen<&'c [StorageClass]> {
        self.see(Kind::StorageClass, "")?;
        Ok(self.cluster.storage_classes.as_slice())
    }

    /// All persistent volumes.
    pub fn volumes(&self) -> Seen<&'c [PersistentVolume]> {
        self.see(Kind::PersistentVolume, "")?;
        Ok(self.cluster.volumes.as_slice())
    }

    /// The ConfigMaps of a namespace.
    pub fn config_maps(&self, namespace: &str) -> Seen<&'c [ConfigMap]> {
        self.see(Kind::ConfigMap, namespace)?;
        Ok(self.cluster.config_maps.in_namespace(namespace))
    }

    /// The Secrets of a namespace: names, types and, from dumps, keys.
    pub fn secrets(&self, namespace: &str) -> Seen<&'c [Secret]> {
        self.see(Kind::Secret, namespace)?;
        Ok(self.cluster.secrets.in_namespace(namespace))
    }

    /// The quotas of a namespace.
    pub fn quotas(&self, namespace: &str) -> Seen<&'c [ResourceQuota]> {
        self.see(Kind::ResourceQuota, namespace)?;
        Ok(self.cluster.quotas.in_namespace(namespace))
    }

    /// The HPAs of a namespace.
    pub fn autoscalers(&self, namespace: &str) -> Seen<&'c [HorizontalPodAutoscaler]> {
        self.see(Kind::HorizontalPodAutoscaler, namespace)?;
        Ok(self.cluster.autoscalers.in_namespace(namespace))
    }

    /// The Deployments of a namespace.
    pub fn deployments_in(&self, namespace: &str) -> Seen<&'c [Deployment]> {
        self.see(Kind::Deployment, namespace)?;
        Ok(self.cluster.deployments.in_namespace(namespace))
    }

    /// The ReplicaSets of a namespace.
    pub fn replica_sets_in(&self, namespace: &str) -> Seen<&'c [ReplicaSet]> {
        self.see(Kind::ReplicaSet, namespace)?;
        Ok(self.cluster.replica_sets.in_namespace(namespace))
    }

    /// The StatefulSets of a namespace.
    pub fn stateful_sets_in(&self, namespace: &str) -> Seen<&'c [StatefulSet]> {
        self.see(Kind::StatefulSet, namespace)?;
        Ok(self.cluster.stateful_sets.in_namespace(namespace))
    }

    /// The DaemonSets of a namespace.
    pub fn daemon_sets_in(&self, namespace: &str) -> Seen<&'c [DaemonSet]> {
        self.see(Kind::DaemonSet, namespace)?;
        Ok(self.cluster.daemon_sets.in_namespace(namespace))
    }

    /// The ReplicationControllers of a namespace.
    pub fn replication_controllers_in(&self, namespace: &str) -> Seen<&'c [ReplicationController]> {
        self.see(Kind::ReplicationController, namespace)?;
        Ok(self.cluster.replication_controllers.in_namespace(namespace))
    }

    /// The Jobs of a namespace.
    pub fn jobs_in(&self, namespace: &str) -> Seen<&'c [Job]> {
        self.see(Kind::Job, namespace)?;
        Ok(self.cluster.jobs.in_namespace(namespace))
    }

    /// The Ingresses of a namespace.
    pub fn ingresses_in(&self, namespace: &str) -> Seen<&'c [Ingress]> {
        self.see(Kind::Ingress, namespace)?;
        Ok(self.cluster.ingresses.in_namespace(namespace))
    }

    /// The pods of all namespaces that have the labels that a Service selects by, as far as they were seen: for
    /// hints, never for "there is none".
    pub fn pods_matching(&self, service: &'c Service) -> impl Iterator<Item = &'c Pod> + use<'c> {
        self.note(Kind::Pod);
        self.cluster.pods_matching(service)
    }

    /// Every pod that is there, in all namespaces, whether or not they were seen completely: for hints, never for
    /// "there is none".
    pub fn pods_anywhere(&self) -> &'c [Pod] {
        self.note(Kind::Pod);
        self.cluster.pods.as_slice()
    }

    /// The Service of that name; `None` if there is none.
    pub fn service(&self, namespace: &str, name: &str) -> Seen<Option<&'c Service>> {
        self.note(Kind::Service);
        match self.cluster.services.get(namespace, name) {
            Some(service) => Ok(Some(service)),
            None => self.see(Kind::Service, namespace).map(|()| None),
        }
    }

    /// The Services of a namespace.
    pub fn services_in(&self, namespace: &str) -> Seen<&'c [Service]> {
        self.see(Kind::Service, namespace)?;
        Ok(self.cluster.services.in_namespace(namespace))
    }

    /// A lease, such as the one by which the controller-manager's replicas elect their leader (1.14+).
    pub fn lease(&self, namespace: &str, name: &str) -> Seen<Option<&'c Lease>> {
        self.see(Kind::Lease, namespace)?;
        Ok(self.cluster.leases.get(namespace, name))
    }

    /// The leases of a namespace: those by which its applications elect their leaders.
    pub fn leases_in(&self, namespace: &str) -> Seen<&'c [Lease]> {
        self.see(Kind::Lease, namespace)?;
        Ok(self.cluster.leases.in_namespace(namespace))
    }

    /// All volume attachments.
    pub fn volume_attachments(&self) -> Seen<&'c [VolumeAttachment]> {
        self.see(Kind::VolumeAttachment, "")?;
        Ok(self.cluster.volume_attachments.as_slice())
    }

    /// All admission webhooks: of both kinds, as far as they were seen.
    pub fn webhooks(&self) -> Seen<Vec<&'c Webhook>> {
        let validating = self.cluster.validating_webhooks.iter().flat_map(|all| &all.webhooks);
        let all: Vec<_> =
            validating.chain(self.cluster.mutating_webhooks.iter().flat_map(|all| &all.webhooks)).collect();
        let seen = self.see(Kind::ValidatingWebhookConfiguration, "");
        let seen = seen.and(self.see(Kind::MutatingWebhookConfiguration, ""));
        if all.is_empty() { seen.map(|()| all) } else { Ok(all) }
    }

    /// The APIs that the API server may hand on to Services.
    pub fn api_services(&self) -> Seen<&'c [ApiService]> {
        self.see(Kind::ApiService, "")?;
        Ok(self.cluster.api_services.as_slice())
    }

    /// The end of a container's log, if the source brought it. Logs are never complete: their absence says nothing.
    pub fn log(&self, pod: &Pod, container: &str) -> Option<&'c LogTail> {
        let key = LogKey {
            namespace: pod.meta.namespace.clone(),
            pod: pod.meta.name.clone(),
            container: container.into(),
        };
        self.cluster.logs().get(&key)
    }
}
