use std::collections::BTreeMap;

use rutter_cluster::{
    Cluster, Kind, Time, Unseen,
    objects::{Node, Pod, VolumeAttachment},
};
use serde_json::Value;

use crate::Object;

/// Where control planes run their members of etcd, if they run them as pods.
const SYSTEM: &str = "kube-system";

/// What must be read for a condition to be judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// One object.
    Object(Object),
    /// All nodes.
    Nodes,
    /// The pods of one node.
    PodsOn(String),
    /// The members of etcd that run as pods: those with `component=etcd` in `kube-system`.
    Etcd,
    /// All attachments of volumes to nodes.
    Attachments,
}

/// Why something could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread(pub String);

/// What was read of the cluster for some conditions, and when.
#[derive(Debug, Clone)]
pub struct Sight {
    /// When it was read, by the clock of the API server.
    pub now: Time,
    /// Objects by kind, namespace and name; `None`: there is none of that name.
    pub objects: BTreeMap<(String, String, String), Result<Option<Value>, Unread>>,
    /// All nodes.
    pub nodes: Result<Vec<Node>, Unread>,
    /// The pods of nodes.
    pub pods_on: BTreeMap<String, Result<Vec<Pod>, Unread>>,
    /// The members of etcd.
    pub etcd: Result<Vec<Pod>, Unread>,
    /// Volumes that are attached to nodes.
    pub attachments: Result<Vec<VolumeAttachment>, Unread>,
}

impl Sight {
    /// Nothing was read.
    pub fn nothing(now: Time) -> Self {
        let unread = || Unread("it was not read".into());
        Self {
            now,
            objects: BTreeMap::new(),
            nodes: Err(unread()),
            pods_on: BTreeMap::new(),
            etcd: Err(unread()),
            attachments: Err(unread()),
        }
    }

    /// What a cluster shows of nodes, their pods, etcd and attachments; of single objects, nothing.
    pub fn of(cluster: &Cluster, pods_of: &[&str]) -> Self {
        let seen = |kind: Kind, namespace: &str| {
            let checked = cluster.coverage().check(kind, namespace);
            checked.map_err(|unseen: Unseen| Unread(unseen.to_string()))
        };
        let is_member = |pod: &&Pod| pod.meta.labels.get("component").is_some_and(|it| it.as_str() == "etcd");
        let etcd = || cluster.pods.in_namespace(SYSTEM).iter().filter(is_member).cloned().collect();
        let pods = |node: &&str| {
            let pods = || cluster.pods_on(node).cloned().collect();
            ((*node).to_owned(), seen(Kind::Pod, "").map(|()| pods()))
        };
        Self {
            now: cluster.time(),
            objects: BTreeMap::new(),
            nodes: seen(Kind::Node, "").map(|()| cluster.nodes.iter().cloned().collect()),
            pods_on: pods_of.iter().map(pods).collect(),
            etcd: seen(Kind::Pod, SYSTEM).map(|()| etcd()),
            attachments: seen(Kind::VolumeAttachment, "")
                .map(|()| cluster.volume_attachments.iter().cloned().collect()),
        }
    }

    /// Notes an object as it was read.
    pub fn put(&mut self, object: &Object, read: Result<Option<Value>, Unread>) {
        self.objects.insert(key(object), read);
    }

    /// The object of that name, whatever its uid.
    ///
    /// # Errors
    /// If it could not be read.
    pub fn object(&self, object: &Object) -> Result<Option<&Value>, Unread> {
        match self.objects.get(&key(object)) {
            Some(Ok(found)) => Ok(found.as_ref()),
            Some(Err(unread)) => Err(unread.clone()),
            None => Err(Unread(format!("{object} was not read"))),
        }
    }

    /// The node of that name, from the list of all.
    ///
    /// # Errors
    /// If nodes could not be read.
    pub fn node(&self, name: &str) -> Result<Option<&Node>, Unread> {
        let nodes = self.nodes.as_ref().map_err(Clone::clone)?;
        Ok(nodes.iter().find(|node| node.meta.name == name))
    }
}

fn key(object: &Object) -> (String, String, String) {
    (object.kind.clone(), object.namespace.clone(), object.name.clone())
}
