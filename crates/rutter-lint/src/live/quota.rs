//! What manifests add to what the quotas of their namespaces count.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use rutter_cluster::{
    Cluster, Kind, Quantity,
    objects::{LimitRange, PersistentVolumeClaim, Pod, Quantities, ResourceQuota, Service},
    placement,
};

use super::{Live, Place, namespace, nodes, place, saw, typed, workloads};
use crate::{
    context::Context,
    manifest::Object,
    template::{Controller, Template},
    yaml::Node,
};

/// What is counted, in thousandths, by the name that quotas give it.
pub type Usage = BTreeMap<String, i64>;

/// A quota that the manifests exceed.
#[derive(Debug, Clone)]
pub struct Over {
    /// The quota's name.
    pub quota: String,
    /// `requests.cpu`.
    pub resource: String,
    /// What this manifest adds.
    pub adds: i64,
    /// What all manifests of the namespace add, with those that give something back.
    pub together: i64,
    /// How many manifests add something.
    pub adding: usize,
    /// What the quota allows.
    pub hard: i64,
    /// What is used of it now.
    pub used: i64,
}

/// What quotas every manifest exceeds, by its place: by itself, or as the one that adds most to what is too much together.
pub(super) fn all(context: &Context<'_>, live: &Live<'_>) -> FxHashMap<Place, Vec<Over>> {
    let mut quotas: BTreeMap<&str, Vec<&ResourceQuota>> = BTreeMap::new();
    for quota in live.cluster.quotas.iter().filter(|quota| !quota.spec.is_scoped()) {
        if !super::is_rewritten(context, Kind::ResourceQuota, &quota.meta.namespace, &quota.meta.name) {
            quotas.entry(&quota.meta.namespace).or_default().push(quota);
        }
    }
    let mut over: FxHashMap<Place, Vec<Over>> = FxHashMap::default();
    if quotas.is_empty() {
        return over;
    }
    let mut added: BTreeMap<&str, Vec<(Place, Usage)>> = BTreeMap::new();
    for object in context.objects() {
        let Some(namespace) = namespace(context, object).filter(|one| quotas.contains_key(one)) else {
            continue;
        };
        if let Some(usage) = added_by(live, object, namespace) {
            added.entry(namespace).or_default().push((place(object), usage));
        }
    }
    for (namespace, added) in &added {
        for quota in quotas.get(namespace).into_iter().flatten() {
            for (resource, hard) in quota.status.hard.iter() {
                if let Some(used) = quota.status.used.get(resource) {
                    exceed(added, (&quota.meta.name, resource), (hard.milli(), used.milli()), &mut over);
                }
            }
        }
    }
    over
}

fn exceed(
    added: &[(Place, Usage)],
    (quota, resource): (&str, &str),
    (hard, used): (i64, i64),
    over: &mut FxHashMap<Place, Vec<Over>>,
) {
    let left = hard.saturating_sub(used);
    let adding: Vec<(Place, i64)> = added
        .iter()
        .filter_map(|(place, usage)| Some((*place, *usage.get(resource)?)))
        .filter(|(_, adds)| *adds != 0)
        .collect();
    let together = adding.iter().fold(0_i64, |sum, (_, adds)| sum.saturating_add(*adds));
    if together <= left {
        return;
    }
    let mut blamed: Vec<&(Place, i64)> =
        adding.iter().filter(|(_, adds)| *adds > 0 && *adds > left).collect();
    if blamed.is_empty() {
        let most = adding.iter().max_by_key(|(place, adds)| (*adds, std::cmp::Reverse(*place)));
        blamed.extend(most.filter(|(_, adds)| *adds > 0));
    }
    for (place, adds) in blamed {
        over.entry(*place).or_default().push(Over {
            quota: quota.to_owned(),
            resource: resource.to_owned(),
            adds: *adds,
            together,
            adding: adding.iter().filter(|(_, adds)| *adds > 0).count(),
            hard,
            used,
        });
    }
}

/// What a manifest adds to what is counted in its namespace; what the same object has now is given back. Nothing where that can't be
/// told.
fn added_by(live: &Live<'_>, object: &Object, namespace: &str) -> Option<Usage> {
    let cluster = live.cluster;
    let kind = Kind::of(&object.api_version, &object.kind)?;
    let is_there = cluster.find(kind, namespace, &object.name).is_some();
    if !is_there && !saw(cluster, &[kind], namespace) {
        return None;
    }
    let mut usage = Usage::new();
    if !is_there {
        count(&mut usage, &counted(kind), 1);
        match kind {
            Kind::ConfigMap => count(&mut usage, "configmaps", 1),
            Kind::Secret => count(&mut usage, "secrets", 1),
            Kind::ReplicationController => count(&mut usage, "replicationcontrollers", 1),
            _ => {}
        }
    }
    match kind {
        Kind::Service => {
            add(&mut usage, &of_service(&typed::of(&object.root)?, object.at(&["spec"])), 1);
            if let Some(now) = cluster.services.get(namespace, &object.name) {
                add(&mut usage, &of_service(now, None), -1);
            }
        }
        Kind::PersistentVolumeClaim => {
            let wanted: PersistentVolumeClaim = typed::of(&object.root)?;
            let now = cluster.claims.get(namespace, &object.name);
            let default = now.and_then(|now| now.spec.storage_class_name.as_deref());
            add(&mut usage, &of_claim(&wanted, default), 1);
            if let Some(now) = now {
                add(&mut usage, &of_claim(now, None), -1);
            }
        }
        _ => {
            if let Some(template) = Template::of(object).first() {
                add(&mut usage, &of_pods(live, template, namespace)?, 1);
                if kind == Kind::StatefulSet {
                    add(&mut usage, &of_claim_templates(live, object, namespace)?, 1);
                }
            }
        }
    }
    Some(usage)
}

fn count(usage: &mut Usage, name: &str, pieces: i64) {
    add_one(usage, name, pieces.saturating_mul(1000));
}

fn add_one(usage: &mut Usage, name: &str, milli: i64) {
    let entry = usage.entry(name.to_owned()).or_default();
    *entry = entry.saturating_add(milli);
}

fn add(usage: &mut Usage, more: &Usage, times: i64) {
    for (name, milli) in more {
        add_one(usage, name, milli.saturating_mul(times));
    }
}

/// `count/deployments.apps`: as quotas count objects of any kind.
fn counted(kind: Kind) -> String {
    match kind.group() {
        "" => format!("count/{}", kind.plural()),
        group => format!("count/{}.{group}", kind.plural()),
    }
}

fn of_service(service: &Service, spec: Option<&Node>) -> Usage {
    let mut usage = Usage::new();
    count(&mut usage, "services", 1);
    let is_balanced = service.spec.kind == "LoadBalancer";
    if is_balanced {
        count(&mut usage, "services.loadbalancers", 1);
    }
    let written = spec.and_then(|spec| spec.at(&["allocateLoadBalancerNodePorts"])).and_then(Node::bool);
    // Of a Service of the cluster the ports are known; of a manifest those that it will get.
    let has_ports = match spec {
        Some(_) => written != Some(false),
        None => service.spec.ports.iter().any(|port| port.node_port > 0),
    };
    if service.spec.kind == "NodePort" || is_balanced && has_ports {
        count(&mut usage, "services.nodeports", service.spec.ports.len() as i64);
    }
    usage
}

fn of_claim(claim: &PersistentVolumeClaim, default_class: Option<&str>) -> Usage {
    let mut usage = Usage::new();
    let storage = claim.spec.resources.requests.get("storage").map_or(0, Quantity::milli);
    count(&mut usage, "persistentvolumeclaims", 1);
    add_one(&mut usage, "requests.storage", storage);
    let class = claim.spec.storage_class_name.as_deref().or(default_class);
    if let Some(class) = class.filter(|class| !class.is_empty()) {
        let of = format!("{class}.storageclass.storage.k8s.io/");
        count(&mut usage, &format!("{of}persistentvolumeclaims"), 1);
        add_one(&mut usage, &format!("{of}requests.storage"), storage);
    }
    usage
}

/// The claims that a StatefulSet makes and that aren't there yet.
fn of_claim_templates(live: &Live<'_>, object: &Object, namespace: &str) -> Option<Usage> {
    let mut usage = Usage::new();
    let templates = object.root.items_at(&["spec", "volumeClaimTemplates"]);
    if templates.is_empty() {
        return Some(usage);
    }
    if !saw(live.cluster, &[Kind::PersistentVolumeClaim], namespace) {
        return None;
    }
    let replicas = Template::of(object).first()?.replicas()?;
    let start = object.at(&["spec", "ordinals", "start"]).and_then(Node::integer).unwrap_or(0);
    for template in templates {
        let claim: PersistentVolumeClaim = typed::of(template)?;
        let one = of_claim(&claim, None);
        let prefix = format!("{}-{}-", claim.meta.name, object.name);
        let there = live.cluster.claims.in_namespace(namespace).iter().filter(|there| {
            let ordinal = there.meta.name.strip_prefix(&prefix).and_then(|rest| rest.parse::<i64>().ok());
            ordinal.is_some_and(|ordinal| (start..start.saturating_add(replicas)).contains(&ordinal))
        });
        let missing = replicas.saturating_sub(there.count() as i64).max(0);
        count(&mut usage, "count/persistentvolumeclaims", missing);
        add(&mut usage, &one, missing);
    }
    Some(usage)
}

/// What the pods of a template add.
fn of_pods(live: &Live<'_>, template: &Template<'_>, namespace: &str) -> Option<Usage> {
    let cluster = live.cluster;
    if !saw(cluster, &[Kind::Pod, Kind::ReplicaSet, Kind::LimitRange], namespace) {
        return None;
    }
    let ranges: Vec<&LimitRange> = cluster.limit_ranges.in_namespace(namespace).iter().collect();
    let pod = typed::pod(template, namespace, &ranges)?;
    let object = template.object;
    let kind = Kind::of(&object.api_version, &object.kind)?;
    let now: Vec<&Pod> = match cluster.find(kind, namespace, &object.name) {
        Some(there) => workloads::pods(cluster, &there).collect(),
        None => Vec::new(),
    };
    let mut usage = Usage::new();
    add(&mut usage, &of_pod(&pod), wanted(live, template, &pod, namespace, now.len() as i64)?);
    for pod in now {
        add(&mut usage, &of_pod(pod), -1);
    }
    Some(usage)
}

/// How many pods there will be.
fn wanted(live: &Live<'_>, template: &Template<'_>, pod: &Pod, namespace: &str, now: i64) -> Option<i64> {
    let object = template.object;
    if let Some(scaler) = live.scaler(namespace, &object.kind, &object.name) {
        return Some(now.max(scaler.least));
    }
    match template.controller {
        Controller::None => Some(1),
        Controller::DaemonSet => {
            let nodes = saw(live.cluster, &[Kind::Node], "").then_some(&live.cluster.nodes)?;
            Some(nodes.iter().filter(|node| nodes::admits(pod, node)).count() as i64)
        }
        Controller::Job => {
            let number = |key| object.at(&["spec", key]).and_then(Node::integer);
            let is_ready = object.at(&["spec", "suspend"]).and_then(Node::bool) != Some(true);
            let parallel = number("parallelism").unwrap_or(1);
            // A job that is there runs, or has run.
            let is_new = live.cluster.jobs.get(namespace, &object.name).is_none();
            let pods = number("completions").map_or(parallel, |completions| parallel.min(completions));
            Some(if is_ready && is_new { pods } else { now })
        }
        Controller::CronJob | Controller::Other => None,
        _ => template.replicas(),
    }
}

/// What quotas count of a pod.
fn of_pod(pod: &Pod) -> Usage {
    let mut usage = Usage::new();
    count(&mut usage, "pods", 1);
    count(&mut usage, "count/pods", 1);
    for resource in ["cpu", "memory", "ephemeral-storage"] {
        let requested = placement::request(pod, resource);
        add_one(&mut usage, resource, requested);
        add_one(&mut usage, &format!("requests.{resource}"), requested);
        add_one(&mut usage, &format!("limits.{resource}"), placement::limit(pod, resource));
    }
    for resource in extended(pod) {
        add_one(&mut usage, &format!("requests.{resource}"), placement::request(pod, &resource));
    }
    usage
}

/// The devices and other resources that the pod asks for, beside those that every node has.
pub fn extended(pod: &Pod) -> Vec<String> {
    let containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
    let requests = containers.map(|one| &one.resources.requests).chain([&pod.spec.resources.requests]);
    let mut names: Vec<String> =
        requests.flat_map(Quantities::iter).map(|(name, _)| name.to_string()).collect();
    names.retain(|name| !matches!(name.as_str(), "cpu" | "memory" | "ephemeral-storage"));
    names.sort();
    names.dedup();
    names
}

/// What every container must set because a quota counts it.
const DEMANDED: [(&str, &str, &str); 6] = [
    ("cpu", "requests", "cpu"),
    ("requests.cpu", "requests", "cpu"),
    ("memory", "requests", "memory"),
    ("requests.memory", "requests", "memory"),
    ("limits.cpu", "limits", "cpu"),
    ("limits.memory", "limits", "memory"),
];

/// A quota that refuses every pod of a template, because a container doesn't say what is counted.
#[derive(Debug)]
pub struct Unset {
    /// The quota's name.
    pub quota: String,
    /// The container's name.
    pub container: String,
    /// `limits.cpu`, ….
    pub resources: Vec<&'static str>,
}

/// The first container that doesn't set what a quota of its namespace counts.
pub fn unset(
    context: &Context<'_>,
    cluster: &Cluster,
    template: &Template<'_>,
    namespace: &str,
) -> Option<Unset> {
    let quotas = cluster.quotas.in_namespace(namespace).iter().filter(|quota| !quota.spec.is_scoped());
    let quotas: Vec<&ResourceQuota> = quotas
        .filter(|quota| !super::is_rewritten(context, Kind::ResourceQuota, namespace, &quota.meta.name))
        .collect();
    if quotas.is_empty()
        || !saw(cluster, &[Kind::LimitRange], namespace)
        || context.beside(template.object, "", "LimitRange").next().is_some()
    {
        return None;
    }
    let ranges: Vec<&LimitRange> = cluster.limit_ranges.in_namespace(namespace).iter().collect();
    let pod = typed::pod(template, namespace, &ranges)?;
    if !pod.spec.resources.requests.is_empty() || !pod.spec.resources.limits.is_empty() {
        return None;
    }
    let containers = || pod.spec.containers.iter().chain(&pod.spec.init_containers);
    for quota in quotas {
        for container in containers() {
            let lacks = |(_, side, resource): &&(&str, &str, &str)| {
                let side = if *side == "limits" {
                    &container.resources.limits
                } else {
                    &container.resources.requests
                };
                side.get(resource).is_none()
            };
            let demanded = DEMANDED.iter().filter(|(name, ..)| quota.spec.hard.get(name).is_some());
            let resources: Vec<&str> = demanded.filter(lacks).map(|(name, ..)| *name).collect();
            if !resources.is_empty() {
                return Some(Unset {
                    quota: quota.meta.name.to_string(),
                    container: container.name.to_string(),
                    resources,
                });
            }
        }
    }
    None
}
