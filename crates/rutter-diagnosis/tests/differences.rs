//! What is told of two states of a cluster.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use rutter_cluster::{Cluster, Kind, LabelSelector};
use rutter_diagnosis::{Scope, What, differences, is_same_cluster};
use rutter_source::{Input, files::Limits};

const BEFORE: &str = r#"{"kind": "List", "apiVersion": "v1", "items": [
  {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": "c1"}},
  {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "old", "uid": "n1"}},
  {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a", "uid": "a1", "labels": {"zone": "x"}},
   "status": {"nodeInfo": {"kubeletVersion": "v1.33.1"}, "allocatable": {"memory": "4000000Ki", "cpu": "2"}}},
  {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "b", "uid": "b1", "labels": {"zone": "x"}},
   "status": {"nodeInfo": {"kubeletVersion": "v1.33.1"}, "allocatable": {"memory": "4000000Ki", "cpu": "2"}}},
  {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "w1", "generation": 3, "labels": {"app": "web"}},
   "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "web", "image": "web:1",
     "resources": {"limits": {"memory": "128Mi"}}}]}}}},
  {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "same", "namespace": "shop", "uid": "s1", "generation": 3},
   "spec": {"replicas": 2}},
  {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "inside", "namespace": "old", "uid": "i1", "generation": 1}},
  {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "agent", "namespace": "kube-system", "uid": "d1", "generation": 1}},
  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "namespace": "shop", "uid": "m1", "resourceVersion": "10"}, "data": {"a": "1"}},
  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt", "namespace": "shop", "uid": "m2", "resourceVersion": "11"}},
  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "leader", "namespace": "kube-system", "uid": "m3", "resourceVersion": "12",
   "annotations": {"control-plane.alpha.kubernetes.io/leader": "{}"}}},
  {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop", "uid": "v1"}, "spec": {"selector": {"app": "web"}}}
]}"#;

const AFTER: &str = r#"{"kind": "List", "apiVersion": "v1", "items": [
  {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": "c1"}},
  {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a", "uid": "a1", "labels": {"zone": "x"}},
   "status": {"nodeInfo": {"kubeletVersion": "v1.34.4"}, "allocatable": {"memory": "3000000Ki", "cpu": "2"}}},
  {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "b", "uid": "b1", "labels": {"zone": "x"}},
   "status": {"nodeInfo": {"kubeletVersion": "v1.34.4"}, "allocatable": {"memory": "3000004Ki", "cpu": "2"}}},
  {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "c", "uid": "c1", "labels": {"zone": "x"}}},
  {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "w1", "generation": 4, "labels": {"app": "web"}},
   "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "web", "image": "web:2"}]}}}},
  {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "same", "namespace": "shop", "uid": "s1", "generation": 4},
   "spec": {"replicas": 2}},
  {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "agent", "namespace": "kube-system", "uid": "d2", "generation": 1}},
  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "namespace": "shop", "uid": "m1", "resourceVersion": "20"}, "data": {"a": "2"}},
  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "leader", "namespace": "kube-system", "uid": "m3", "resourceVersion": "22",
   "annotations": {"control-plane.alpha.kubernetes.io/leader": "{}"}}},
  {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop", "uid": "v1"}, "spec": {"selector": {"app": "wep"}}}
]}"#;

fn cluster(json: &'static str) -> Cluster {
    rutter_source::load(&[Input::Bytes("test".into(), json.as_bytes().into())], &Limits::default()).unwrap()
}

fn told(scope: &Scope) -> Vec<String> {
    let (before, after) = (cluster(BEFORE), cluster(AFTER));
    let mut differences = differences(&before, &after);
    differences.keep_within(scope, &before, &after);
    let tell = |difference: &rutter_diagnosis::Difference| {
        let objects: Vec<String> = difference.objects.iter().map(ToString::to_string).collect();
        let what = match &difference.what {
            What::Changed { field, before, after } => format!("{field}: {before} -> {after}"),
            other => format!("{other:?}"),
        };
        format!("{}: {what}", objects.join(", "))
    };
    differences.all.iter().map(tell).collect()
}

#[test]
fn what_people_and_upgrades_change_is_told_once() {
    assert_eq!(
        told(&Scope::default()),
        [
            "Node c: Appeared",
            "Node a, Node b: allocatable memory: 3.8Gi -> 2.9Gi",
            "Node a, Node b: kubelet: v1.33.1 -> v1.34.4",
            "Namespace old: Gone",
            "Deployment shop/same: spec: generation 3 -> generation 4",
            "Deployment shop/web: image of web: web:1 -> web:2",
            "Deployment shop/web: memory limit of web: 128Mi -> ",
            "DaemonSet kube-system/agent: Replaced",
            "Service shop/web: selector: app=web -> app=wep",
            "ConfigMap shop/web: content: version 10 -> version 20",
        ]
    );
}

#[test]
fn a_scope_leaves_out_the_rest() {
    let scope = Scope { namespaces: Some(["kube-system".into()].into()), selector: None };
    assert_eq!(told(&scope), ["DaemonSet kube-system/agent: Replaced"]);
    let selector: LabelSelector = serde_json::from_str(r#"{"matchLabels": {"app": "web"}}"#).unwrap();
    let of_web = told(&Scope { namespaces: None, selector: Some(selector) });
    assert_eq!(of_web.len(), 2, "{of_web:?}");
}

#[test]
fn what_was_not_seen_in_both_neither_appeared_nor_went() {
    let pods = cluster(r#"{"kind": "PodList", "apiVersion": "v1", "items": []}"#);
    let differences = differences(&pods, &cluster(AFTER));
    assert_eq!(differences.all, []);
    assert!(differences.partly.contains(&Kind::Deployment) && differences.partly.contains(&Kind::Node));
}

#[test]
fn clusters_are_told_apart() {
    let other = cluster(
        r#"{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": "other"}}"#,
    );
    assert_eq!(is_same_cluster(&cluster(BEFORE), &cluster(AFTER)), Some(true));
    assert_eq!(is_same_cluster(&cluster(BEFORE), &other), Some(false));
    let nobody = cluster(r#"{"kind": "PodList", "apiVersion": "v1", "items": []}"#);
    assert_eq!(is_same_cluster(&cluster(BEFORE), &nobody), None);
}

/// What is told of two lists of objects.
fn between(before: &'static str, after: &'static str) -> Vec<String> {
    let list = |items: &str| -> &'static str {
        format!(r#"{{"kind": "List", "apiVersion": "v1", "items": [{items}]}}"#).leak()
    };
    let differences = differences(&cluster(list(before)), &cluster(list(after)));
    let what = |what: What| match what {
        What::Changed { field, before, after } => format!("{field}: {before} -> {after}"),
        other => format!("{other:?}"),
    };
    differences.all.into_iter().map(|difference| what(difference.what)).collect()
}

#[test]
fn a_taint_of_another_effect_is_another_taint() {
    let before = r#"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}, "spec": {"taints": [
        {"key": "k", "effect": "NoSchedule"}, {"key": "same", "value": "v", "effect": "NoExecute"},
        {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]}}"#;
    let after = r#"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}, "spec": {"taints": [
        {"key": "k", "effect": "NoExecute"}, {"key": "same", "value": "v", "effect": "NoExecute"}]}}"#;
    assert_eq!(between(before, after), ["taint k NoExecute:  -> yes", "taint k NoSchedule: yes -> "]);
    assert!(between(before, before).is_empty());
}

const DEPLOYMENT: &str = r#"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"replicas": 3}}"#;

#[test]
fn replicas_that_an_autoscaler_sets_are_told_as_its_doing() {
    const TARGET: &str = r#""apiVersion": "apps/v1", "kind": "Deployment", "name": "web""#;
    const SCALED: &str = r#""lastScaleTime": "2026-11-25T10:05:00Z""#;
    let with = |time: &str, replicas: &str, target: &str, status: &str| -> &'static str {
        let deployment = DEPLOYMENT.replace('3', replicas);
        format!(
            r#"{deployment}, {{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {{"name": "busy", "namespace": "shop"}},
            "spec": {{"minReplicas": 2, "maxReplicas": 9, "scaleTargetRef": {{{target}}}}}, "status": {{{status}}}}},
            {{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {{"name": "a", "namespace": "kube-node-lease"}},
            "spec": {{"renewTime": "2026-11-25T{time}.000000Z"}}}}"#
        )
        .leak()
    };
    let told = |replicas: &str, target: &str, status: &str| {
        between(with("10:00:00", "3", target, status), with("10:10:00", replicas, target, status))
    };
    assert_eq!(told("5", TARGET, SCALED), ["replicas by HPA busy: 3 -> 5"]);
    // Of another workload, or where it never goes, somebody else did it.
    assert_eq!(told("5", &TARGET.replace("web", "api"), SCALED), ["replicas: 3 -> 5"]);
    assert_eq!(told("5", &TARGET.replace("apps/v1", "example.com/v1"), SCALED), ["replicas: 3 -> 5"]);
    assert_eq!(told("0", TARGET, SCALED), ["replicas: 3 -> 0"]);
    // Nor does one that didn't scale in between, or can't.
    assert_eq!(told("5", TARGET, ""), ["replicas: 3 -> 5"]);
    assert_eq!(told("5", TARGET, &SCALED.replace("10:05", "09:55")), ["replicas: 3 -> 5"]);
    let off = format!(r#"{SCALED}, "conditions": [{{"type": "ScalingActive", "status": "False"}}]"#);
    assert_eq!(told("5", TARGET, &off), ["replicas: 3 -> 5"]);
}

#[test]
fn an_edit_of_a_static_pod_is_told_flag_by_flag() {
    let pod = |uid: &str, annotation: &str, version: &str, flags: &str| -> &'static str {
        format!(
            r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "kube-apiserver-a", "namespace": "kube-system", "uid": "{uid}",
            "annotations": {{"{annotation}": "x"}}, "ownerReferences": [{{"apiVersion": "v1", "kind": "Node", "name": "a", "controller": true}}]}},
            "spec": {{"containers": [{{"name": "kube-apiserver", "image": "kube-apiserver:{version}", "command": ["kube-apiserver", {flags}]}}]}}}}"#
        )
        .leak()
    };
    let mirror = "kubernetes.io/config.mirror";
    let before = pod("1", mirror, "v1.33.1", r#""--secure-port=6443", "--profiling""#);
    let after = pod("2", mirror, "v1.34.4", r#""--secure-port=6444", "--profiling""#);
    assert_eq!(
        between(before, after),
        [
            "--secure-port of kube-apiserver: 6443 -> 6444",
            "image of kube-apiserver: kube-apiserver:v1.33.1 -> kube-apiserver:v1.34.4",
        ]
    );
    // A kubelet that starts anew makes its mirror pod anew; and what controllers make is told by their own objects.
    assert!(
        between(before, pod("3", mirror, "v1.33.1", r#""--secure-port=6443", "--profiling""#)).is_empty()
    );
    let other = |version| pod("1", "a", version, r#""--profiling""#);
    assert!(between(other("v1"), other("v2")).is_empty());
}

#[test]
fn credentials_in_commands_never_leave_the_comparison() {
    let of = |n: &str| -> &'static str {
        let command = format!(
            r#""command": ["etcd", "--root-password=hunter,{n}", "--token", "sekrit{n}", "--aws-secret-key=wJalr{n}", "sh", "-c", "x --password 'a b{n}'"]"#
        );
        let probe =
            format!(r#""livenessProbe": {{"exec": {{"command": ["redis-cli", "--pass", "probe{n}"]}}}}"#);
        format!(
            r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "etcd-a", "namespace": "kube-system", "annotations": {{"kubernetes.io/config.mirror": "x"}}}},
              "spec": {{"containers": [{{"name": "etcd", {command}, {probe}}}]}}}},
            {{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {{"name": "web", "namespace": "shop"}},
              "spec": {{"template": {{"spec": {{"containers": [{{"name": "web", {command}, "args": ["--token", "arg{n}"], {probe}}}]}}}}}}}}"#
        )
        .leak()
    };
    let told = between(of("1"), of("2"));
    for secret in ["hunter", ",1", "sekrit", "wJalr", "b1", "probe1", "arg1"] {
        assert!(!told.iter().any(|line| line.contains(secret)), "{secret}: {told:#?}");
    }
    // That they were changed is told.
    assert!(told.contains(&"--root-password of etcd: <redacted> -> <redacted>".to_owned()), "{told:#?}");
    assert!(told.contains(&"--token of etcd: <redacted> -> <redacted>".to_owned()), "{told:#?}");
    assert!(
        told.contains(&"arguments of web: --token <redacted> -> --token <redacted>".to_owned()),
        "{told:#?}"
    );
}
