//! Talking to the API server.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use http::Request;
use kube::config::{KubeConfigOptions, Kubeconfig};

/// Runs the future that `make` makes to its end. It has a thread of its own, for a caller may be inside a runtime
/// already.
pub(crate) fn block_on<T: Send, F: Future<Output = Result<T>>>(make: impl FnOnce() -> F + Send) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::scope(|scope| scope.spawn(|| runtime.block_on(make())).join())
        .unwrap_or_else(|_| Err(anyhow!("a thread of the lab panicked; what it said is above")))
}

/// A client for the cluster and the user that `kubeconfig` names.
pub(crate) async fn connect(kubeconfig: &Path) -> Result<kube::Client> {
    let read = Kubeconfig::read_from(kubeconfig);
    let config = read.with_context(|| format!("cannot use the kubeconfig {}", kubeconfig.display()))?;
    let mut config = kube::Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await?;
    config.connect_timeout = Some(Duration::from_secs(5));
    config.read_timeout = Some(Duration::from_mins(1));
    Ok(kube::Client::try_from(config)?)
}

/// What the API server says about its readiness: nothing if it is ready, else why not.
pub(crate) async fn unready(client: &kube::Client) -> Option<String> {
    let request = match Request::get("/readyz").body(Vec::new()) {
        Ok(request) => request,
        Err(error) => return Some(error.to_string()),
    };
    client.request_text(request).await.err().map(|error| error.to_string())
}
