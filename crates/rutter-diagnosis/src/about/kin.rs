//! Who belongs to an object.

use std::{cmp::Reverse, collections::BTreeSet};

use rutter_cluster::{Cluster, Kind, ObjectRef, Owner, Resource, Str, objects::Pod};

/// Of a workload's pods so many are looked at one by one, those that aren't ready first.
const MOST_PODS: usize = 10;

/// How somebody belongs to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bond {
    /// It controls the object, directly or not.
    Owner,
    /// The object runs there.
    Node,
    /// The object mounts it.
    Claim,
    /// A ReplicaSet or Job of the object.
    Part,
    /// A pod of the object.
    Pod,
    /// A pod that uses the object: one that a Service selects, that mounts a claim, that runs on a Node.
    User,
}

impl Bond {
    /// Whether what is wrong with whom it binds is wrong with the object.
    pub(super) fn is_part(self) -> bool {
        matches!(self, Self::Part | Self::Pod)
    }
}

/// Somebody who belongs to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    /// How.
    pub bond: Bond,
    /// Who.
    pub object: ObjectRef,
}

impl Kin {
    /// Whether what is wrong with it is wrong with the object.
    pub(super) fn is_part_of_it(&self) -> bool {
        self.bond.is_part()
    }

    /// Whether what happened to it is told with what happened to the object.
    pub(super) fn has_part_in_its_history(&self) -> bool {
        self.bond != Bond::User
    }
}

/// Those who belong to an object.
pub(super) struct Kinship {
    /// The nearest first.
    pub(super) kin: Vec<Kin>,
    /// How many of its pods are not among them.
    pub(super) more_pods: usize,
    /// All of its pods, whether they are among them or not; of a Node those that are not done.
    pub(super) pods: Vec<ObjectRef>,
    /// How its pods belong to it.
    pub(super) bond: Bond,
    /// Where its pods run, all of them.
    pub(super) hosts: BTreeSet<Str>,
}

/// Those who belong to an object.
pub(super) fn of(cluster: &Cluster, object: &ObjectRef) -> Kinship {
    let mut kin = owners(cluster, object);
    let (mut bond, mut pods) = (Bond::Pod, Vec::new());
    match Kind::of(&object.api_version, &object.kind) {
        Some(Kind::Pod) => kin.extend(of_pod(cluster, object)),
        Some(Kind::Service) => {
            bond = Bond::User;
            let service = cluster.services.get(&object.namespace, &object.name);
            pods = service.into_iter().flat_map(|service| cluster.pods_selected_by(service)).collect();
        }
        Some(Kind::PersistentVolumeClaim) => {
            bond = Bond::User;
            pods = cluster.pods_mounting(object).collect();
        }
        Some(Kind::Node) => {
            bond = Bond::User;
            pods = cluster.pods_on(&object.name).filter(|pod| !pod.is_finished()).collect();
        }
        _ => {
            kin.extend(parts(cluster, object));
            pods = cluster.pods_under(object).collect();
        }
    }
    let hosts = pods.iter().filter(|pod| !pod.is_finished()).map(|pod| pod.spec.node_name.clone());
    let hosts = hosts.filter(|node| !node.is_empty()).collect();
    // Stable, so pods that are alike stay in the order of their names.
    pods.sort_by_key(|pod| !pod.is_unready());
    let more_pods = pods.len().saturating_sub(MOST_PODS);
    let pods: Vec<ObjectRef> = pods.into_iter().map(Resource::object_ref).collect();
    kin.extend(pods.iter().take(MOST_PODS).map(|object| Kin { bond, object: object.clone() }));
    Kinship { kin, more_pods, pods, bond, hosts }
}

/// Whoever controls it, and whoever controls that one.
fn owners(cluster: &Cluster, object: &ObjectRef) -> Vec<Kin> {
    let mut owners = Vec::<Kin>::new();
    let mut of = object.clone();
    // A forged dump can have owners in a circle.
    while let Some(owner) = cluster.meta_of(&of).and_then(|meta| meta.controller()) {
        let next = reference(owner, &of);
        let is_known = next.same(object) || owners.iter().any(|known| known.object.same(&next));
        // A static pod's Node is where it runs, and told as that.
        if is_known || next.kind == "Node" {
            break;
        }
        owners.push(Kin { bond: Bond::Owner, object: next.clone() });
        of = next;
    }
    owners
}

fn reference(owner: &Owner, of: &ObjectRef) -> ObjectRef {
    ObjectRef {
        api_version: owner.api_version.clone(),
        kind: owner.kind.clone(),
        namespace: of.namespace.clone(),
        name: owner.name.clone(),
        uid: owner.uid.clone(),
    }
}

fn of_pod(cluster: &Cluster, object: &ObjectRef) -> Vec<Kin> {
    let Some(pod) = cluster.pods.get(&object.namespace, &object.name) else { return Vec::new() };
    let node = Some(&pod.spec.node_name).filter(|name| !name.is_empty()).map(|name| ObjectRef {
        api_version: Kind::Node.api_version().into(),
        kind: Kind::Node.name().into(),
        name: name.clone(),
        uid: cluster.nodes.get("", name).map(|node| node.meta.uid.clone()).unwrap_or_default(),
        ..ObjectRef::default()
    });
    let node = node.map(|object| Kin { bond: Bond::Node, object });
    let claims = claims(cluster, pod).into_iter().map(|object| Kin { bond: Bond::Claim, object });
    node.into_iter().chain(claims).collect()
}

fn claims(cluster: &Cluster, pod: &Pod) -> Vec<ObjectRef> {
    let names = pod.spec.volumes.iter().filter_map(|volume| pod.claim_name(volume));
    names.filter_map(|name| cluster.find(Kind::PersistentVolumeClaim, &pod.meta.namespace, &name)).collect()
}

/// The ReplicaSets of a Deployment that have pods, and the Jobs of a CronJob.
fn parts(cluster: &Cluster, object: &ObjectRef) -> Vec<Kin> {
    let parts: Vec<ObjectRef> = match object.kind.as_str() {
        "Deployment" => {
            let sets =
                cluster.replica_sets_of(object).filter(|set| set.wanted() > 0 || set.status.replicas > 0);
            sets.map(Resource::object_ref).collect()
        }
        "CronJob" => {
            let jobs = cluster.jobs.in_namespace(&object.namespace).iter();
            let mine = jobs.filter(|job| {
                job.meta
                    .controller()
                    .is_some_and(|owner| owner.name == object.name && owner.kind == "CronJob")
            });
            let mut mine: Vec<_> = mine.collect();
            // What failed, then the newest: of those that are past, there are as many as are kept.
            mine.sort_by_key(|job| (job.status.failed == 0, Reverse(job.meta.created)));
            mine.into_iter().map(Resource::object_ref).take(MOST_PODS).collect()
        }
        _ => Vec::new(),
    };
    parts.into_iter().map(|object| Kin { bond: Bond::Part, object }).collect()
}
