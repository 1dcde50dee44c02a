//! Making an object look older than it is.
//!
//! The API server sets the time at which an object was made, and lets nobody change it. So it is changed where it is kept.

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::Request;
use rutter_cluster::Time;
use serde_json::{Value, json};

use super::spec::{Backdate, Scenario};
use crate::{Folder, client};

/// How often it is tried, for a kubelet may write in between.
const TRIES: usize = 10;

impl Scenario {
    /// Moves all times of an object back.
    pub(super) fn backdate(&self, cluster: &Folder, of: &Backdate) -> Result<()> {
        for _ in 0..TRIES {
            let get = ["-n", &self.name, "get", &of.kind, &of.name, "--show-managed-fields", "-o", "json"];
            let mut object: Value = serde_json::from_str(&cluster.kubectl(&get)?)?;
            let revision = object["metadata"]["resourceVersion"].take();
            let revision = revision.as_str().context("an object without a version")?.to_owned();
            let key = key(&of.kind, &object);
            move_back(&mut object, of.seconds);
            if put(cluster, &key, &revision, &object)? {
                return Ok(());
            }
        }
        bail!("{} {} was written again and again meanwhile", of.kind, of.name)
    }
}

/// Where etcd keeps it.
fn key(kind: &str, object: &Value) -> String {
    let kind = match kind {
        // The name that nodes had first.
        "nodes" => "minions",
        "services" => "services/specs",
        "ingresses" => "ingress",
        "apiservices" => "apiregistration.k8s.io/apiservices",
        kind => kind,
    };
    let text = |field: &str| object["metadata"][field].as_str().map(|text| format!("/{text}"));
    format!("/registry/{kind}{}{}", text("namespace").unwrap_or_default(), text("name").unwrap_or_default())
}

fn move_back(value: &mut Value, seconds: i64) {
    match value {
        Value::String(text) => {
            if let Some(time) = Time::parse(text) {
                *text = time.plus(-seconds).to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| move_back(item, seconds)),
        Value::Object(fields) => fields.values_mut().for_each(|field| move_back(field, seconds)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Puts an object into etcd, unless somebody wrote it since `revision`; then it is left, and `false`. The API server reads JSON
/// there as well as what it writes itself.
fn put(cluster: &Folder, key: &str, revision: &str, object: &Value) -> Result<bool> {
    let key = BASE64_STANDARD.encode(key);
    let value = BASE64_STANDARD.encode(object.to_string());
    let transaction = json!({
        "compare": [{ "key": key, "target": "MOD", "result": "EQUAL", "mod_revision": revision }],
        "success": [{ "requestPut": { "key": key, "value": value } }],
    });
    let state = cluster.state()?.unwrap_or_default();
    let address = state.server.split(':').next().unwrap_or_default().to_owned();
    let answer: Value = client::block_on(|| async move {
        let etcd = kube::Config::new(format!("http://{address}:2379").parse()?);
        let request = Request::post("/v3/kv/txn").body(transaction.to_string().into_bytes())?;
        kube::Client::try_from(etcd)?.request(request).await.context("etcd does not take it")
    })?;
    Ok(answer["succeeded"] == true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_times_move_and_nothing_else() {
        let mut node = json!({
            "metadata": { "name": "node-b", "creationTimestamp": "2026-03-02T10:00:00Z" },
            "spec": { "taints": [{ "key": "2026", "timeAdded": "2026-03-02T10:00:05Z" }] },
            "status": { "capacity": { "cpu": "2" } },
        });
        move_back(&mut node, 86_400);
        let moved = json!({
            "metadata": { "name": "node-b", "creationTimestamp": "2026-03-01T10:00:00Z" },
            "spec": { "taints": [{ "key": "2026", "timeAdded": "2026-03-01T10:00:05Z" }] },
            "status": { "capacity": { "cpu": "2" } },
        });
        assert_eq!(node, moved);
    }

    #[test]
    fn where_etcd_keeps_objects() {
        assert_eq!(key("nodes", &json!({ "metadata": { "name": "node-b" } })), "/registry/minions/node-b");
        let set = json!({ "metadata": { "name": "agent", "namespace": "a" } });
        assert_eq!(key("daemonsets", &set), "/registry/daemonsets/a/agent");
    }
}
