//! The relations that lessons follow. What changes the answer of each is in [`reads::touched`](crate::reads::touched).

use rutter_cluster::{Kind, Kubelet, LogKey, LogTail, ObjectRef, Objects, Resource, objects::*};

use super::{Context, Seen};
use crate::reads::{Key, is_api_server};

/// Writes a method for each kind whose objects are asked for by name.
macro_rules! by_name {
    ($($(#[$doc:meta])* $method:ident: $type:ident in $table:ident,)*) => {$(
        $(#[$doc])*
        pub fn $method(&self, namespace: &str, name: &str) -> Seen<Option<&'c $type>> {
            self.note(Kind::$type);
            self.asks(|| Key::object(Kind::$type, namespace, name));
            match self.cluster.$table.get(namespace, name) {
                Some(object) => Ok(Some(object)),
                None => self.see(Kind::$type, namespace).map(|()| None),
            }
        }
    )*};
}

/// Writes a method for each kind whose objects are asked for by namespace.
macro_rules! in_namespace {
    ($($(#[$doc:meta])* $method:ident: $type:ident in $table:ident,)*) => {$(
        $(#[$doc])*
        pub fn $method(&self, namespace: &str) -> Seen<Objects<'c, $type>> {
            self.asks(|| Key::within(Kind::$type, namespace));
            self.see(Kind::$type, namespace)?;
            Ok(self.cluster.$table.in_namespace(namespace))
        }
    )*};
}

/// Writes a method for each kind whose objects are asked for all at once.
macro_rules! everywhere {
    ($($(#[$doc:meta])* $method:ident: $type:ident in $table:ident,)*) => {$(
        $(#[$doc])*
        pub fn $method(&self) -> Seen<Objects<'c, $type>> {
            self.asks(|| Key::all(Kind::$type));
            self.see(Kind::$type, "")?;
            Ok(self.cluster.$table.objects())
        }
    )*};
}

impl<'c> Context<'c> {
    /// Events about exactly this object, the newest last. With events seen only in part, those that are there.
    pub fn events<T: Resource>(&self, object: &T) -> Seen<Vec<&'c Event>> {
        let meta = object.meta();
        self.asks(|| Key::events(T::KIND.name(), &meta.namespace, &meta.name));
        self.seen_events(&meta.namespace, self.cluster.events_about(object).collect())
    }

    /// Like [`Context::events`], by reference.
    pub fn events_of(&self, object: &ObjectRef) -> Seen<Vec<&'c Event>> {
        self.asks(|| Key::events(&object.kind, &object.namespace, &object.name));
        self.seen_events(&object.namespace, self.cluster.events_of(object).collect())
    }

    fn seen_events(&self, namespace: &str, events: Vec<&'c Event>) -> Seen<Vec<&'c Event>> {
        // Events about cluster-scoped objects are stored in the namespace `default`.
        match self.see(Kind::Event, if namespace.is_empty() { "default" } else { namespace }) {
            Err(unseen) if events.is_empty() => Err(unseen),
            _ => Ok(events),
        }
    }

    /// Events about earlier objects of the same name (a StatefulSet's pod that was replaced), the newest last.
    pub fn events_of_predecessors(&self, object: &impl Resource) -> Seen<Vec<&'c Event>> {
        let reference = object.object_ref();
        self.asks(|| Key::events(&reference.kind, &reference.namespace, &reference.name));
        self.see(Kind::Event, &reference.namespace)?;
        let other = |event: &&Event| {
            let about = &event.involved_object.uid;
            !about.is_empty() && !reference.uid.is_empty() && *about != reference.uid
        };
        Ok(self.cluster.events_named(&reference).filter(other).collect())
    }

    /// The topmost owner of a pod; see [`rutter_cluster::Cluster::top_owner`]. Owners that the source lacks end the climb.
    pub fn top_owner(&self, pod: &Pod) -> ObjectRef {
        self.asks_owner(pod);
        self.cluster.top_owner(pod)
    }

    fn asks_owner(&self, pod: &Pod) {
        let Some(owner) = pod.meta.controller().filter(|_| self.is_recording) else { return };
        let kind = match owner.kind.as_str() {
            "ReplicaSet" => Kind::ReplicaSet,
            "Job" => Kind::Job,
            _ => return,
        };
        self.asks(|| Key::object(kind, &pod.meta.namespace, &owner.name));
    }

    /// The node of that name; `None` if there is none (any more). When it was heard of last is to be read only by a question
    /// about this node, or through [`Context::nodes_and_heartbeats`].
    pub fn node(&self, name: &str) -> Seen<Option<&'c Node>> {
        self.note(Kind::Node);
        self.asks(|| Key::object(Kind::Node, "", name));
        match self.cluster.nodes.get("", name) {
            Some(node) => Ok(Some(node)),
            None => self.see(Kind::Node, "").map(|()| None),
        }
    }

    everywhere! {
        /// All nodes, with when each was heard of last: an answer that changes every second in a large cluster.
        nodes_and_heartbeats: Node in nodes,
        /// All storage classes.
        storage_classes: StorageClass in storage_classes,
        /// All persistent volumes.
        volumes: PersistentVolume in volumes,
        /// All volume attachments.
        volume_attachments: VolumeAttachment in volume_attachments,
        /// All Ingresses.
        ingresses: Ingress in ingresses,
        /// All ingress classes.
        ingress_classes: IngressClass in ingress_classes,
        /// All requests for certificates.
        signing_requests: CertificateSigningRequest in signing_requests,
        /// All namespaces.
        namespaces: Namespace in namespaces,
        /// The APIs that the API server may hand on to Services.
        api_services: ApiService in api_services,
    }

    /// All nodes. Who reads in their conditions when they were heard of last must ask for
    /// [`Context::nodes_and_heartbeats`].
    pub fn nodes(&self) -> Seen<Objects<'c, Node>> {
        self.asks(Key::steady_nodes);
        self.see(Kind::Node, "")?;
        Ok(self.cluster.nodes.objects())
    }

    /// The lease that a node's kubelet renews every 10 s (1.14+).
    pub fn node_lease(&self, node: &str) -> Seen<Option<&'c Lease>> {
        self.asks(|| Key::object(Kind::Lease, "kube-node-lease", node));
        self.see(Kind::Lease, "kube-node-lease")?;
        Ok(self.cluster.leases.get("kube-node-lease", node))
    }

    /// The pods bound to a node. With pods seen only in part, those that are there.
    pub fn pods_on(&self, node: &str) -> Seen<Vec<&'c Pod>> {
        self.note(Kind::Pod);
        self.asks(|| Key::pods_on(node));
        let pods: Vec<_> = self.cluster.pods_on(node).collect();
        if pods.is_empty() {
            self.see(Kind::Pod, "")?;
        }
        Ok(pods)
    }

    in_namespace! {
        /// The pods of a namespace.
        pods_in: Pod in pods,
        /// The claims of a namespace.
        claims_in: PersistentVolumeClaim in claims,
        /// The ConfigMaps of a namespace.
        config_maps: ConfigMap in config_maps,
        /// The Secrets of a namespace: names, types and, from dumps, keys.
        secrets: Secret in secrets,
        /// The quotas of a namespace.
        quotas: ResourceQuota in quotas,
        /// The disruption budgets of a namespace.
        budgets_in: PodDisruptionBudget in budgets,
        /// The HPAs of a namespace.
        autoscalers: HorizontalPodAutoscaler in autoscalers,
        /// The Deployments of a namespace.
        deployments_in: Deployment in deployments,
        /// The ReplicaSets of a namespace.
        replica_sets_in: ReplicaSet in replica_sets,
        /// The StatefulSets of a namespace.
        stateful_sets_in: StatefulSet in stateful_sets,
        /// The DaemonSets of a namespace.
        daemon_sets_in: DaemonSet in daemon_sets,
        /// The ReplicationControllers of a namespace.
        replication_controllers_in: ReplicationController in replication_controllers,
        /// The Jobs of a namespace.
        jobs_in: Job in jobs,
        /// The Ingresses of a namespace.
        ingresses_in: Ingress in ingresses,
        /// The Services of a namespace.
        services_in: Service in services,
        /// The leases of a namespace: those by which its applications elect their leaders.
        leases_in: Lease in leases,
    }

    /// A pod by reference; `None` if it isn't there.
    pub fn pod(&self, reference: &ObjectRef) -> Option<&'c Pod> {
        self.note(Kind::Pod);
        self.asks(|| Key::object(Kind::Pod, &reference.namespace, &reference.name));
        self.cluster.pods.get(&reference.namespace, &reference.name)
    }

    /// All pods under a topmost owner.
    pub fn pods_under(&self, owner: &ObjectRef) -> Seen<Vec<&'c Pod>> {
        self.asks(|| Key::pods_under(&owner.kind, &owner.namespace, &owner.name));
        self.see(Kind::Pod, &owner.namespace)?;
        Ok(self.cluster.pods_under(owner).collect())
    }

    /// The pods under a topmost owner that should be ready and aren't.
    pub fn unready_under(&self, owner: &ObjectRef) -> Seen<Vec<&'c Pod>> {
        self.asks(|| Key::unready_under(&owner.kind, &owner.namespace, &owner.name));
        self.see(Kind::Pod, &owner.namespace)?;
        Ok(self.cluster.unready_under(owner).collect())
    }

    /// Whether any pod under a topmost owner is ready.
    pub fn any_ready_under(&self, owner: &ObjectRef) -> Seen<bool> {
        self.asks(|| Key::any_ready_under(&owner.kind, &owner.namespace, &owner.name));
        self.see(Kind::Pod, &owner.namespace)?;
        Ok(self.cluster.pods_under(owner).any(Pod::is_ready))
    }

    /// Whether a pod under a topmost owner is like this; the rest is not looked at.
    pub fn any_pod_under(&self, owner: &ObjectRef, is_it: impl FnMut(&'c Pod) -> bool) -> Seen<bool> {
        self.asks(|| Key::pods_under(&owner.kind, &owner.namespace, &owner.name));
        self.see(Kind::Pod, &owner.namespace)?;
        Ok(self.cluster.pods_under(owner).any(is_it))
    }

    /// The pods that a Service selects.
    pub fn pods_selected_by(&self, service: &'c Service) -> Seen<Vec<&'c Pod>> {
        self.asks(|| Key::selected_by(&service.meta.namespace, &service.meta.name));
        self.see(Kind::Pod, &service.meta.namespace)?;
        Ok(self.cluster.pods_selected_by(service).collect())
    }

    /// The pods that a Service selects and that should be ready and aren't.
    pub fn unready_selected_by(&self, service: &'c Service) -> Seen<Vec<&'c Pod>> {
        self.asks(|| Key::unready_selected_by(&service.meta.namespace, &service.meta.name));
        self.see(Kind::Pod, &service.meta.namespace)?;
        Ok(self.cluster.pods_selected_by(service).filter(|pod| pod.is_unready()).collect())
    }

    /// The API servers that run as pods, as far as they were seen.
    pub fn api_servers(&self) -> Seen<Vec<&'c Pod>> {
        self.asks(Key::api_servers);
        self.see(Kind::Pod, "kube-system")?;
        Ok(self.cluster.pods.in_namespace("kube-system").iter().filter(|pod| is_api_server(pod)).collect())
    }

    /// The Services that select a pod.
    pub fn services_selecting(&self, pod: &'c Pod) -> Seen<Vec<&'c Service>> {
        self.asks(|| Key::within(Kind::Service, &pod.meta.namespace));
        self.see(Kind::Service, &pod.meta.namespace)?;
        Ok(self.cluster.services_selecting(pod).collect())
    }

    /// The EndpointSlices of a Service.
    pub fn slices(&self, service: &Service) -> Seen<Vec<&'c EndpointSlice>> {
        self.asks(|| Key::slices_of(&service.meta.namespace, &service.meta.name));
        self.see(Kind::EndpointSlice, &service.meta.namespace)?;
        Ok(self.cluster.slices_of(service).collect())
    }

    /// The Endpoints of a Service.
    pub fn endpoints(&self, service: &Service) -> Seen<Option<&'c Endpoints>> {
        self.asks(|| Key::object(Kind::Endpoints, &service.meta.namespace, &service.meta.name));
        self.see(Kind::Endpoints, &service.meta.namespace)?;
        Ok(self.cluster.endpoints.get(&service.meta.namespace, &service.meta.name))
    }

    /// The ReplicaSets of a Deployment.
    pub fn replica_sets(&self, deployment: &Deployment) -> Seen<Vec<&'c ReplicaSet>> {
        self.asks(|| Key::replica_sets_of(&deployment.meta.namespace, &deployment.meta.name));
        self.see(Kind::ReplicaSet, &deployment.meta.namespace)?;
        Ok(self.cluster.replica_sets_of(&deployment.object_ref()).collect())
    }

    by_name! {
        /// The Deployment of that name; `None` if there is none.
        deployment: Deployment in deployments,
        /// The ReplicaSet of that name; `None` if there is none.
        replica_set: ReplicaSet in replica_sets,
        /// The StatefulSet of that name; `None` if there is none.
        stateful_set: StatefulSet in stateful_sets,
        /// The DaemonSet of that name; `None` if there is none.
        daemon_set: DaemonSet in daemon_sets,
        /// The ReplicationController of that name; `None` if there is none.
        replication_controller: ReplicationController in replication_controllers,
        /// The Service of that name; `None` if there is none.
        service: Service in services,
        /// The Endpoints of that name; `None` if there are none.
        endpoints_named: Endpoints in endpoints,
        /// The volume of that name (asked for in no namespace); `None` if there is none.
        persistent_volume: PersistentVolume in volumes,
        /// The Namespace of that name (asked for in no namespace); `None` if there is none.
        namespace: Namespace in namespaces,
    }

    /// The claim of that name; `None` if there is none.
    pub fn claim(&self, namespace: &str, name: &str) -> Seen<Option<&'c PersistentVolumeClaim>> {
        self.asks(|| Key::object(Kind::PersistentVolumeClaim, namespace, name));
        self.see(Kind::PersistentVolumeClaim, namespace)?;
        Ok(self.cluster.claims.get(namespace, name))
    }

    /// The pods that mount a claim.
    pub fn pods_mounting(&self, claim: &PersistentVolumeClaim) -> Seen<Vec<&'c Pod>> {
        let reference = claim.object_ref();
        self.asks(|| Key::mounting(&reference.namespace, &reference.name));
        self.see(Kind::Pod, &reference.namespace)?;
        Ok(self.cluster.pods_mounting(&reference).collect())
    }

    /// The storage class of that name; `None` if there is none.
    pub fn storage_class(&self, name: &str) -> Seen<Option<&'c StorageClass>> {
        self.asks(|| Key::object(Kind::StorageClass, "", name));
        self.see(Kind::StorageClass, "")?;
        Ok(self.cluster.storage_classes.get("", name))
    }

    /// The pods of all namespaces that have the labels that a Service selects by, as far as they were seen: for
    /// hints, never for "there is none".
    pub fn pods_matching(&self, service: &'c Service) -> impl Iterator<Item = &'c Pod> + use<'c> {
        self.note(Kind::Pod);
        // A pod that matches has each of the labels, so that one of them tells of all changes.
        if let Some((key, value)) = service.spec.selector.iter().next() {
            self.asks(|| Key::labelled(key, value));
        }
        self.cluster.pods_matching(service)
    }

    /// The pods of all namespaces with a container that waits for something other than its start, as far as they were
    /// seen: for hints, never for "there is none".
    pub fn pods_waiting(&self) -> impl Iterator<Item = &'c Pod> + use<'c> {
        self.note(Kind::Pod);
        self.asks(Key::waiting);
        self.cluster.pods_waiting()
    }

    /// A lease, such as the one by which the controller-manager's replicas elect their leader (1.14+).
    pub fn lease(&self, namespace: &str, name: &str) -> Seen<Option<&'c Lease>> {
        self.asks(|| Key::object(Kind::Lease, namespace, name));
        self.see(Kind::Lease, namespace)?;
        Ok(self.cluster.leases.get(namespace, name))
    }

    /// What the node's kubelet says of itself, if the source brought it: only where somebody asked for it. It doesn't change
    /// with the cluster.
    pub fn kubelet(&self, node: &str) -> Option<&'c Kubelet> {
        self.cluster.kubelets().get(node)
    }

    /// Files from which kubelets run pods by themselves, if the source brought any. Their absence says nothing.
    pub fn static_pods(&self) -> Objects<'c, StaticPod> {
        self.asks(|| Key::all(Kind::StaticPod));
        self.cluster.static_pods.objects()
    }

    /// An earlier state of the cluster, if somebody gave one to compare with. It doesn't change with the cluster.
    pub fn earlier(&self) -> Option<&'c rutter_cluster::Cluster> {
        self.cluster.earlier()
    }

    /// The end of a container's log, if the source brought it. Logs are never complete: their absence says nothing.
    pub fn log(&self, pod: &Pod, container: &str) -> Option<&'c LogTail> {
        self.asks(|| Key::log(&pod.meta.namespace, &pod.meta.name, container));
        if self.cluster.logs().is_empty() {
            return None;
        }
        let key = LogKey {
            namespace: pod.meta.namespace.clone(),
            pod: pod.meta.name.clone(),
            container: container.into(),
        };
        self.cluster.logs().get(&key)
    }
}
