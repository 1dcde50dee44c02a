//! An API server that is away for a while, and a store that changes and forgets meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{Cluster, ready};
use crate::client;

const API_SERVER: &str = "kube-apiserver";

impl Cluster {
    /// Kills the API server, as a crash would.
    pub fn kill_api_server(&mut self) -> Result<()> {
        let at = self.children.iter().position(|(name, _)| *name == API_SERVER);
        let (_, mut child) = self.children.remove(at.context("the API server does not run")?);
        child.kill().context("cannot kill the API server")?;
        child.wait().context("cannot wait for the API server")?;
        self.state.processes.retain(|process| process.name != API_SERVER);
        self.folder.save(&self.state)
    }

    /// Starts it again where it was, and waits until it is ready.
    pub fn start_api_server(&mut self) -> Result<()> {
        let command = self.api_server.take().context("there was no API server")?;
        self.spawn_in_network(API_SERVER, &command)?;
        self.api_server = Some(command);
        let admin = self.admin_kubeconfig.clone();
        let deadline = Instant::now() + Duration::from_mins(2);
        self.wait("kube-apiserver is ready again", deadline, || {
            client::block_on(|| ready(&admin)).unwrap_or_else(|error| Some(format!("{error:#}")))
        })
    }

    /// Deletes an object from the store, past the API server: `/registry/pods/shop/web-0`. Gives the store's revision.
    pub fn delete_stored(&self, key: &str) -> Result<i64> {
        let answer = self.etcd("/v3/kv/deleterange", &json!({ "key": BASE64_STANDARD.encode(key) }))?;
        if answer["deleted"] != "1" {
            bail!("{key} is not in the store: {answer}");
        }
        let revision = answer["header"]["revision"].as_str().and_then(|revision| revision.parse().ok());
        revision.with_context(|| format!("etcd tells no revision: {answer}"))
    }

    /// Has the store forget all that was before a revision.
    pub fn compact_store(&self, revision: i64) -> Result<()> {
        let order = json!({ "revision": revision.to_string(), "physical": true });
        self.etcd("/v3/kv/compaction", &order).map(drop)
    }

    /// Asks etcd by its JSON gateway.
    fn etcd(&self, path: &str, body: &Value) -> Result<Value> {
        let at = self.etcd_address.as_deref().context("there is no etcd")?;
        let body = body.to_string();
        let mut stream = TcpStream::connect(at).context("cannot reach etcd")?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.0\r\nHost: {at}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).context("etcd did not answer")?;
        let (head, body) = answer.split_once("\r\n\r\n").context("etcd's answer is cut off")?;
        if !head.lines().next().is_some_and(|status| status.contains(" 200 ")) {
            bail!("etcd refused {path}: {body}");
        }
        serde_json::from_str(body).context("etcd's answer is not JSON")
    }
}
