//! The nodes in the API server.

use std::path::Path;

use anyhow::{Context, Result};
use http::Request;
use serde_json::{Value, json};

use super::Node;
use crate::client;
use crate::network::pod_range;

/// Makes the nodes' objects before kubelet would, with the range of pods that each node's network is configured for.
pub(crate) async fn register(kubeconfig: &Path, nodes: &[Node]) -> Result<()> {
    let client = client::connect(kubeconfig).await?;
    for node in nodes {
        let range = pod_range(node.record.index);
        // As kubelet has it for a node that it makes itself: nothing runs there before the cloud knows it.
        let uninitialized = json!([{
            "key": "node.cloudprovider.kubernetes.io/uninitialized", "value": "true", "effect": "NoSchedule",
        }]);
        let taints = if node.record.cloud { uninitialized } else { Value::Null };
        let object = json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": { "name": node.name() },
            "spec": { "podCIDR": range, "podCIDRs": [range], "taints": taints },
        });
        let request = Request::post("/api/v1/nodes")
            .header("Content-Type", "application/json")
            .body(object.to_string().into_bytes())?;
        let name = node.name();
        client.request_text(request).await.with_context(|| format!("cannot make the Node {name}"))?;
    }
    Ok(())
}

/// Which of so many nodes are not ready; nothing if all are.
pub(crate) async fn unready(kubeconfig: &Path, nodes: usize) -> Result<Option<String>> {
    let client = client::connect(kubeconfig).await?;
    let list: Value = client.request(Request::get("/api/v1/nodes").body(Vec::new())?).await?;
    let items = list["items"].as_array().map_or(&[][..], Vec::as_slice);
    let unready: Vec<_> = items.iter().filter(|node| !is_ready(node)).collect();
    // Thousands say the same.
    let why: Vec<_> = unready.iter().take(5).map(|node| why(node)).collect();
    Ok((items.len() < nodes || !unready.is_empty()).then(|| why.join("; ")))
}

fn condition(node: &Value) -> Option<&Value> {
    node["status"]["conditions"].as_array()?.iter().find(|condition| condition["type"] == "Ready")
}

/// A node that was just ready still has the taint of when it was not, and no pod goes there.
fn is_ready(node: &Value) -> bool {
    let ready = condition(node).is_some_and(|ready| ready["status"] == "True");
    let mut taints = node["spec"]["taints"].as_array().into_iter().flatten();
    // Those of a fake node and those of people do not begin so.
    ready && !taints.any(|taint| taint["key"].as_str().is_some_and(|key| key.starts_with("node.")))
}

fn why(node: &Value) -> String {
    let name = node["metadata"]["name"].as_str().unwrap_or_default();
    let said = condition(node)
        .map_or("its kubelet has not reported yet", |ready| ready["message"].as_str().unwrap_or_default());
    format!("{name}: {said}")
}
