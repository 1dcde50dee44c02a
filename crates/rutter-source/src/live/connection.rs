//! Connecting, and what is known of the server from it.

use std::sync::Arc;

use http::{HeaderMap, header};
use rutter_cluster::Kind;
use serde::Deserialize;

use super::{
    Options,
    api::{Api, Clock},
    config::{self, Way},
    error::{Error, chain},
    failure::Failure,
    follow::Listed,
    kubelets, logs,
    sink::Out,
    versions::Served,
    work,
};

/// The API server as it introduced itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The context's name, or `in-cluster`.
    pub name: String,
    /// The server's address, without credentials.
    pub address: String,
    /// Its version (`v1.34.4`); empty if it doesn't tell.
    pub version: String,
    /// Its clock, in seconds since 1970; `None` if it doesn't tell.
    pub time: Option<i64>,
    /// The namespace of the context.
    pub default_namespace: String,
}

/// A connection to an API server that has answered.
pub struct Connection {
    pub(super) api: Arc<Api>,
    pub(super) options: Arc<Options>,
    server: Server,
}

/// Finds the credentials, connects and asks for the version.
pub async fn connect(options: &Options) -> Result<Connection, Error> {
    let clock = Clock::start(options);
    let way = clock.limit(config::find(options)).await;
    let way = way.map_err(|failure| Error::config(format!("can't connect: {failure}")))??;
    let address = config::address(&way.config.cluster_url);
    let Way { name, config } = way;
    let given = options.default_namespace.clone();
    let default_namespace = given.unwrap_or_else(|| config.default_namespace.clone());
    let client = kube::Client::try_from(config).map_err(|error| unusable(&address, &error))?;
    let api = Api::new(client, clock);
    let (version, time) = introduction(&api).await.map_err(|failure| refuse(&address, failure))?;
    let server = Server { name, address, version, time, default_namespace };
    Ok(Connection { api: Arc::new(api), options: Arc::new(options.clone()), server })
}

impl Connection {
    /// The API server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The client that reads, for who also writes: nothing in this crate does.
    pub fn client(&self) -> kube::Client {
        self.api.client()
    }

    /// Reads all objects of the kinds, several kinds at once, and sends pages and notices; beside them the ends of the previous
    /// logs that are wanted. Returns the lists that came
    /// whole.
    ///
    /// An error only if the server doesn't accept the credentials any more and nothing could be read.
    pub(super) async fn read(&self, kinds: &[Kind], out: Out) -> Result<Vec<Listed>, Error> {
        Box::pin(logs::read_beside(&self.api, &out, self.read_lists(kinds, out.clone()))).await
    }

    async fn read_lists(&self, kinds: &[Kind], out: Out) -> Result<Vec<Listed>, Error> {
        let served = match Served::ask(&self.api).await {
            Ok(served) => served,
            Err(Failure::Refused { code: 401, message, .. }) => return Err(self.unauthorized(message)),
            // The lists will say what is wrong, each for itself.
            Err(_) => Served::default(),
        };
        work::run(self, served, kinds, out).await
    }

    /// Asks the kubelets of the nodes for their figures and settings, a few at a time.
    pub async fn kubelets(&self, wanted: Vec<String>, out: Out) {
        kubelets::read(&self.api, wanted, out).await;
    }

    /// The API server, for what has no end.
    pub(super) fn without_end(&self) -> Arc<Api> {
        Arc::new(self.api.without_end())
    }

    pub(super) fn unauthorized(&self, why: String) -> Error {
        Error::Unauthorized { server: self.server.address.clone(), why }
    }
}

/// The server's version and time. A server that doesn't tell the one may tell the other.
async fn introduction(api: &Api) -> Result<(String, Option<i64>), Failure> {
    #[derive(Deserialize)]
    struct Version {
        #[serde(rename = "gitVersion", default)]
        git: String,
    }
    let (headers, answer) = match api.open("/version", "application/json", &["application/json"]).await {
        Ok(answer) => answer,
        Err(Failure::Refused { code: 403 | 404, .. }) => return Ok((String::new(), None)),
        Err(failure) => return Err(failure),
    };
    let time = date(&headers);
    let bytes = answer.rest().await?;
    let version =
        serde_json::from_slice(&bytes).map_or_else(|_| String::new(), |version: Version| version.git);
    Ok((version, time))
}

/// When an answer was sent by the server's clock, in seconds since 1970.
pub(super) fn date(headers: &HeaderMap) -> Option<i64> {
    seconds(headers.get(header::DATE)?.to_str().ok()?)
}

/// The seconds since 1970 of an HTTP date.
fn seconds(date: &str) -> Option<i64> {
    let zoned = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(zoned.as_second())
}

/// Why kube can't make a client of the configuration.
fn unusable(address: &str, error: &kube::Error) -> Error {
    let why = chain(error);
    match error {
        kube::Error::Auth(error) => Error::Credentials { server: address.into(), why: chain(error) },
        kube::Error::InferKubeconfig(error) => Error::config(chain(error)),
        _ => Error::config(format!("the kubeconfig can't be used: {why}")),
    }
}

/// Why the server can't be read.
fn refuse(address: &str, failure: Failure) -> Error {
    let server = address.to_owned();
    match failure {
        Failure::Refused { code: 401, message, .. } => Error::Unauthorized { server, why: message },
        Failure::Credentials(why) => Error::Credentials { server, why },
        Failure::Foreign { code, what, .. } if code < 500 => {
            Error::NotKubernetes { server, answer: format!("status {code}, {what}") }
        }
        failure => {
            let why = match &failure {
                Failure::Cut(why) | Failure::NoWay(why) => why.clone(),
                other => other.to_string(),
            };
            Error::Unreachable { server, advice: advice(&why).into(), why }
        }
    }
}

/// What to try when the server doesn't answer.
fn advice(why: &str) -> &'static str {
    let lower = why.to_ascii_lowercase();
    if lower.contains("certificate") || lower.contains("unknownissuer") || lower.contains("unknown issuer") {
        "the kubeconfig's certificate authority doesn't fit this server: get a fresh kubeconfig, or, if you know what \
         answers there, use --insecure-skip-tls-verify"
    } else {
        "is it the right context (kubectl config get-contexts), is the VPN up, is a proxy needed? Without the API \
         server, diagnose a dump (rutter diagnose FILE) or look around with --demo"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates_are_times() {
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(seconds("yesterday"), None);
    }
}
