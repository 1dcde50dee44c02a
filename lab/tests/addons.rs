//! A cluster with everything that it can have: images come from a registry, volumes are made, metrics are served, a cloud
//! gives and refuses, and fake nodes run fake pods.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::time::{Duration, Instant};

use lab::{Addon, Cluster, NodeOptions, Options};
use serde_json::{Value, json};

const FAKE_NODES: u32 = 50;

fn options() -> Options {
    let nodes = vec![NodeOptions::default(); 2];
    let addons = "all".parse().unwrap();
    Options { nodes, addons, fake_nodes: FAKE_NODES, ..Options::default() }
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_mins(2), "the time is over before {what}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// The objects that `kubectl get` gives for `args`.
fn get(cluster: &Cluster, args: &[&str]) -> Vec<Value> {
    let text = cluster.kubectl(&[&["get", "-o", "json"], args].concat()).unwrap();
    let list: Value = serde_json::from_str(&text).unwrap();
    list["items"].as_array().unwrap().clone()
}

/// Whether there is an event about `object` with this reason, whose message has `part`.
fn has_event(cluster: &Cluster, object: &str, reason: &str, part: &str) -> bool {
    get(cluster, &["events"]).iter().any(|event| {
        event["involvedObject"]["name"].as_str().unwrap().starts_with(object)
            && event["reason"] == reason
            && event["message"].as_str().unwrap().contains(part)
    })
}

fn run_from_registry(cluster: &Cluster, pod: &str, image: &str) {
    let image = format!("--image=registry.lab:5000/{image}");
    let run = ["run", pod, &image, "--image-pull-policy=Always", "--restart=Never", "--", "sleep", "3600"];
    cluster.kubectl(&run).unwrap();
}

fn is_running(cluster: &Cluster, pod: &str) -> bool {
    cluster.kubectl(&["get", "pod", pod, "-o", "jsonpath={.status.phase}"]).unwrap() == "Running"
}

#[test]
fn all_addons_do_their_work() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = Cluster::start_with(&dir.path().join("lab"), &options()).unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/addons.yaml");
    cluster.kubectl(&["apply", "-f", file]).unwrap();

    registry(&cluster);
    cloud(&cluster);
    storage(&cluster);
    fake_nodes(&cluster);
    metrics(&cluster);
}

fn registry(cluster: &Cluster) {
    run_from_registry(cluster, "pulled", "lab/busybox:v1");
    run_from_registry(cluster, "no-tag", "lab/busybox:v2");
    wait_for("an image is pulled", || is_running(cluster, "pulled"));
    wait_for("a tag is not found", || has_event(cluster, "no-tag", "Failed", "not found"));
    cluster.folder().push("busybox", "lab/busybox:v2").unwrap();
    wait_for("the tag is found after all", || is_running(cluster, "no-tag"));

    cluster.folder().stop_addon(Addon::Registry).unwrap();
    run_from_registry(cluster, "no-registry", "lab/busybox:v3");
    wait_for("nobody listens", || has_event(cluster, "no-registry", "Failed", "connection refused"));
    cluster.folder().start_addon(Addon::Registry).unwrap();
    // It has what it had: asked for it again, for the nodes have it, too.
    run_from_registry(cluster, "again", "lab/busybox:v1");
    wait_for("the registry is back", || is_running(cluster, "again"));
}

fn cloud(cluster: &Cluster) {
    let address = |service: &str| {
        let path = "jsonpath={.status.loadBalancer.ingress[0].ip}";
        cluster.kubectl(&["get", "service", service, "-o", path]).unwrap()
    };
    wait_for("the Service has an address", || address("web").starts_with("192.0.2."));
    for node in ["node-a", "node-b"] {
        let path =
            "jsonpath={.spec.providerID} {.status.conditions[?(@.type==\"NetworkUnavailable\")].reason}";
        wait_for("the node has its route", || {
            cluster.kubectl(&["get", "node", node, "-o", path]).unwrap()
                == format!("lab://{node} RouteCreated")
        });
    }
    let refuses = json!({ "loadBalancers": { "refuse": "quota exceeded: no load balancer is left" } });
    cluster.folder().set_cloud(&refuses).unwrap();
    cluster.kubectl(&["create", "service", "loadbalancer", "late", "--tcp=80"]).unwrap();
    wait_for("a load balancer is refused", || {
        has_event(cluster, "late", "SyncLoadBalancerFailed", "quota exceeded: no load balancer is left")
    });
    assert_eq!(address("late"), "");
    cluster.folder().set_cloud(&Value::Null).unwrap();
    wait_for("the cloud gives again", || address("late").starts_with("192.0.2."));
}

fn storage(cluster: &Cluster) {
    wait_for("the pod has its volume", || is_running(cluster, "keeper"));
    let claims = get(cluster, &["persistentvolumeclaims"]);
    assert_eq!(claims[0]["status"]["phase"], "Bound");
    assert_eq!(claims[0]["spec"]["storageClassName"], "local-path");
    let read = ["exec", "keeper", "--", "cat", "/data/kept"];
    wait_for("the volume holds what was written", || {
        cluster.kubectl(&read).is_ok_and(|text| text == "yes\n")
    });
}

fn fake_nodes(cluster: &Cluster) {
    assert_eq!(get(cluster, &["nodes", "--selector=type=kwok"]).len(), FAKE_NODES as usize);
    wait_for("fake pods run", || {
        let pods = get(cluster, &["pods", "--selector=app=fleet"]);
        let running = pods.iter().filter(|pod| pod["status"]["phase"] == "Running");
        let on_fakes = running.filter(|pod| pod["spec"]["nodeName"].as_str().unwrap().starts_with("fake-"));
        on_fakes.count() == 100
    });
}

fn metrics(cluster: &Cluster) {
    wait_for("there are metrics of both nodes", || {
        cluster.kubectl(&["top", "nodes"]).is_ok_and(|top| {
            ["node-a", "node-b"]
                .iter()
                .all(|node| top.lines().any(|line| line.starts_with(node) && line.contains("Mi")))
        })
    });
    wait_for("there are metrics of pods", || {
        cluster.kubectl(&["top", "pods"]).is_ok_and(|top| top.contains("busy"))
    });
    wait_for("the autoscaler adds a pod", || {
        let scalers = get(cluster, &["horizontalpodautoscalers"]);
        scalers[0]["status"]["desiredReplicas"].as_u64() >= Some(2)
    });
}
