//! The live source: reads a cluster's objects from its API server.
//!
//! All but `collect` only fetches. It hands over the lists as the API server wrote them, page by page, and says of each kind
//! whether all of it came; decoding them is somebody else's work, done on another thread while the next page arrives.
//!
//! What holds here:
//! - It sends GET requests and nothing else.
//! - The values of Secrets are never asked for (see `lists`).
//! - Every kind that was asked for ends in a [`Notice`]: complete, cut, or missed and why. Nothing is left out silently.
//! - Nothing waits for ever: a server that sends nothing for [`Options::request_timeout`] is given up on.
//!
//! Way of the data: [`connect`] finds the credentials (`kubeconfig`, `config`, `exec`, `proxy`), `Connection::read`
//! works off the kinds (`work`), `lists` walks the pages of one list, `api` sends one request with retries, `answer`
//! reads one response. [`read_blocking`] does all of it for a caller without a runtime, and [`load`] makes a cluster of it.

mod answer;
mod api;
mod blocking;
mod collect;
mod config;
mod connection;
mod error;
mod exec;
mod failure;
mod follow;
mod kubeconfig;
mod kubelets;
mod lists;
mod logs;
mod proxy;
mod sink;
#[cfg(test)]
mod tests;
mod url;
mod versions;
mod work;

use std::{path::PathBuf, time::Duration};

pub use self::{
    blocking::read_blocking,
    collect::load,
    connection::{Connection, Server, connect},
    error::Error,
    follow::{Update, follow},
    kubelets::{KubeletReply, NoReply},
    logs::{ContainerLog, ContainerRef, NoLog},
    sink::{Changed, Message, Notice, Page, Progress, Sink},
};
pub use crate::decode::page::Encoding;

/// How to reach the cluster and what of it to read. The default is what kubectl does without flags.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The kubeconfig file; without it those in `$KUBECONFIG`, then `~/.kube/config`, then the pod's service account.
    pub kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig to use instead of the current one.
    pub context: Option<String>,
    /// The kubeconfig's cluster to use instead of the context's.
    pub cluster: Option<String>,
    /// The kubeconfig's user to use instead of the context's.
    pub user: Option<String>,
    /// The user to impersonate.
    pub as_user: Option<String>,
    /// The groups to impersonate; only together with `as_user`.
    pub as_groups: Vec<String>,
    /// A bearer token to use instead of the user's credentials.
    pub token: Option<String>,
    /// Don't check the server's certificate.
    pub insecure_skip_tls_verify: bool,
    /// How long the server may send nothing before a request is given up on; 30 s by default.
    pub request_timeout: Option<Duration>,
    /// How long all of it may take, from [`connect`] on; no limit by default. What was read until then stays.
    pub timeout: Option<Duration>,
    /// The namespaces to read; `None` means all. Cluster-scoped kinds are read in any case.
    pub namespaces: Option<Vec<String>>,
    /// The namespace to read of what may not be read in all; the context's, if none is given.
    pub default_namespace: Option<String>,
    /// Fetch ConfigMaps whole, for the names of their keys, instead of only their metadata.
    pub config_map_keys: bool,
    /// Ask kubelets for their figures and settings, through the API server; needs the right to `get nodes/proxy`.
    pub kubelets: bool,
}
