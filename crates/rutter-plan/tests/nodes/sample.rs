//! Small clusters, and plans for them.

use rutter_cluster::{Cluster, Coverage, Kind, Time, coverage::Extent};
use rutter_plan::{
    ClusterIdentity, Plan, Remark, RemarkKind,
    node::{self, DrainOptions},
};
use rutter_source::{files::Limits, load_stream};
use serde_json::{Value, json};

/// The id of the operation of all plans here.
pub(crate) const OPERATION: &str = "drain-1";
/// The time of all clusters here.
pub(crate) const NOW: &str = "2026-11-23T12:00:00Z";

/// Puts fields into an object, one level after the other.
pub(crate) fn with(mut object: Value, more: &Value) -> Value {
    merge(&mut object, more);
    object
}

fn merge(into: &mut Value, more: &Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more.clone(),
    }
}

/// A node that is Ready and has 4 cores.
pub(crate) fn node(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "uid": format!("uid-{name}"), "labels": {"kubernetes.io/hostname": name}},
        "spec": {},
        "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}, "nodeInfo": {"bootID": "boot-1"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady",
                "lastHeartbeatTime": "2026-11-23T11:59:00Z", "lastTransitionTime": "2026-11-01T00:00:00Z"}]}})
}

pub(crate) fn unready(name: &str, since: &str) -> Value {
    with(
        node(name),
        &json!({"status": {"conditions": [{"type": "Ready", "status": "Unknown",
        "reason": "NodeStatusUnknown", "lastHeartbeatTime": since, "lastTransitionTime": since}]}}),
    )
}

pub(crate) fn cordoned(name: &str) -> Value {
    with(node(name), &json!({"spec": {"unschedulable": true}}))
}

/// Ten nodes, so that one may be away: `node-a` to `node-j`.
pub(crate) fn nodes() -> Vec<Value> {
    "abcdefghij".chars().map(|letter| node(&format!("node-{letter}"))).collect()
}

/// A bare pod that runs and is ready, in the namespace `shop`.
pub(crate) fn pod(name: &str, node: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "uid": format!("uid-{name}"), "labels": {"app": name}},
        "spec": {"nodeName": node, "containers": [{"name": "main", "image": "main:1"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})
}

pub(crate) fn owned(pod: Value, kind: &str, name: &str) -> Value {
    let api_version = if kind == "Job" { "batch/v1" } else { "apps/v1" };
    with(
        pod,
        &json!({"metadata": {"ownerReferences": [
        {"apiVersion": api_version, "kind": kind, "name": name, "uid": format!("uid-{name}"), "controller": true}]}}),
    )
}

/// A Deployment with its ReplicaSet, and a ready pod on each of these nodes.
pub(crate) fn deployment(name: &str, on: &[&str]) -> Vec<Value> {
    let labels = json!({"app": name});
    let pods = on.iter().enumerate().map(|(n, node)| {
        let pod = owned(pod(&format!("{name}-{n}"), node), "ReplicaSet", &format!("{name}-1"));
        with(pod, &json!({"metadata": {"labels": labels}}))
    });
    let workload = |kind: &str, name: &str| {
        json!({"apiVersion": "apps/v1", "kind": kind,
            "metadata": {"name": name, "namespace": "shop", "uid": format!("uid-{name}")},
            "spec": {"replicas": on.len(), "selector": {"matchLabels": labels}}})
    };
    let set = owned(workload("ReplicaSet", &format!("{name}-1")), "Deployment", name);
    [workload("Deployment", name), set].into_iter().chain(pods).collect()
}

/// A budget for the pods with this label that lets so many of so many go.
pub(crate) fn budget(name: &str, app: &str, allowed: i64, healthy: i64, needed: i64, expected: i64) -> Value {
    json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "namespace": "shop", "uid": format!("uid-{name}"), "generation": 1},
        "spec": {"selector": {"matchLabels": {"app": app}}},
        "status": {"disruptionsAllowed": allowed, "currentHealthy": healthy, "desiredHealthy": needed,
            "expectedPods": expected, "observedGeneration": 1}})
}

/// A claim, and the volume that is bound to it and can be used where these labels are.
pub(crate) fn claim(name: &str, key: &str, value: &str) -> Vec<Value> {
    vec![
        json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": name, "namespace": "shop"},
            "spec": {"volumeName": format!("pv-{name}"), "accessModes": ["ReadWriteOnce"]}, "status": {"phase": "Bound"}}),
        json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": format!("pv-{name}")},
            "spec": {"claimRef": {"namespace": "shop", "name": name}, "nodeAffinity": {"required": {"nodeSelectorTerms": [
                {"matchExpressions": [{"key": key, "operator": "In", "values": [value]}]}]}}}}),
    ]
}

pub(crate) fn mounts(pod: Value, claim: &str) -> Value {
    with(
        pod,
        &json!({"spec": {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]}}),
    )
}

/// Everything was seen.
pub(crate) fn all_seen() -> Coverage {
    let mut coverage = Coverage::default();
    for kind in Kind::ALL {
        coverage.saw(*kind, Extent::All);
    }
    coverage
}

/// Everything was seen but this.
pub(crate) fn all_seen_but(unseen: Kind) -> Coverage {
    let mut coverage = Coverage::default();
    for kind in Kind::ALL.iter().filter(|kind| **kind != unseen) {
        coverage.saw(*kind, Extent::All);
    }
    coverage
}

/// A cluster of these objects, of which everything was seen.
pub(crate) fn cluster(items: impl IntoIterator<Item = Value>) -> Cluster {
    cluster_as_seen(items, all_seen())
}

pub(crate) fn cluster_as_seen(items: impl IntoIterator<Item = Value>, coverage: Coverage) -> Cluster {
    let items: Vec<Value> = items.into_iter().collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    let mut cluster =
        load_stream("list", list.as_bytes(), &Limits::default()).unwrap().with_coverage(coverage);
    cluster.set_time(Time::parse(NOW).unwrap());
    cluster
}

pub(crate) fn identity() -> ClusterIdentity {
    ClusterIdentity { name: "lab".into(), uid: "c1".into() }
}

pub(crate) fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

pub(crate) fn drain_with(cluster: &Cluster, names: &[&str], options: &DrainOptions) -> Plan {
    node::drain(cluster, &named(names), options, OPERATION, identity()).unwrap()
}

pub(crate) fn drain(cluster: &Cluster, name: &str) -> Plan {
    drain_with(cluster, &[name], &DrainOptions::default())
}

pub(crate) fn ids(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.id.as_str()).collect()
}

/// The remarks of a kind as `OBJECT: TEXT`.
pub(crate) fn said(plan: &Plan, kind: RemarkKind) -> Vec<String> {
    let all = plan.remarks.iter().filter(|remark| remark.kind == kind);
    all.map(|remark| format!("{}: {}", remark.about, remark.text)).collect()
}

pub(crate) fn blockers(plan: &Plan) -> Vec<String> {
    said(plan, RemarkKind::Blocker)
}

/// The only remark that says this.
pub(crate) fn remark<'p>(plan: &'p Plan, part: &str) -> &'p Remark {
    let found: Vec<&Remark> = plan.remarks.iter().filter(|remark| remark.text.contains(part)).collect();
    assert_eq!(found.len(), 1, "{part:?} in {:#?}", plan.remarks);
    found.first().unwrap()
}
