//! What kubelets are asked, and what is told of those that don't answer.

use rutter_cluster::Cluster;

use super::{
    server::{Reply, Server, json, status},
    *,
};

/// Three nodes: one that is well, one that complains, one that is silent.
const NODES: &str = r#"{"kind":"NodeList","apiVersion":"v1","metadata":{},"items":[
    {"metadata":{"name":"well"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},
    {"metadata":{"name":"full"},"status":{"conditions":[{"type":"DiskPressure","status":"True"}]}},
    {"metadata":{"name":"lost"},"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}]}"#;

/// What is read when kubelets answer so, and how many requests were for them.
fn kubelets(asks: bool, answer: fn(&str) -> Reply) -> (Cluster, usize) {
    let server = Server::start(move |request| match request.path() {
        "/api/v1/nodes" => Some(json(200, NODES)),
        path if path.contains("/proxy/") => Some(answer(path)),
        _ => None,
    });
    let options = Options { kubelets: asks, ..server.options() };
    let cluster = load(&options, &[Kind::Node], &mut |_| {}).unwrap();
    let count = server.count("/proxy/");
    (cluster, count)
}

#[test]
fn kubelets_are_asked_only_when_that_is_wanted() {
    let says = |path: &str| match path {
        "/api/v1/nodes/well/proxy/stats/summary" => json(200, r#"{"node":{"nodeName":"well"},"pods":[]}"#),
        "/api/v1/nodes/well/proxy/configz" => {
            json(200, r#"{"kubeletconfig":{"evictionHard":{"nodefs.available":"9%"}}}"#)
        }
        _ => status(503, "dial tcp 10.0.0.9:10250: connect: connection refused"),
    };
    let (cluster, asked) = kubelets(true, says);
    let well = &cluster.kubelets()["well"];
    assert!(well.stats.is_some() && well.config.is_some() && cluster.kubelets().len() == 1);
    let problems = cluster.coverage().problems.join("; ");
    assert!(
        problems.contains("one node") && problems.contains("10250: connect: connection refused"),
        "{problems}"
    );
    assert!(problems.contains("1 silent kubelet was not asked"), "{problems}");
    // Who does not answer the first question is not asked the second.
    assert_eq!(asked, 3);
    assert_eq!(kubelets(false, says).1, 0);
}

#[test]
fn why_a_kubelet_was_not_heard_is_told() {
    let problems = |answer| kubelets(true, answer).0.coverage().problems.join("; ");
    let forbidden = problems(|_| status(403, "nodes \\\"well\\\" is forbidden"));
    assert!(forbidden.contains("get nodes/proxy") && !forbidden.contains("not heard"), "{forbidden}");
    let strange = problems(|_| json(200, "[]"));
    assert!(strange.contains("2 nodes") && strange.contains("not the answer of a kubelet"), "{strange}");
    let broken = problems(|_| json(200, r#"{"node":{"nodeName":"well"},"pods":3}"#));
    assert!(broken.contains("invalid type"), "{broken}");
}
