//! A change of a cluster.

use crate::{Cluster, Kind, LogKey, LogTail, Object, Str, index, objects::Pod};

/// Something that happened to a cluster.
#[derive(Debug, Clone)]
pub enum Change {
    /// An object came or changed.
    Put(Object),
    /// An object went.
    Remove {
        /// Its kind.
        kind: Kind,
        /// Its namespace; empty for cluster-scoped kinds.
        namespace: Str,
        /// Its name.
        name: Str,
    },
    /// The end of a container's log was read.
    Log(LogKey, LogTail),
}

impl Cluster {
    /// Takes a change in: afterwards the cluster is as if it had been made of what there is now.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Put(object) => {
                let (kind, meta) = (object.kind(), object.meta());
                if let Some(at) = self.position(kind, &meta.namespace, &meta.name) {
                    self.forget(kind, at);
                }
                if let Object::Pod(pod) = &object {
                    self.forget_logs_of_predecessor(pod);
                }
                let at = self.put(object);
                self.note(kind, at);
                self.recount(kind);
            }
            Change::Remove { kind, namespace, name } => {
                if let Some(at) = self.position(kind, &namespace, &name) {
                    self.forget(kind, at);
                    self.take_out(kind, &namespace, &name);
                    self.recount(kind);
                    if kind == Kind::Pod {
                        self.forget_logs(&namespace, &name);
                    }
                }
            }
            // It was asked for while the pod was there, which may have gone meanwhile.
            Change::Log(key, tail) => {
                if self.pods.get(&key.namespace, &key.pod).is_some() {
                    self.logs.insert(key, tail);
                }
            }
        }
    }

    /// A pod of the same name that comes in place of another (a StatefulSet's) has said nothing yet.
    fn forget_logs_of_predecessor(&mut self, pod: &Pod) {
        let known = self.pods.get(&pod.meta.namespace, &pod.meta.name);
        if known.is_some_and(|known| known.meta.uid != pod.meta.uid) {
            self.forget_logs(&pod.meta.namespace, &pod.meta.name);
        }
    }

    /// Logs go with their pod, or they would pile up for as long as a cluster is followed.
    fn forget_logs(&mut self, namespace: &Str, pod: &Str) {
        let of = |container: Str| LogKey { namespace: namespace.clone(), pod: pod.clone(), container };
        let from = self.logs.range(of(Str::default())..).map(|(key, _)| key);
        let gone: Vec<LogKey> =
            from.take_while(|key| key.namespace == *namespace && key.pod == *pod).cloned().collect();
        for key in gone {
            self.logs.remove(&key);
        }
    }

    /// Whether it holds this very state of an object.
    pub fn holds(&self, object: &Object) -> bool {
        let meta = object.meta();
        let known = self.meta_at(object.kind(), &meta.namespace, &meta.name);
        known.is_some_and(|known| {
            !meta.resource_version.is_empty() && known.resource_version == meta.resource_version
        })
    }

    /// Takes an object that is still there out of the indexes.
    fn forget(&mut self, kind: Kind, at: u32) {
        let index = &mut self.index;
        match kind {
            Kind::Pod => index.remove_pod(&self.pods, at),
            Kind::ReplicaSet => index::remove_owned(&mut index.replica_sets_by_owner, &self.replica_sets, at),
            Kind::Job => index::remove_owned(&mut index.jobs_by_owner, &self.jobs, at),
            Kind::Event => index.remove_event(&self.events, at),
            Kind::EndpointSlice => index.remove_slice(&self.endpoint_slices, at),
            Kind::Service => index.selected.remove_service(&self.services, at),
            _ => {}
        }
    }

    /// Takes an object that came into the indexes.
    fn note(&mut self, kind: Kind, at: u32) {
        let index = &mut self.index;
        match kind {
            Kind::Pod => index.add_pod(&self.pods, at),
            Kind::ReplicaSet => index::add_owned(&mut index.replica_sets_by_owner, &self.replica_sets, at),
            Kind::Job => index::add_owned(&mut index.jobs_by_owner, &self.jobs, at),
            Kind::Event => index.add_event(&self.events, at),
            Kind::EndpointSlice => index.add_slice(&self.endpoint_slices, at),
            Kind::Service => index.selected.add_service(&self.services, &self.pods, at),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClusterInfo, Coverage, Logs, Tables};

    fn pod(name: &str, uid: &str) -> Object {
        let mut pod = Pod::default();
        (pod.meta.namespace, pod.meta.name, pod.meta.uid) = ("shop".into(), name.into(), uid.into());
        Object::Pod(Box::new(pod))
    }

    fn log(pod: &str) -> Change {
        let key = LogKey { namespace: "shop".into(), pod: pod.into(), container: "app".into() };
        Change::Log(key, LogTail::new("the end", true))
    }

    #[test]
    fn logs_go_with_their_pods() {
        let mut cluster =
            Cluster::new(ClusterInfo::default(), Tables::default(), Coverage::default(), Logs::default());
        for name in ["db-0", "db-1", "db-10"] {
            cluster.apply(Change::Put(pod(name, "1")));
            cluster.apply(log(name));
        }
        cluster.apply(Change::Put(pod("db-1", "1")));
        assert_eq!(cluster.logs().len(), 3, "a change of the pod itself leaves them");
        cluster.apply(Change::Put(pod("db-1", "2")));
        assert_eq!(cluster.logs().len(), 2, "another pod of that name has said nothing");
        cluster.apply(Change::Remove { kind: Kind::Pod, namespace: "shop".into(), name: "db-0".into() });
        cluster.apply(log("db-0"));
        let left: Vec<&str> = cluster.logs().keys().map(|key| key.pod.as_str()).collect();
        assert_eq!(left, ["db-10"]);
    }
}
