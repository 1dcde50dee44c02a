//! From options and kubeconfig to kube's configuration.

use std::{fs, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderValue, Uri, header::USER_AGENT};
use kube::{
    Config,
    config::{AuthInfo, Cluster},
};

use super::{
    Options,
    error::{Error, chain},
    exec,
    kubeconfig::{self, Chosen, Found},
    proxy, url,
};

/// How Rutter introduces itself.
const AGENT: &str = concat!("rutter/", env!("CARGO_PKG_VERSION"));

/// The longest wait for a connection: a server that is there answers sooner.
const CONNECT: Duration = Duration::from_secs(10);

/// The way to one cluster.
pub(super) struct Way {
    /// The context's name, or `in-cluster`.
    pub(super) name: String,
    /// kube's configuration.
    pub(super) config: Config,
}

/// Finds the way that the options, the environment, the files or the pod name.
pub(super) async fn find(options: &Options) -> Result<Way, Error> {
    check(options)?;
    let mut way = match kubeconfig::find(options)? {
        Found::Chosen(chosen) => from_kubeconfig(*chosen, options).await?,
        Found::Nothing { looked_at } => in_cluster(options, looked_at)?,
    };
    let config = &mut way.config;
    config.connect_timeout = Some(super::api::patience(options).min(CONNECT));
    // Retries are our own, bounded and known to the notes; kube's go on for hours.
    config.default_retry = false;
    config.disable_compression |= proxy::is_loopback(&config.cluster_url);
    config.accept_invalid_certs |= options.insecure_skip_tls_verify;
    config.headers.push((USER_AGENT, HeaderValue::from_static(AGENT)));
    Ok(way)
}

fn check(options: &Options) -> Result<(), Error> {
    if options.as_user.is_none() && !options.as_groups.is_empty() {
        return Err(Error::config("--as-group needs a user to act as: add --as"));
    }
    match options
        .namespaces
        .iter()
        .flatten()
        .chain(&options.default_namespace)
        .find(|name| !url::is_label(name))
    {
        Some(name) => Err(Error::config(format!("{name:?} can't be the name of a namespace"))),
        None => Ok(()),
    }
}

/// Puts the options' token and impersonation in place of the user's own.
fn override_user(user: &mut AuthInfo, options: &Options) {
    if let Some(token) = &options.token {
        user.token = Some(token.clone().into());
        user.token_file = None;
        user.exec = None;
        user.auth_provider = None;
        user.username = None;
        user.password = None;
        // A server that is shown a certificate doesn't look at the token.
        user.client_certificate = None;
        user.client_certificate_data = None;
        user.client_key = None;
        user.client_key_data = None;
    }
    if let Some(name) = &options.as_user {
        user.impersonate = Some(name.clone());
        user.impersonate_groups = Some(options.as_groups.clone());
        user.impersonate_uid = None;
        user.impersonate_user_extra = None;
    }
}

async fn from_kubeconfig(mut chosen: Chosen, options: &Options) -> Result<Way, Error> {
    let server = server(&chosen.cluster)?;
    override_user(&mut chosen.user, options);
    let mut config = Config::new(server.clone());
    config.root_cert = authorities(&chosen.cluster)?;
    config.proxy_url = proxy::choose(chosen.cluster.proxy_url.as_deref(), &server)?;
    config.accept_invalid_certs = chosen.cluster.insecure_skip_tls_verify.unwrap_or(false);
    config.disable_compression = chosen.cluster.disable_compression.unwrap_or(false);
    config.tls_server_name = chosen.cluster.tls_server_name.clone();
    if let Some(namespace) = chosen.namespace {
        config.default_namespace = namespace;
    }
    let failed = |why| Error::Credentials { server: address(&server), why };
    exec::resolve(&mut chosen.user, &chosen.cluster).await.map_err(failed)?;
    config.auth_info = chosen.user;
    Ok(Way { name: chosen.name, config })
}

fn in_cluster(options: &Options, looked_at: String) -> Result<Way, Error> {
    let mut config = Config::incluster_env().map_err(|_| Error::NoConfig { looked_at })?;
    config.proxy_url = proxy::choose(None, &config.cluster_url)?;
    override_user(&mut config.auth_info, options);
    Ok(Way { name: "in-cluster".into(), config })
}

/// The server's address as a URL. As with kubectl, it may lack the scheme.
fn server(cluster: &Cluster) -> Result<Uri, Error> {
    let text = cluster.server.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| Error::config("the cluster in the kubeconfig has no server"))?;
    let secured = cluster.certificate_authority.is_some() || cluster.certificate_authority_data.is_some();
    let text = match (text.contains("://"), secured) {
        (true, _) => text.to_owned(),
        (false, true) => format!("https://{text}"),
        (false, false) => format!("http://{text}"),
    };
    let uri: Option<Uri> = text.parse().ok();
    let is_web = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    uri.filter(is_web)
        .ok_or_else(|| Error::config(format!("the server in the kubeconfig is not a URL: {text:?}")))
}

/// The address as shown: without a user's name and password.
pub(super) fn address(server: &Uri) -> String {
    let host = server.authority().map_or("", |authority| authority.as_str());
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let path = server.path().trim_end_matches('/');
    format!("{}://{host}{path}", server.scheme_str().unwrap_or("https"))
}

/// The certificates that the server's must go back to, as DER; `None` means the machine's own.
fn authorities(cluster: &Cluster) -> Result<Option<Vec<Vec<u8>>>, Error> {
    let wrong =
        |why: String| Error::config(format!("the cluster's certificate authority can't be used: {why}"));
    let given = cluster.certificate_authority_data.as_deref().filter(|text| !text.is_empty());
    let bytes = match (given, cluster.certificate_authority.as_deref().filter(|path| !path.is_empty())) {
        (Some(text), _) => BASE64_STANDARD.decode(text.trim()).map_err(|error| wrong(chain(&error)))?,
        (None, Some(path)) => fs::read(path).map_err(|error| wrong(format!("{path}: {error}")))?,
        (None, None) => return Ok(None),
    };
    let blocks = pem::parse_many(bytes).map_err(|error| wrong(chain(&error)))?;
    let certificates = blocks.into_iter().filter(|block| block.tag() == "CERTIFICATE");
    let certificates: Vec<_> = certificates.map(pem::Pem::into_contents).collect();
    if certificates.is_empty() {
        return Err(wrong("it holds no certificate".into()));
    }
    Ok(Some(certificates))
}
