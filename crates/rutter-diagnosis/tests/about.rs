//! What is said of one object: of many pods, of beginnings, and of what was not written yet.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use rutter_cluster::{Cluster, Kind};
use rutter_diagnosis::{About, Scope, Verdict, about, diagnose};
use rutter_source::{Input, files::Limits, load};
use serde_json::{Value, json};

fn cluster(items: &[Value]) -> Cluster {
    let text = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    load(&[Input::Bytes("items".to_owned(), text.into_bytes().into())], &Limits::default()).unwrap()
}

fn of(cluster: &Cluster, kind: Kind, name: &str) -> About {
    let namespace = if kind.is_namespaced() { "shop" } else { "" };
    let object = cluster.find(kind, namespace, name).unwrap();
    about(cluster, &diagnose(cluster, &Scope::default()), &object)
}

/// A ready pod of ReplicaSet `web-abc` that was killed for its memory so many times.
fn pod(n: usize, restarts: i64) -> Value {
    let last = if restarts == 0 {
        json!({})
    } else {
        json!({"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-30T11:50:00Z",
            "startedAt": "2026-11-30T11:40:00Z"}})
    };
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": format!("web-abc-{n:02}"), "namespace": "shop", "uid": format!("p{n}"),
            "labels": {"app": "web"}, "creationTimestamp": "2026-11-29T12:00:00Z",
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-abc", "uid": "rs",
                "controller": true}]},
        "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": "web:1",
            "resources": {"limits": {"memory": "64Mi"}, "requests": {"memory": "64Mi"}}}]},
        "status": {"phase": "Running", "startTime": "2026-11-29T12:00:00Z",
            "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-30T11:50:10Z"}],
            "containerStatuses": [{"name": "app", "ready": true, "restartCount": restarts, "lastState": last,
                "state": {"running": {"startedAt": "2026-11-30T11:50:05Z"}}}]}})
}

/// An event that says what time it is.
fn now() -> Value {
    json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", "namespace": "other"},
        "involvedObject": {"kind": "Pod", "name": "x", "namespace": "other"}, "reason": "Pulled",
        "lastTimestamp": "2026-11-30T12:00:00Z", "firstTimestamp": "2026-11-30T12:00:00Z"})
}

fn workload(kind: &str, generation: i64, spec: &Value, status: &Value) -> Value {
    json!({"apiVersion": "apps/v1", "kind": kind, "spec": spec, "status": status,
        "metadata": {"name": "web", "namespace": "shop", "uid": "w", "generation": generation}})
}

#[test]
fn restarts_that_no_number_holds_are_told_all_the_same() {
    let mut both = pod(0, i64::MAX);
    let statuses = both["status"]["containerStatuses"].as_array_mut().unwrap();
    let mut second = statuses[0].clone();
    second["name"] = json!("other");
    statuses.push(second);
    let about = of(&cluster(&[both]), Kind::Pod, "web-abc-00");
    assert!(about.state.facts.iter().any(|fact| fact.contains("OOMKilled")), "{:?}", about.state);
}

#[test]
fn what_is_wrong_with_a_pod_that_is_not_shown_is_told() {
    let mut items: Vec<Value> = (0..15).map(|n| pod(n, if n == 14 { 40 } else { 0 })).collect();
    items.push(now());
    items.push(json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "uid": "n"},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]}}));
    items.push(json!({"apiVersion": "v1", "kind": "Service", "spec": {"selector": {"app": "web"}},
        "metadata": {"name": "web", "namespace": "shop", "uid": "s"}}));
    items.push(json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "spec": {"replicas": 15},
        "status": {"replicas": 15, "readyReplicas": 15, "observedGeneration": 1},
        "metadata": {"name": "web-abc", "namespace": "shop", "uid": "rs", "generation": 1}}));
    let cluster = cluster(&items);
    let set = of(&cluster, Kind::ReplicaSet, "web-abc");
    assert_eq!((set.verdict, set.more_pods), (Verdict::Wrong, 5));
    for (kind, name) in [(Kind::Service, "web"), (Kind::Node, "n1")] {
        let about = of(&cluster, kind, name);
        assert!(!about.nearby.is_empty() || !about.threads.is_empty(), "{kind:?}: {about:?}");
        assert_eq!(about.more_pods, 5);
    }
}

#[test]
fn beginnings_are_no_trouble() {
    let mut young = pod(0, 0);
    young["metadata"]["creationTimestamp"] = json!("2026-11-30T11:59:58Z");
    young["status"] = json!({"phase": "Pending"});
    let rolling = workload(
        "Deployment",
        2,
        &json!({"replicas": 4}),
        &json!({"observedGeneration": 2, "replicas": 5,
        "updatedReplicas": 2, "readyReplicas": 3, "conditions": [{"type": "Progressing", "status": "True"}]}),
    );
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"},
        "metadata": {"name": "data", "namespace": "shop", "uid": "c"}, "spec": {"storageClassName": "late"}});
    let class = json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "p",
        "metadata": {"name": "late", "uid": "sc"}, "volumeBindingMode": "WaitForFirstConsumer"});
    let cluster = cluster(&[young, rolling, claim, class, now()]);
    for (kind, name, fact) in [
        (Kind::Pod, "web-abc-00", "2s old"),
        (Kind::Deployment, "web", "its roll-out is under way"),
        (Kind::PersistentVolumeClaim, "data", "once a pod uses it"),
    ] {
        let about = of(&cluster, kind, name);
        assert_eq!(about.state.is_well, None, "{:?}", about.state);
        assert!(about.state.facts.iter().any(|told| told.contains(fact)), "{:?}", about.state);
        assert_ne!(about.verdict, Verdict::Unexplained);
    }
}

#[test]
fn a_status_that_was_not_written_tells_nothing() {
    let stale =
        json!({"observedGeneration": 0, "desiredNumberScheduled": 0, "readyReplicas": 2, "replicas": 2});
    let spec = json!({"replicas": 2});
    for (name, kind) in [
        ("DaemonSet", Kind::DaemonSet),
        ("Deployment", Kind::Deployment),
        ("StatefulSet", Kind::StatefulSet),
        ("ReplicaSet", Kind::ReplicaSet),
    ] {
        let state = of(&cluster(&[workload(name, 5, &spec, &stale)]), kind, "web").state;
        assert_eq!(
            (state.is_well, state.facts[0].as_str()),
            (None, "its status was not written yet"),
            "{name}"
        );
    }
}

#[test]
fn of_many_jobs_of_a_cron_job_the_failed_and_the_newest_are_looked_at() {
    let job = |n: usize| {
        let failed = usize::from(n == 2);
        json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {}, "status": {"failed": failed},
            "metadata": {"name": format!("backup-{n:02}"), "namespace": "shop", "uid": format!("j{n}"),
                "creationTimestamp": format!("2026-11-30T{n:02}:00:00Z"),
                "ownerReferences": [{"apiVersion": "batch/v1", "kind": "CronJob", "name": "backup", "uid": "c",
                    "controller": true}]}})
    };
    let cron_job = json!({"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"schedule": "0 * * * *"},
        "metadata": {"name": "backup", "namespace": "shop", "uid": "c"}});
    let items: Vec<Value> = (0..14).map(job).chain([cron_job, now()]).collect();
    let about = of(&cluster(&items), Kind::CronJob, "backup");
    let names: Vec<&str> = about.kin.iter().map(|kin| kin.object.name.as_str()).collect();
    assert_eq!((names.len(), &names[..3]), (10, &["backup-02", "backup-13", "backup-12"][..]));
}
