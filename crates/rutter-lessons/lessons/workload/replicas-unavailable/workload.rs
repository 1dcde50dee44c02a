//! What the kinds of workloads have in common.

use rutter_cluster::{
    Meta, ObjectRef, Resource, Time,
    objects::{
        Condition, DaemonSet, Deployment, PodTemplate, ReplicaSet, ReplicationController, StatefulSet,
        condition,
    },
};

use crate::{Context, Evidence, Origin, Severity};

/// A workload, whatever its kind.
#[derive(Clone)]
pub(super) struct Workload<'a> {
    pub(super) object: ObjectRef,
    pub(super) meta: &'a Meta,
    /// How many pods it wants: of a DaemonSet one for each node that should run it.
    pub(super) wanted: i64,
    /// How many there are.
    pub(super) made: i64,
    pub(super) ready: i64,
    /// How many have the present template.
    pub(super) updated: i64,
    pub(super) observed: i64,
    /// How long a pod must have been ready, in seconds, to count as available.
    pub(super) min_ready: i64,
    pub(super) conditions: &'a [Condition],
    pub(super) template: &'a PodTemplate,
    pub(super) kind: Kind<'a>,
}

/// What is special.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    Deployment(&'a Deployment),
    StatefulSet(&'a StatefulSet),
    DaemonSet,
    /// A ReplicaSet that no Deployment owns, or a ReplicationController.
    Set,
}

macro_rules! of_scale {
    ($object:expr, $kind:expr) => {
        Workload {
            object: $object.object_ref(),
            meta: &$object.meta,
            wanted: $object.wanted(),
            made: $object.status.replicas,
            ready: $object.status.ready_replicas,
            updated: $object.status.updated_replicas,
            observed: $object.status.observed_generation,
            min_ready: $object.spec.min_ready_seconds,
            conditions: &$object.status.conditions,
            template: &$object.spec.template,
            kind: $kind,
        }
    };
}

impl<'a> Workload<'a> {
    pub(super) fn deployment(object: &'a Deployment) -> Self {
        of_scale!(object, Kind::Deployment(object))
    }

    pub(super) fn stateful_set(object: &'a StatefulSet) -> Self {
        of_scale!(object, Kind::StatefulSet(object))
    }

    pub(super) fn replica_set(object: &'a ReplicaSet) -> Self {
        of_scale!(object, Kind::Set)
    }

    pub(super) fn replication_controller(object: &'a ReplicationController) -> Self {
        of_scale!(object, Kind::Set)
    }

    pub(super) fn daemon_set(object: &'a DaemonSet) -> Self {
        let status = &object.status;
        Self {
            object: object.object_ref(),
            meta: &object.meta,
            wanted: status.desired_number_scheduled,
            made: status.current_number_scheduled,
            ready: status.number_ready,
            updated: status.updated_number_scheduled,
            observed: status.observed_generation,
            min_ready: object.spec.min_ready_seconds,
            conditions: &[],
            template: &object.spec.template,
            kind: Kind::DaemonSet,
        }
    }

    /// The workload that a finding is about.
    pub(super) fn of(context: &Context<'a>, object: &ObjectRef) -> Option<Self> {
        let (namespace, name) = (object.namespace.as_str(), object.name.as_str());
        match object.kind.as_str() {
            "Deployment" => context.deployment(namespace, name).ok()?.map(Self::deployment),
            "StatefulSet" => context.stateful_set(namespace, name).ok()?.map(Self::stateful_set),
            "DaemonSet" => context.daemon_set(namespace, name).ok()?.map(Self::daemon_set),
            "ReplicaSet" => context.replica_set(namespace, name).ok()?.map(Self::replica_set),
            _ => context.replication_controller(namespace, name).ok()?.map(Self::replication_controller),
        }
    }

    /// Whether this is a manifest that no API server has seen.
    pub(super) fn is_only_written(&self) -> bool {
        let stored = !self.meta.uid.is_empty() || self.meta.created.is_some();
        let has_status = self.made > 0 || self.observed > 0 || !self.conditions.is_empty();
        !stored && !has_status
    }

    pub(super) fn condition(&self, kind: &str) -> Option<&'a Condition> {
        condition(self.conditions, kind)
    }

    /// Evidence from a field of it.
    pub(super) fn field(&self, path: &str, value: impl Into<String>, time: Option<Time>) -> Evidence {
        Evidence {
            object: self.object.clone(),
            origin: Origin::Field(path.to_owned()),
            value: value.into(),
            time,
        }
    }

    /// How many of how many are ready, as its status says.
    pub(super) fn count(&self) -> Evidence {
        let path =
            if matches!(self.kind, Kind::DaemonSet) { "status.numberReady" } else { "status.readyReplicas" };
        self.field(path, format!("{} of {} wanted", self.ready, self.wanted), None)
    }

    /// `none of its 3 replicas is ready`, `only 2 of 3 replicas are ready`.
    pub(super) fn phrase(&self) -> String {
        let noun = if matches!(self.kind, Kind::DaemonSet) { "pods" } else { "replicas" };
        match (self.ready, self.wanted) {
            (..=0, 1) => format!("its only {} is not ready", noun.trim_end_matches('s')),
            (..=0, wanted) => format!("none of its {wanted} {noun} is ready"),
            (ready, wanted) => {
                format!("only {ready} of its {wanted} {noun} {} ready", if ready == 1 { "is" } else { "are" })
            }
        }
    }

    /// How bad it is, where nothing else decides.
    pub(super) fn severity(&self) -> Severity {
        if self.ready <= 0 { Severity::High } else { Severity::Medium }
    }
}
