//! Real nodes with kubelets: what `rutter node` does, beside what a budget allows, killed in the middle.

use lab::{Cluster, NodeOptions, Options};
use serde_json::{Value, json};

use super::bench::{Bench, wait_for};

/// A Deployment whose budget lets none of its pods go, and one that is alone.
fn workloads() -> Value {
    let deployment = |name: &str, replicas: u64| {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {
                    "terminationGracePeriodSeconds": 1,
                    "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1,
                        "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": name}}}}]}},
                    "containers": [{"name": "app", "image": "lab/busybox:v1", "command": ["sleep", "3600"]}],
                },
            }},
        })
    };
    let budget = json!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "api"},
        "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "api"}}},
    });
    json!({"apiVersion": "v1", "kind": "List", "items": [deployment("api", 2), deployment("single", 1), budget]})
}

fn ready(bench: &Bench, deployment: &str, replicas: u64) {
    wait_for("the pods to be ready", || {
        bench.kubectl(&["get", "deployment", deployment, "-o", "jsonpath={.status.readyReplicas}"])
            == replicas.to_string()
    });
}

fn state(bench: &Bench) -> String {
    let nodes =
        bench.kubectl(&["get", "nodes", "-o", "jsonpath={range .items[*]}{.metadata.name} {.spec} {end}"]);
    nodes + &bench.kubectl(&["get", "pods", "-o", "jsonpath={range .items[*]}{.metadata.uid} {end}"])
}

#[test]
fn a_node_is_not_touched_where_a_budget_allows_nothing_and_maintained_over_a_kill_where_it_does() {
    let options = Options { nodes: vec![NodeOptions::default(); 2], ..Options::default() };
    let bench = Bench::of(|dir| Cluster::start_with(dir, &options).unwrap());
    bench.create(&workloads());
    ready(&bench, "api", 2);
    ready(&bench, "single", 1);
    // A pod of each Deployment is on it, as far as the scheduler wants it.
    let node = bench.kubectl(&["get", "pods", "-l", "app=api", "-o", "jsonpath={.items[0].spec.nodeName}"]);

    let before = state(&bench);
    let refused = bench.rutter(&["node", "drain", &node, "--force", "--yes"]);
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(said.contains("BLOCKER") && said.contains("PDB default/api allows 0 disruptions"), "{said}");
    assert_eq!(state(&bench), before, "kubectl drain would have left the node cordoned and half empty");

    bench.kubectl(&["scale", "deployment", "api", "--replicas=3"]);
    ready(&bench, "api", 3);
    let mut run = bench.start_rutter(&["node", "maintain", &node, "--force", "--ready-for=1s", "--yes"]);
    run.wait_for_line("done        Cordon");
    run.kill();
    let list = bench.rutter(&["journal", "list"]);
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let operation = list.lines().last().unwrap().split_whitespace().nth(1).unwrap();
    let resumed = bench.rutter(&["journal", "resume", operation]);
    assert_eq!(resumed.status.code(), Some(0), "{resumed:?}");
    let left =
        bench.kubectl(&["get", "pods", "--field-selector", &format!("spec.nodeName={node}"), "-o", "name"]);
    assert_eq!(left, "", "the node is empty, and its maintenance waits for a person: {resumed:?}");
    assert_eq!(bench.of_node(&node, "{.spec.unschedulable}"), "true");

    let restored = bench.rutter(&["node", "restore", &node]);
    assert!(restored.status.success(), "{restored:?}");
    assert_eq!(bench.of_node(&node, "{.spec.unschedulable}"), "");
    assert!(!bench.of_node(&node, "{.metadata.annotations}").contains("rutter.dev"));
    ready(&bench, "api", 3);
    let mut taken = bench.taken();
    taken.sort();
    let writes = taken.len();
    taken.dedup();
    // A node is patched twice or thrice: cordoned, uncordoned, released. No pod is evicted twice.
    assert!(writes - taken.len() <= 2, "{taken:?}");
}
