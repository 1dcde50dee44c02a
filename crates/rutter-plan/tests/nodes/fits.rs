//! Whether displaced pods find a place on other nodes.

use rutter_plan::{RemarkKind, node::DrainOptions};
use serde_json::{Value, json};

use super::sample::*;

/// What is said of the only pod of Deployment `web` on node-b, which is like this, beside these other nodes and pods.
fn said_of(pod: &Value, others: Vec<Value>) -> Option<(RemarkKind, String)> {
    let mut items = vec![node("node-b")];
    items.extend(others);
    items.extend(
        deployment("web", &["node-b"])
            .into_iter()
            .map(|one| if one["kind"] == "Pod" { with(one, pod) } else { one }),
    );
    let plan = drain_with(&cluster(items), &["node-b"], &DrainOptions::default());
    let found = plan.remarks.iter().find(|remark| remark.text.contains("would be Pending"))?;
    Some((found.kind, found.text.split_once(": its next pod").unwrap().0.to_owned()))
}

fn refused(pod: &Value, others: Vec<Value>) -> String {
    said_of(pod, others).unwrap().1
}

fn asks(cpu: &str) -> Value {
    json!({"spec": {"containers": [{"name": "main", "resources": {"requests": {"cpu": cpu}}}]}})
}

#[test]
fn nodes_are_counted_by_what_they_lack() {
    let tainted =
        with(node("node-c"), &json!({"spec": {"taints": [{"key": "gpu", "effect": "NoSchedule"}]}}));
    let small = |name: &str, cpu: &str| {
        with(node(name), &json!({"status": {"allocatable": {"cpu": cpu, "pods": "9"}}}))
    };
    let others = vec![tainted, small("node-d", "320m"), small("node-e", "100m"), cordoned("node-f")];
    assert_eq!(
        refused(&asks("500m"), others),
        "it fits on none of 4 other nodes: 2 lack cpu (it needs 500m, at most 320m are free), 1 has taint gpu, 1 is cordoned"
    );
}

#[test]
fn a_pod_that_fits_is_not_spoken_of() {
    assert_eq!(said_of(&asks("4"), vec![node("node-c")]), None);
    assert_eq!(said_of(&json!({}), vec![cordoned("node-c"), node("node-d")]), None);
    assert_eq!(refused(&json!({}), vec![]), "there is no other node");
}

#[test]
fn a_workload_that_would_be_gone_blocks() {
    let (kind, text) = said_of(&asks("5"), vec![node("node-c")]).unwrap();
    assert_eq!(
        (kind, text.as_str()),
        (
            RemarkKind::Blocker,
            "it does not fit on the other node: 1 lacks cpu (it needs 5, at most 4 are free)"
        )
    );
}

#[test]
fn what_is_on_a_node_already_is_taken() {
    let used = with(owned(pod("other", "node-c"), "ReplicaSet", "x"), &asks("3500m"));
    assert_eq!(
        refused(&asks("1"), vec![node("node-c"), used.clone()]),
        "it does not fit on the other node: 1 lacks cpu (it needs 1, at most 500m are free)"
    );
    let finished = with(used, &json!({"status": {"phase": "Succeeded"}}));
    assert_eq!(said_of(&asks("1"), vec![node("node-c"), finished]), None);
    let full = with(node("node-c"), &json!({"status": {"allocatable": {"pods": "1"}}}));
    assert!(refused(&json!({}), vec![full, pod("one", "node-c")]).ends_with("1 has as many pods as allowed"));
}

#[test]
fn pods_that_go_together_take_each_others_place() {
    let mut items = vec![node("node-b"), node("node-c")];
    let sized = |name: &str| {
        deployment(name, &["node-b"])
            .into_iter()
            .map(|one| if one["kind"] == "Pod" { with(one, &asks("2500m")) } else { one })
    };
    items.extend(sized("one").chain(sized("two")));
    let plan = drain(&cluster(items), "node-b");
    assert_eq!(plan.remarks.iter().filter(|remark| remark.text.contains("Pending")).count(), 1);
}

#[test]
fn labels_volumes_and_ports_hold_pods_off() {
    let selects = json!({"spec": {"nodeSelector": {"disk": "ssd"}}});
    assert!(
        refused(&selects, vec![node("node-c")]).ends_with("1 doesn't match its node selector or affinity")
    );
    let port = json!({"spec": {"containers": [{"name": "main", "ports": [{"containerPort": 80, "hostPort": 80, "protocol": "TCP"}]}]}});
    let other = with(pod("other", "node-c"), &port);
    assert!(
        refused(&port, vec![node("node-c"), other.clone()]).ends_with("1 has port 80 of the host in use")
    );
    assert_eq!(said_of(&port, vec![node("node-c"), node("node-d"), other]), None);
    let mut others = claim("db", "zone", "b");
    others.extend([with(node("node-c"), &json!({"metadata": {"labels": {"zone": "a"}}}))]);
    let data = json!({"spec": {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "db"}}]}});
    assert!(refused(&data, others).ends_with("1 is out of reach of its volume pv-db"));
}

fn apart(app: &str) -> Value {
    json!({"spec": {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": app}}}]}}}})
}

#[test]
fn pods_keep_others_off_and_are_kept_off() {
    let other = pod("other", "node-c");
    let refusal = "it does not fit on the other node: 1 has pods that it must not be with";
    assert_eq!(refused(&apart("other"), vec![node("node-c"), other.clone()]), refusal);
    assert_eq!(refused(&json!({}), vec![node("node-c"), with(other.clone(), &apart("web"))]), refusal);
    assert_eq!(said_of(&apart("third"), vec![node("node-c"), other.clone()]), None);
    let elsewhere = with(other, &json!({"metadata": {"namespace": "elsewhere"}}));
    assert_eq!(said_of(&apart("other"), vec![node("node-c"), elsewhere]), None);
}

#[test]
fn constraints_on_the_spread_count_the_drained_node_too() {
    let spread = json!({"spec": {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "web"}}}]}});
    let sibling = with(
        owned(pod("web-9", "node-c"), "ReplicaSet", "web-1"),
        &json!({"metadata": {"labels": {"app": "web"}}}),
    );
    assert!(refused(&spread, vec![node("node-c"), sibling]).ends_with("1 would make its spread too uneven"));
    assert_eq!(said_of(&spread, vec![node("node-c")]), None);
}
