//! The kinds that the model knows, and the tables that hold them.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Deserializer};

use crate::{Meta, ObjectRef, Str, objects::*};

/// An object type of the model.
pub trait Resource: Sized + Default {
    /// Its kind.
    const KIND: Kind;
    /// Its metadata.
    fn meta(&self) -> &Meta;
    /// A reference to it.
    fn object_ref(&self) -> ObjectRef {
        let meta = self.meta();
        ObjectRef {
            api_version: Self::KIND.shared_api_version(),
            kind: Self::KIND.shared_name(),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            uid: meta.uid.clone(),
        }
    }
}

macro_rules! kinds {
    ($($name:ident, $type:ty, $table:ident, $api_version:literal, $kind:literal, [$($group:literal),*], $plural:literal, $scope:ident;)*) => {
        /// A kind of object that the model knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the API's own names")]
        pub enum Kind { $($name,)* }

        /// Decoded objects by kind, in the order in which they were read, duplicates included.
        #[derive(Debug, Default)]
        #[expect(missing_docs, reason = "one table per kind")]
        pub struct Tables { $(pub $table: Vec<$type>,)* }

        /// One decoded object.
        #[derive(Debug, Clone)]
        #[expect(missing_docs, reason = "the API's own names")]
        pub enum Object { $($name(Box<$type>),)* }

        impl Object {
            /// Its kind.
            pub fn kind(&self) -> Kind {
                match self { $(Object::$name(_) => Kind::$name,)* }
            }
            /// Its metadata.
            pub fn meta(&self) -> &Meta {
                match self { $(Object::$name(object) => &object.meta,)* }
            }
            /// Its metadata, to be changed.
            pub fn meta_mut(&mut self) -> &mut Meta {
                match self { $(Object::$name(object) => &mut object.meta,)* }
            }
        }

        impl Kind {
            /// Every kind, in the order in which reports list them.
            pub const ALL: &[Kind] = &[$(Kind::$name,)*];

            /// `Pod`, `Deployment`, …
            pub fn name(self) -> &'static str {
                match self { $(Kind::$name => $kind,)* }
            }
            /// The lower-case plural that the API's paths and kubectl use.
            pub fn plural(self) -> &'static str {
                match self { $(Kind::$name => $plural,)* }
            }
            /// The API version that present clusters serve it under.
            pub fn api_version(self) -> &'static str {
                match self { $(Kind::$name => $api_version,)* }
            }
            /// Its name, as a string that costs no allocation.
            pub(crate) fn shared_name(self) -> Str {
                match self { $(Kind::$name => Str::from(arcstr::literal!($kind)),)* }
            }
            fn shared_api_version(self) -> Str {
                match self { $(Kind::$name => Str::from(arcstr::literal!($api_version)),)* }
            }
            /// Whether objects of this kind live in namespaces.
            pub fn is_namespaced(self) -> bool {
                match self { $(Kind::$name => stringify!($scope).as_bytes()[0] == b'n',)* }
            }
            /// The kind of that name, if its API group is one under which Kubernetes serves or served it.
            /// An empty `api_version` (some old dumps have none) matches any group.
            pub fn of(api_version: &str, kind: &str) -> Option<Kind> {
                let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
                match kind {
                    $($kind if api_version.is_empty() || [$($group),*].contains(&group) => Some(Kind::$name),)*
                    _ => None,
                }
            }
        }

        impl Tables {
            /// Decodes one object of `kind` and keeps it.
            pub fn decode<'de, D: Deserializer<'de>>(&mut self, kind: Kind, from: D) -> Result<(), D::Error> {
                match kind { $(Kind::$name => self.$table.push(<$type>::deserialize(from)?),)* }
                Ok(())
            }
            /// Keeps an object.
            pub fn push(&mut self, object: Object) {
                match object { $(Object::$name(object) => self.$table.push(*object),)* }
            }
            /// Moves all objects of `other` behind those held here.
            pub fn append(&mut self, mut other: Tables) {
                $(if self.$table.is_empty() && self.$table.capacity() < other.$table.len() {
                    self.$table = other.$table;
                } else {
                    self.$table.append(&mut other.$table);
                })*
            }
            /// Makes room for all objects of `others`, so that appending them moves nothing that is here.
            pub fn reserve<'a>(&mut self, others: impl Iterator<Item = &'a Tables> + Clone) {
                $(self.$table.reserve_exact(others.clone().map(|other| other.$table.len()).sum());)*
            }
            /// Makes room for `more` objects of `kind`, and no more than that.
            pub fn reserve_for(&mut self, kind: Kind, more: usize) {
                match kind { $(Kind::$name => self.$table.reserve_exact(more),)* }
            }
            /// The metadata of the object of `kind` that was read last.
            pub fn last_meta(&mut self, kind: Kind) -> Option<&mut Meta> {
                match kind { $(Kind::$name => self.$table.last_mut().map(|object| &mut object.meta),)* }
            }
            /// Takes out the object of `kind` that was read last.
            pub fn take_last(&mut self, kind: Kind) -> Option<Object> {
                match kind { $(Kind::$name => self.$table.pop().map(|object| Object::$name(Box::new(object))),)* }
            }
            /// Removes the object of `kind` that was read last.
            pub fn remove_last(&mut self, kind: Kind) {
                match kind { $(Kind::$name => { self.$table.pop(); })* }
            }
            /// The namespaces of the objects of `kind`.
            pub fn namespaces_of(&self, kind: Kind) -> BTreeSet<Str> {
                match kind { $(Kind::$name => self.$table.iter().map(|object| object.meta.namespace.clone()).collect(),)* }
            }
            /// How many objects of `kind` there are.
            pub fn count(&self, kind: Kind) -> usize {
                match kind { $(Kind::$name => self.$table.len(),)* }
            }
        }

        $(impl Resource for $type {
            const KIND: Kind = Kind::$name;
            fn meta(&self) -> &Meta { &self.meta }
        })*
    };
}

// name, type, table, API version, kind, groups it was ever served under, plural, scope
kinds! {
    Node, Node, nodes, "v1", "Node", [""], "nodes", cluster;
    Namespace, Namespace, namespaces, "v1", "Namespace", [""], "namespaces", cluster;
    Pod, Pod, pods, "v1", "Pod", [""], "pods", namespaced;
    Event, Event, events, "v1", "Event", ["", "events.k8s.io"], "events", namespaced;
    Deployment, Deployment, deployments, "apps/v1", "Deployment", ["apps", "extensions"], "deployments", namespaced;
    ReplicaSet, ReplicaSet, replica_sets, "apps/v1", "ReplicaSet", ["apps", "extensions"], "replicasets", namespaced;
    StatefulSet, StatefulSet, stateful_sets, "apps/v1", "StatefulSet", ["apps"], "statefulsets", namespaced;
    DaemonSet, DaemonSet, daemon_sets, "apps/v1", "DaemonSet", ["apps", "extensions"], "daemonsets", namespaced;
    ReplicationController, ReplicationController, replication_controllers, "v1", "ReplicationController", [""], "replicationcontrollers", namespaced;
    Job, Job, jobs, "batch/v1", "Job", ["batch"], "jobs", namespaced;
    CronJob, CronJob, cron_jobs, "batch/v1", "CronJob", ["batch"], "cronjobs", namespaced;
    Service, Service, services, "v1", "Service", [""], "services", namespaced;
    Endpoints, Endpoints, endpoints, "v1", "Endpoints", [""], "endpoints", namespaced;
    EndpointSlice, EndpointSlice, endpoint_slices, "discovery.k8s.io/v1", "EndpointSlice", ["discovery.k8s.io"], "endpointslices", namespaced;
    Ingress, Ingress, ingresses, "networking.k8s.io/v1", "Ingress", ["networking.k8s.io", "extensions"], "ingresses", namespaced;
    IngressClass, IngressClass, ingress_classes, "networking.k8s.io/v1", "IngressClass", ["networking.k8s.io"], "ingressclasses", cluster;
    HorizontalPodAutoscaler, HorizontalPodAutoscaler, autoscalers, "autoscaling/v2", "HorizontalPodAutoscaler", ["autoscaling", "extensions"], "horizontalpodautoscalers", namespaced;
    PodDisruptionBudget, PodDisruptionBudget, budgets, "policy/v1", "PodDisruptionBudget", ["policy"], "poddisruptionbudgets", namespaced;
    PersistentVolumeClaim, PersistentVolumeClaim, claims, "v1", "PersistentVolumeClaim", [""], "persistentvolumeclaims", namespaced;
    PersistentVolume, PersistentVolume, volumes, "v1", "PersistentVolume", [""], "persistentvolumes", cluster;
    StorageClass, StorageClass, storage_classes, "storage.k8s.io/v1", "StorageClass", ["storage.k8s.io"], "storageclasses", cluster;
    VolumeAttachment, VolumeAttachment, volume_attachments, "storage.k8s.io/v1", "VolumeAttachment", ["storage.k8s.io"], "volumeattachments", cluster;
    CsiNode, CsiNode, csi_nodes, "storage.k8s.io/v1", "CSINode", ["storage.k8s.io"], "csinodes", cluster;
    ResourceQuota, ResourceQuota, quotas, "v1", "ResourceQuota", [""], "resourcequotas", namespaced;
    LimitRange, LimitRange, limit_ranges, "v1", "LimitRange", [""], "limitranges", namespaced;
    ConfigMap, ConfigMap, config_maps, "v1", "ConfigMap", [""], "configmaps", namespaced;
    Secret, Secret, secrets, "v1", "Secret", [""], "secrets", namespaced;
    Lease, Lease, leases, "coordination.k8s.io/v1", "Lease", ["coordination.k8s.io"], "leases", namespaced;
    ValidatingWebhookConfiguration, ValidatingWebhookConfiguration, validating_webhooks, "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", ["admissionregistration.k8s.io"], "validatingwebhookconfigurations", cluster;
    MutatingWebhookConfiguration, MutatingWebhookConfiguration, mutating_webhooks, "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", ["admissionregistration.k8s.io"], "mutatingwebhookconfigurations", cluster;
    ApiService, ApiService, api_services, "apiregistration.k8s.io/v1", "APIService", ["apiregistration.k8s.io"], "apiservices", cluster;
    StaticPod, StaticPod, static_pods, "file/v1", "StaticPod", ["file"], "staticpods", cluster;
    CertificateSigningRequest, CertificateSigningRequest, signing_requests, "certificates.k8s.io/v1", "CertificateSigningRequest", ["certificates.k8s.io"], "certificatesigningrequests", cluster;
}

impl Kind {
    /// Those that an API server serves: all but files.
    pub fn served() -> impl Iterator<Item = Kind> {
        Self::ALL.iter().copied().filter(|kind| *kind != Kind::StaticPod)
    }

    /// The API group, empty for the core.
    pub fn group(self) -> &'static str {
        self.api_version().rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// The kind of a plural (`pods`, `deployments.apps`), as in the names of dumped files.
    pub fn of_plural(plural: &str) -> Option<Kind> {
        let (plural, group) = plural.split_once('.').unwrap_or((plural, ""));
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.plural() == plural && (group.is_empty() || kind.group() == group))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct KindSet(u64);

impl KindSet {
    /// The set of these kinds.
    pub const fn of(kinds: &[Kind]) -> Self {
        let mut bits = 0;
        let mut n = 0;
        while n < kinds.len() {
            bits |= 1 << kinds[n] as u64;
            n += 1;
        }
        Self(bits)
    }
    /// Whether `kind` is in the set.
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u64) != 0
    }
    /// Adds `kind`.
    pub fn insert(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u64;
    }
    /// The set of what is in either.
    #[must_use]
    pub const fn union(self, other: KindSet) -> Self {
        Self(self.0 | other.0)
    }
    /// The set of what is here and not in `other`.
    #[must_use]
    pub const fn without(self, other: KindSet) -> Self {
        Self(self.0 & !other.0)
    }
    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// The kinds, in the order of [`Kind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.iter().copied().filter(move |kind| self.contains(*kind))
    }
}

impl fmt::Debug for KindSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<Kind> for KindSet {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        let mut set = Self::default();
        kinds.into_iter().for_each(|kind| set.insert(kind));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_group() {
        assert_eq!(Kind::of("v1", "Service"), Some(Kind::Service));
        assert_eq!(Kind::of("serving.knative.dev/v1", "Service"), None);
        assert_eq!(Kind::of("extensions/v1beta1", "Deployment"), Some(Kind::Deployment));
        assert_eq!(Kind::of("events.k8s.io/v1", "Event"), Some(Kind::Event));
        assert_eq!(Kind::of("", "Pod"), Some(Kind::Pod));
        assert_eq!(Kind::of_plural("deployments.apps"), Some(Kind::Deployment));
        assert_eq!(Kind::of_plural("services.serving.knative.dev"), None);
    }

    #[test]
    fn sets_fit_all_kinds() {
        assert!(Kind::ALL.len() <= 64);
        let set = KindSet::of(&[Kind::Pod, Kind::ApiService]);
        assert!(set.contains(Kind::ApiService) && !set.contains(Kind::Node));
        assert_eq!(set.iter().count(), 2);
    }
}
