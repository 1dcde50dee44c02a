//! Fake nodes: objects that kwok answers for.

use std::path::Path;

use anyhow::{Context, Result};
use futures::{StreamExt, TryStreamExt, stream};
use http::Request;
use serde_json::{Value, json};

use crate::client;

/// How many there may be: as many as have a range of addresses for their pods.
pub const MOST: u32 = 25_000;

/// How many are made at a time.
const AT_ONCE: usize = 16;

/// Makes the objects of `count` fake nodes. Their taint keeps away what is to run, and not only to seem so.
pub(crate) async fn register(kubeconfig: &Path, count: u32) -> Result<()> {
    let client = client::connect(kubeconfig).await?;
    let requests = stream::iter((0..count).map(|index| {
        let client = client.clone();
        async move {
            let request = Request::post("/api/v1/nodes")
                .header("Content-Type", "application/json")
                .body(node(index).to_string().into_bytes())?;
            let made = client.request_text(request).await;
            made.with_context(|| format!("cannot make the Node {}", name(index)))
        }
    }));
    requests.buffer_unordered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await
}

fn name(index: u32) -> String {
    format!("fake-{index:05}")
}

fn node(index: u32) -> Value {
    // Apart from all other addresses of the lab.
    let range = format!("10.{}.{}.0/24", 112 + index / 256, index % 256);
    let room = json!({ "cpu": "32", "memory": "128Gi", "ephemeral-storage": "200Gi", "pods": "110" });
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name(index),
            "annotations": { "kwok.x-k8s.io/node": "fake" },
            "labels": {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name(index),
                "kubernetes.io/os": "linux",
                "type": "kwok",
            },
        },
        "spec": {
            "podCIDR": range,
            "podCIDRs": [range],
            "taints": [{ "key": "kwok.x-k8s.io/node", "value": "fake", "effect": "NoSchedule" }],
        },
        "status": { "capacity": room, "allocatable": room },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_has_addresses_that_nobody_else_has() {
        // The machine's link to the lab is at 10.213, which comes next.
        assert_eq!(node(MOST - 1)["spec"]["podCIDR"], "10.209.167.0/24");
        assert_eq!(node(256)["spec"]["podCIDR"], "10.113.0.0/24");
    }
}
