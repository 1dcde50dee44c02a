//! A change of a cluster.

use crate::{Cluster, Kind, LogKey, LogTail, Object, Resource, Str, index};

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

impl Change {
    /// Says that an object went.
    pub fn remove(object: &impl Resource, kind: Kind) -> Self {
        let meta = object.meta();
        Self::Remove { kind, namespace: meta.namespace.clone(), name: meta.name.clone() }
    }
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
                let at = self.put(object);
                self.note(kind, at);
                self.recount(kind);
            }
            Change::Remove { kind, namespace, name } => {
                if let Some(at) = self.position(kind, &namespace, &name) {
                    self.forget(kind, at);
                    self.take_out(kind, &namespace, &name);
                    self.recount(kind);
                }
            }
            Change::Log(key, tail) => drop(self.logs.insert(key, tail)),
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
