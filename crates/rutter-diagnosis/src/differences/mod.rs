//! What is another in one state of a cluster than in an earlier one: nodes and what they offer, versions, workloads and
//! their images, replicas, resources and configuration.
//!
//! Each object is reduced to what people set or upgrade, as pairs of a field's name and its value for a person; pairs are
//! then compared alike for all kinds. What happens by itself (pods, their statuses, leases, what controllers make) is
//! not compared: of that, findings tell.

mod autoscaler;
mod bearing;
mod configuration;
mod fields;
mod node;
mod static_pod;
mod traffic;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::{Cluster, Kind, Meta, ObjectRef, Resource, Table, objects::Pod};

pub use self::bearing::bears_on;
use self::fields::Fields;
use crate::Scope;

/// What became of some objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Objects of one kind of which the same can be said, sorted.
    pub objects: Vec<ObjectRef>,
    /// What that is.
    pub what: What,
}

/// What became of an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// It was not there before.
    Appeared,
    /// It is no more.
    Gone,
    /// It was deleted, and another of its name was made.
    Replaced,
    /// A field has another value. A value that isn't there is empty.
    Changed {
        /// Which field, in words.
        field: String,
        /// What it was.
        before: String,
        /// What it is.
        after: String,
    },
}

/// All that became different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// By kind, then by what became of them.
    pub all: Vec<Difference>,
    /// Kinds of which one of the two states doesn't show all, so that what appeared or went is not known.
    pub partly: Vec<Kind>,
}

impl Differences {
    /// Keeps what is in scope; `before` and `after` are the clusters that were compared. What belongs to no namespace is
    /// out of a scope of namespaces.
    pub fn keep_within(&mut self, scope: &Scope, before: &Cluster, after: &Cluster) {
        let labels = |object: &ObjectRef| {
            after.meta_of(object).or_else(|| before.meta_of(object)).map(|meta| meta.labels.clone())
        };
        let is_within = |object: &ObjectRef| {
            scope.namespaces.as_ref().is_none_or(|all| all.contains(&object.namespace))
                && scope
                    .selector
                    .as_ref()
                    .is_none_or(|selector| labels(object).is_some_and(|labels| selector.matches(&labels)))
        };
        for difference in &mut self.all {
            difference.objects.retain(is_within);
        }
        self.all.retain(|difference| !difference.objects.is_empty());
    }
}

/// What became different between two states of one cluster.
pub fn differences(before: &Cluster, after: &Cluster) -> Differences {
    let mut comparison = Comparison { before, after, told: BTreeMap::new(), partly: BTreeSet::new() };
    comparison.compare(|cluster| &cluster.nodes, node::fields);
    comparison.compare(|cluster| &cluster.namespaces, |_| Fields::default());
    comparison.compare(|cluster| &cluster.deployments, workload::deployment);
    comparison.compare(|cluster| &cluster.stateful_sets, workload::stateful_set);
    comparison.compare(|cluster| &cluster.daemon_sets, workload::daemon_set);
    comparison.compare(|cluster| &cluster.replication_controllers, workload::replication_controller);
    comparison.compare(|cluster| &cluster.cron_jobs, workload::cron_job);
    comparison.compare(|cluster| &cluster.static_pods, static_pod::file);
    comparison.mirror_pods();
    comparison.compare(|cluster| &cluster.autoscalers, workload::autoscaler);
    comparison.compare(|cluster| &cluster.budgets, workload::budget);
    comparison.compare(|cluster| &cluster.services, traffic::service);
    comparison.compare(|cluster| &cluster.ingresses, traffic::ingress);
    comparison.compare(|cluster| &cluster.ingress_classes, traffic::ingress_class);
    comparison.compare(|cluster| &cluster.config_maps, configuration::config_map);
    // A live cluster's Secrets are read without type and keys: a comparison with a dump must not call them all new.
    comparison.compare(|cluster| &cluster.secrets, |_| Fields::default());
    comparison.compare(|cluster| &cluster.quotas, configuration::quota);
    comparison.compare(|cluster| &cluster.limit_ranges, |_| Fields::default());
    comparison.compare(|cluster| &cluster.claims, configuration::claim);
    comparison.compare(|cluster| &cluster.storage_classes, configuration::storage_class);
    comparison
        .compare(|cluster| &cluster.validating_webhooks, |object| configuration::webhooks(&object.webhooks));
    comparison
        .compare(|cluster| &cluster.mutating_webhooks, |object| configuration::webhooks(&object.webhooks));
    comparison.compare(|cluster| &cluster.api_services, |_| Fields::default());
    comparison.result()
}

/// Whether two sources show the same cluster; `None` if they don't tell.
///
/// A cluster is known by the uid of its Namespace `kube-system`, which nobody can delete; where that wasn't read, by those of
/// its nodes.
pub fn is_same_cluster(before: &Cluster, after: &Cluster) -> Option<bool> {
    let system = |cluster: &Cluster| {
        let meta = cluster.namespaces.get("", "kube-system").map(|namespace| &namespace.meta);
        meta.map(|meta| meta.uid.clone()).filter(|uid| !uid.is_empty())
    };
    if let (Some(a), Some(b)) = (system(before), system(after)) {
        return Some(a == b);
    }
    let uids = |cluster: &Cluster| -> BTreeSet<_> {
        cluster.nodes.iter().map(|node| node.meta.uid.clone()).filter(|uid| !uid.is_empty()).collect()
    };
    let (a, b) = (uids(before), uids(after));
    (!a.is_empty() && !b.is_empty() && !a.is_disjoint(&b)).then_some(true)
}

struct Comparison<'c> {
    before: &'c Cluster,
    after: &'c Cluster,
    /// By kind, namespace (of what appears or goes), and what became of it.
    told: BTreeMap<(Kind, String, What), Vec<ObjectRef>>,
    partly: BTreeSet<Kind>,
}

impl<'c> Comparison<'c> {
    fn compare<T: Resource + 'c>(
        &mut self,
        table: impl Fn(&'c Cluster) -> &'c Table<T>,
        fields: impl Fn(&T) -> Fields,
    ) {
        let (old, new) = (table(self.before), table(self.after));
        for object in new.iter().filter(|object| is_told(T::KIND, object.meta())) {
            let Meta { namespace, name, .. } = object.meta();
            match old.get(namespace, name) {
                Some(earlier) => self.changed(earlier, object, &fields),
                None if self.shows_all(self.before, T::KIND, namespace) => {
                    self.came_or_went(self.before, object, What::Appeared);
                }
                None => {}
            }
        }
        for object in old.iter().filter(|object| is_told(T::KIND, object.meta())) {
            let Meta { namespace, name, .. } = object.meta();
            if new.get(namespace, name).is_none() && self.shows_all(self.after, T::KIND, namespace) {
                self.came_or_went(self.after, object, What::Gone);
            }
        }
    }

    /// Whether what a state doesn't hold was not there.
    fn shows_all(&mut self, cluster: &Cluster, kind: Kind, namespace: &str) -> bool {
        let is_seen = cluster.coverage().check(kind, namespace).is_ok();
        if !is_seen {
            self.partly.insert(kind);
        }
        is_seen
    }

    /// Of a namespace that came or went, its objects are not told one by one.
    fn came_or_went<T: Resource>(&mut self, without: &Cluster, object: &T, what: What) {
        let namespace = &object.meta().namespace;
        let is_of_whole = !namespace.is_empty()
            && without.coverage().check(Kind::Namespace, "").is_ok()
            && without.namespaces.get("", namespace).is_none();
        if !is_of_whole {
            self.tell::<T>(namespace, what, object.object_ref());
        }
    }

    fn changed<T: Resource>(&mut self, before: &T, after: &T, fields: impl Fn(&T) -> Fields) {
        let (old, new) = (before.meta(), after.meta());
        let known = |uid: &str| !uid.is_empty();
        if known(&old.uid) && known(&new.uid) && old.uid != new.uid {
            self.tell::<T>("", What::Replaced, after.object_ref());
        }
        let mut changes = fields(before).changes(&fields(after));
        if changes.is_empty() && old.uid == new.uid {
            changes.extend(fields::unnamed(T::KIND, old, new));
        }
        for what in changes {
            let what = self.by_autoscaler::<T>(what, new);
            self.tell::<T>("", what, after.object_ref());
        }
    }

    /// Of replicas that an autoscaler set, that it did: nobody looks for who changed them.
    fn by_autoscaler<T: Resource>(&self, what: What, meta: &Meta) -> What {
        let What::Changed { field, before, after } = what else { return what };
        let scaler = || {
            let number: i64 = after.parse().ok()?;
            self.after.autoscalers.iter().find(|scaler| {
                scaler.meta.namespace == meta.namespace
                    && autoscaler::is_of::<T>(&scaler.spec.scale_target_ref, &meta.name)
                    && autoscaler::has_set(scaler, number, self.before.time())
            })
        };
        let by = if field == workload::REPLICAS { scaler() } else { None };
        let field = by.map_or(field, |by| format!("{} by HPA {}", workload::REPLICAS, by.meta.name));
        What::Changed { field, before, after }
    }

    /// What an edit of a static pod's file changed. Its mirror pod comes and goes with the kubelet, and belongs to the node.
    fn mirror_pods(&mut self) {
        let is_mirror = |pod: &Pod| pod.meta.annotations.contains_key("kubernetes.io/config.mirror");
        for pod in self.after.pods.iter().filter(|pod| is_mirror(pod)) {
            let before = self.before.pods.get(&pod.meta.namespace, &pod.meta.name);
            let Some(before) = before.filter(|before| is_mirror(before)) else { continue };
            for what in static_pod::pod(before).changes(&static_pod::pod(pod)) {
                self.tell::<Pod>("", what, pod.object_ref());
            }
        }
    }

    fn tell<T: Resource>(&mut self, namespace: &str, what: What, object: ObjectRef) {
        self.told.entry((T::KIND, namespace.to_owned(), what)).or_default().push(object);
    }

    fn result(self) -> Differences {
        let order = |kind: Kind| Kind::ALL.iter().position(|other| *other == kind);
        let mut told: Vec<_> = self.told.into_iter().collect();
        // What came or went first, then object by object.
        told.sort_by(|((kind, _, what), objects), ((other, _, then), others)| {
            let is_change = |what: &What| matches!(what, What::Changed { .. });
            (order(*kind), is_change(what), objects, what).cmp(&(
                order(*other),
                is_change(then),
                others,
                then,
            ))
        });
        let all = told.into_iter().map(|((_, _, what), objects)| Difference { objects, what }).collect();
        Differences { all, partly: self.partly.into_iter().collect() }
    }
}

/// Whether a person made it, or set it up: not what a controller made, nor what is written to all the time.
fn is_told(kind: Kind, meta: &Meta) -> bool {
    /// Records of leaders (client-go `resourcelock`), and of the cluster autoscaler.
    const STATUS: [&str; 2] =
        ["control-plane.alpha.kubernetes.io/leader", "cluster-autoscaler.kubernetes.io/last-updated"];
    let is_status = STATUS.iter().any(|key| meta.annotations.contains_key(key));
    // Made in each namespace by the controller manager.
    let is_root = kind == Kind::ConfigMap && meta.name == "kube-root-ca.crt";
    let is_owned = meta.controller().is_some() && kind != Kind::Secret;
    !is_status && !is_root && !is_owned
}
