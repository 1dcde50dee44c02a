//! Writes objects straight into the etcd of an API server that nothing acts on, as `lab up` starts one: many times quicker than
//! creating them and their statuses through it. The API server takes JSON there as well as the protobuf that it writes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::json::{Json, Layout};
use super::output::Resource;
use super::plan::Plan;

/// Of one transaction; etcd takes 128 operations and 1.5 MiB.
const MOST_OBJECTS: usize = 100;
const MOST_BYTES: usize = 1_000_000;

/// Writes all objects, and returns how many they are.
pub(super) fn write(plan: &Plan, resources: &[Resource], address: &str) -> anyhow::Result<usize> {
    let address = address.trim_start_matches("http://").trim_end_matches('/');
    let mut batch = Batch { address, operations: Vec::new(), bytes: 0, written: 0 };
    for resource in resources {
        let namespaces = if resource.namespaced { &plan.namespaces[..] } else { &plan.namespaces[..1] };
        for namespace in namespaces {
            (resource.build)(plan, namespace, &mut |item| batch.add(resource, item))?;
        }
    }
    batch.send()?;
    Ok(batch.written)
}

struct Batch<'a> {
    address: &'a str,
    operations: Vec<String>,
    bytes: usize,
    written: usize,
}

impl Batch<'_> {
    fn add(&mut self, resource: &Resource, mut item: Json) -> anyhow::Result<()> {
        let key = key(resource, &mut item)?;
        item.push("apiVersion", resource.api_version);
        item.push("kind", resource.kind);
        let mut value = Vec::new();
        item.write(&mut value, Layout::Compact);
        if self.operations.len() >= MOST_OBJECTS || self.bytes + value.len() > MOST_BYTES {
            self.send()?;
        }
        self.bytes += value.len();
        self.operations.push(format!(
            r#"{{"requestPut":{{"key":"{}","value":"{}"}}}}"#,
            BASE64_STANDARD.encode(key),
            BASE64_STANDARD.encode(value)
        ));
        Ok(())
    }

    fn send(&mut self) -> anyhow::Result<()> {
        if self.operations.is_empty() {
            return Ok(());
        }
        let body = format!(r#"{{"success":[{}]}}"#, self.operations.join(","));
        let mut stream =
            TcpStream::connect(self.address).with_context(|| format!("no etcd at {}", self.address))?;
        let (address, length) = (self.address, body.len());
        let head = format!(
            "POST /v3/kv/txn HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "etcd refused: {answer}");
        self.written += self.operations.len();
        (self.operations, self.bytes) = (Vec::new(), 0);
        Ok(())
    }
}

/// Where the API server keeps an object.
fn key(resource: &Resource, item: &mut Json) -> anyhow::Result<String> {
    let plural = resource.name.split('.').next().unwrap_or_default();
    let folder = match plural {
        "nodes" => "minions",
        "services" => "services/specs",
        "endpoints" => "services/endpoints",
        other => other,
    };
    let metadata = item.member_mut("metadata").context("an object without metadata")?;
    let mut text = |name| match metadata.member_mut(name) {
        Some(Json::Str(text)) => Some(text.to_string()),
        _ => None,
    };
    let name = text("name").context("an object without a name")?;
    Ok(match text("namespace") {
        Some(namespace) => format!("/registry/{folder}/{namespace}/{name}"),
        None => format!("/registry/{folder}/{name}"),
    })
}
