//! The cluster: tables, coverage, time.

use std::collections::BTreeMap;

use crate::{
    Coverage, Kind, Kubelets, Logs, Meta, Object, ObjectRef, Resource, Str, Table, Tables, Time,
    index::Index, objects::*, snapshot_time::snapshot_time,
};

/// What is known of the cluster as a whole.
#[derive(Debug, Clone, Default)]
pub struct ClusterInfo {
    /// The context's or the dump's name; empty if there is none.
    pub name: Str,
    /// The API server's version (`v1.34.4`), or the newest kubelet's where only that is known; empty if neither.
    pub version: Str,
    /// When the source was read or written: used as the snapshot's time where the objects hold none.
    pub read_at: Option<Time>,
    /// Set by sources that know the time for certain (a live API server's clock).
    pub time: Option<Time>,
}

macro_rules! cluster {
    ($($table:ident: $type:ident),* $(,)?) => {
        /// The state of a cluster at one time: sorted and indexed.
        #[derive(Debug)]
        #[expect(missing_docs, reason = "one table per kind")]
        pub struct Cluster {
            $(pub $table: Table<$type>,)*
            info: ClusterInfo,
            coverage: Coverage,
            pub(crate) logs: Logs,
            kubelets: Kubelets,
            earlier: Option<Box<Cluster>>,
            pub(crate) index: Index,
            time: Time,
        }

        impl Cluster {
            /// Sorts and indexes what a source brought.
            pub fn new(info: ClusterInfo, tables: Tables, mut coverage: Coverage, logs: Logs) -> Self {
                coverage.problems.extend(name_clash(&tables.nodes));
                $(let mut $table = Table::default();)*
                rayon::scope(|scope| {
                    $(scope.spawn(|_| $table = Table::new(tables.$table).0);)*
                });
                $(coverage.set_count(<$type>::KIND, $table.len());)*
                coverage.logs = !logs.is_empty();
                let time = Time::EPOCH;
                let mut cluster = Self {
                    $($table,)*
                    info,
                    coverage,
                    logs,
                    kubelets: Kubelets::default(),
                    earlier: None,
                    index: Index::default(),
                    time,
                };
                cluster.settle();
                cluster
            }

            /// Where an object is in the table of its kind: the same for as long as it is there.
            pub fn position(&self, kind: Kind, namespace: &str, name: &str) -> Option<u32> {
                match kind { $(Kind::$type => self.$table.position(namespace, name),)* }
            }

            pub(crate) fn meta_at(&self, kind: Kind, namespace: &str, name: &str) -> Option<&Meta> {
                match kind { $(Kind::$type => self.$table.get(namespace, name).map(Resource::meta),)* }
            }

            /// The namespace and name of what is at a position of a kind's table.
            pub fn name_at(&self, kind: Kind, at: u32) -> Option<(&Str, &Str)> {
                let meta = match kind { $(Kind::$type => &self.$table.try_at(at)?.meta,)* };
                Some((&meta.namespace, &meta.name))
            }

            /// The positions of all objects of a kind, sorted, in pieces that several threads can work on.
            pub fn positions(&self, kind: Kind) -> Box<dyn Iterator<Item = &[u32]> + '_> {
                match kind { $(Kind::$type => Box::new(self.$table.positions()),)* }
            }

            /// Puts an object into its table.
            pub(crate) fn put(&mut self, object: Object) -> u32 {
                match object { $(Object::$type(object) => self.$table.put(*object),)* }
            }

            /// Takes an object out of its table.
            pub(crate) fn take_out(&mut self, kind: Kind, namespace: &str, name: &str) {
                match kind { $(Kind::$type => self.$table.remove(namespace, name),)* }
            }

            /// How many objects of a kind there are.
            pub(crate) fn count(&self, kind: Kind) -> usize {
                match kind { $(Kind::$type => self.$table.len(),)* }
            }

            /// When the newest object was created.
            fn newest_created(&self) -> Option<Time> {
                let newest = [$(self.$table.iter().filter_map(|object| object.meta.created).max()),*];
                newest.into_iter().flatten().max()
            }

            /// A reference to the object, if the cluster holds it.
            pub fn find(&self, kind: Kind, namespace: &str, name: &str) -> Option<ObjectRef> {
                $(if kind == <$type>::KIND { return self.$table.get(namespace, name).map(Resource::object_ref); })*
                None
            }

            /// The metadata of an object, if the cluster holds it.
            pub fn meta_of(&self, object: &ObjectRef) -> Option<&Meta> {
                let kind = Kind::of(&object.api_version, &object.kind)?;
                $(if kind == <$type>::KIND {
                    return self.$table.get(&object.namespace, &object.name).map(Resource::meta);
                })*
                None
            }

            /// Copies of all objects.
            pub fn copies(&self) -> Vec<Object> {
                let mut all = Vec::new();
                $(all.extend(self.$table.iter().map(|object| Object::$type(Box::new(object.clone()))));)*
                all
            }

            /// References to all objects of `kind`.
            pub fn refs(&self, kind: Kind) -> Vec<ObjectRef> {
                $(if kind == <$type>::KIND { return self.$table.iter().map(Resource::object_ref).collect(); })*
                Vec::new()
            }
        }
    };
}

cluster! {
    nodes: Node, namespaces: Namespace, pods: Pod, events: Event, deployments: Deployment, replica_sets: ReplicaSet,
    stateful_sets: StatefulSet, daemon_sets: DaemonSet, replication_controllers: ReplicationController, jobs: Job,
    cron_jobs: CronJob, services: Service, endpoints: Endpoints, endpoint_slices: EndpointSlice, ingresses: Ingress,
    ingress_classes: IngressClass, autoscalers: HorizontalPodAutoscaler, budgets: PodDisruptionBudget,
    claims: PersistentVolumeClaim, volumes: PersistentVolume, storage_classes: StorageClass,
    volume_attachments: VolumeAttachment, csi_nodes: CsiNode, quotas: ResourceQuota, limit_ranges: LimitRange,
    config_maps: ConfigMap, secrets: Secret, leases: Lease, validating_webhooks: ValidatingWebhookConfiguration,
    mutating_webhooks: MutatingWebhookConfiguration, api_services: ApiService,
    signing_requests: CertificateSigningRequest, static_pods: StaticPod,
}

impl Cluster {
    /// What is known of the cluster as a whole.
    pub fn info(&self) -> &ClusterInfo {
        &self.info
    }

    /// What the source showed.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// With another account of what the source shows.
    #[must_use]
    pub fn with_coverage(self, coverage: Coverage) -> Self {
        let mut cluster = Self { coverage, ..self };
        for kind in Kind::ALL {
            cluster.recount(*kind);
        }
        cluster
    }

    /// The end of container logs, where the source brought any.
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// With what kubelets say of themselves, where the source brought any.
    #[must_use]
    pub fn with_kubelets(self, kubelets: Kubelets) -> Self {
        Self { kubelets, ..self }
    }

    /// What kubelets say of themselves, by the name of their node.
    pub fn kubelets(&self) -> &Kubelets {
        &self.kubelets
    }

    /// With an earlier state of the same cluster, to compare it with.
    #[must_use]
    pub fn with_earlier(self, earlier: Cluster) -> Self {
        Self { earlier: Some(Box::new(earlier)), ..self }
    }

    /// An earlier state of this cluster, where somebody gave one.
    pub fn earlier(&self) -> Option<&Cluster> {
        self.earlier.as_deref()
    }

    /// The time of the snapshot: see the module `snapshot_time`. The epoch if the source holds no time at all.
    pub fn time(&self) -> Time {
        self.time
    }

    /// Moves the time on.
    pub fn set_time(&mut self, time: Time) {
        self.info.time = Some(time);
        self.time = time;
    }

    pub(crate) fn recount(&mut self, kind: Kind) {
        let count = self.count(kind);
        self.coverage.set_count(kind, count);
    }

    /// Computes what follows from the tables.
    fn settle(&mut self) {
        self.index = Index::new(
            &self.pods,
            &self.replica_sets,
            &self.jobs,
            &self.services,
            &self.events,
            &self.endpoint_slices,
        );
        let known = self.info.time;
        let newest = self.newest_created().max(self.newest_transition());
        let found =
            known.or_else(|| snapshot_time(&self.nodes, &self.pods, &self.events, &self.leases, newest));
        self.time = found.or(self.info.read_at).unwrap_or(Time::EPOCH);
        if self.info.version.is_empty() {
            self.info.version = self.newest_kubelet();
        }
    }

    /// When a controller last changed a condition.
    fn newest_transition(&self) -> Option<Time> {
        let workloads = self.deployments.iter().map(|object| &object.status.conditions);
        let all = workloads
            .chain(self.replica_sets.iter().map(|object| &object.status.conditions))
            .chain(self.stateful_sets.iter().map(|object| &object.status.conditions))
            .chain(self.jobs.iter().map(|object| &object.status.conditions))
            .chain(self.autoscalers.iter().map(|object| &object.status.conditions))
            .chain(self.namespaces.iter().map(|object| &object.status.conditions))
            .chain(self.api_services.iter().map(|object| &object.status.conditions))
            .flatten();
        all.flat_map(|condition| [condition.last_transition_time, condition.last_update_time]).flatten().max()
    }

    fn newest_kubelet(&self) -> Str {
        let versions = self.nodes.iter().map(|node| &node.status.node_info.kubelet_version);
        versions.max_by_key(|version| version_numbers(version)).cloned().unwrap_or_default()
    }
}

/// Nodes that share a name but not the uid: then they are of two clusters, or one was replaced between two sources.
fn name_clash(nodes: &[Node]) -> Option<String> {
    let mut uids = BTreeMap::new();
    let clash = nodes.iter().filter(|node| !node.meta.uid.is_empty()).find(|node| {
        let first: &mut &Str = uids.entry(&node.meta.name).or_insert(&node.meta.uid);
        **first != node.meta.uid
    })?;
    let name = &clash.meta.name;
    Some(format!("two different nodes are called {name}: are these sources of two clusters?"))
}

/// `v1.34.4-eks-1` → [1, 34, 4]: enough to order versions by age.
fn version_numbers(version: &str) -> Vec<u64> {
    let numbers = version.trim_start_matches('v').split(['.', '-', '+']);
    numbers.map_while(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(tables: Tables) -> Cluster {
        let read_at = Time::from_unix(9_000);
        let info = ClusterInfo { read_at, ..ClusterInfo::default() };
        Cluster::new(info, tables, Coverage::default(), Logs::default())
    }

    #[test]
    fn nodes_of_two_clusters_are_told_apart_by_uid() {
        let node = |uid: &str| {
            let mut node = Node::default();
            node.meta.name = "node-a".into();
            node.meta.uid = uid.into();
            node
        };
        let problems = |uids: &[&str]| {
            let nodes = uids.iter().map(|uid| node(uid)).collect();
            cluster(Tables { nodes, ..Tables::default() }).coverage().problems.len()
        };
        assert_eq!((problems(&["1", "2"]), problems(&["1", "1"]), problems(&["1", "", "1"])), (1, 0, 0));
    }

    #[test]
    fn the_time_of_the_file_counts_only_without_any_other() {
        let mut set = ConfigMap::default();
        set.meta.created = Time::from_unix(1_000);
        let mut job = Job::default();
        let transition = Condition { last_transition_time: Time::from_unix(2_000), ..Condition::default() };
        job.status.conditions = [transition].into();
        assert_eq!(cluster(Tables::default()).time().unix(), 9_000);
        let mut tables = Tables { config_maps: vec![set], ..Tables::default() };
        tables.jobs.push(job);
        assert_eq!(cluster(tables).time().unix(), 2_000);
    }
}
