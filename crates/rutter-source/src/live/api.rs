//! One GET request: limits of time, retries, and what a refusal means.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use http::{HeaderMap, Request, Response, StatusCode, header};
use kube::client::Body;
use serde::Deserialize;
use tokio::time::Instant;

use super::{
    Options,
    answer::{Answer, JSON, PROTOBUF, media_type},
    error::{chain, plain},
    failure::Failure,
};
use crate::decode::protobuf;

/// How often one request is sent at most.
const ATTEMPTS: u32 = 4;
/// The pause after the first failure; it doubles.
const PAUSE: Duration = Duration::from_millis(250);
/// A server that asks for a longer pause has more serious work than ours.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// So many requests in a row without an answer mean that the server is gone.
const STRIKES: u32 = 4;
/// How long a watch may say nothing before it is opened anew: API servers send a bookmark about every minute, if not for events.
const LONGEST_SILENCE: Duration = Duration::from_secs(150);
/// How much of a refusal is read.
const REFUSAL: usize = 64 << 10;

/// How long the server may send nothing.
pub(super) fn patience(options: &Options) -> Duration {
    options.request_timeout.filter(|time| !time.is_zero()).unwrap_or(Duration::from_secs(30))
}

/// The limits of time for everything that waits for the network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    patience: Duration,
    total: Option<(Duration, Instant)>,
}

impl Clock {
    /// Starts it.
    pub(super) fn start(options: &Options) -> Self {
        let end = |total| Some((total, Instant::now().checked_add(total)?));
        Self { patience: patience(options), total: options.timeout.and_then(end) }
    }

    /// Waits for something that the server is to send.
    pub(super) async fn wait<T>(&self, what: impl Future<Output = T>) -> Result<T, Failure> {
        let silent = tokio::time::timeout(self.patience, what);
        let result = self.limit(silent).await?;
        result.map_err(|_| Failure::Silent(self.patience))
    }

    /// Waits for something that may take as long as everything may.
    pub(super) async fn limit<T>(&self, what: impl Future<Output = T>) -> Result<T, Failure> {
        match self.total {
            Some((total, end)) => {
                tokio::time::timeout_at(end, what).await.map_err(|_| Failure::OutOfTime(total))
            }
            None => Ok(what.await),
        }
    }
}

/// The API server.
pub(super) struct Api {
    client: kube::Client,
    clock: Clock,
    strikes: AtomicU32,
}

impl Api {
    pub(super) fn new(client: kube::Client, clock: Clock) -> Self {
        Self { client, clock, strikes: AtomicU32::new(0) }
    }

    /// The client behind it.
    pub(super) fn client(&self) -> kube::Client {
        self.client.clone()
    }

    /// Whether requests went unanswered so often that another isn't worth its wait.
    pub(super) fn is_gone(&self) -> bool {
        self.strikes.load(Ordering::Relaxed) >= STRIKES
    }

    /// Gets a small document.
    pub(super) async fn get(&self, path: &str, accept: &str) -> Result<Vec<u8>, Failure> {
        self.open(path, accept, &[JSON]).await?.1.rest().await
    }

    /// Sends a request until it is answered with success, at most [`ATTEMPTS`] times.
    pub(super) async fn open(
        &self,
        path: &str,
        accept: &str,
        media_types: &[&str],
    ) -> Result<(HeaderMap, Answer), Failure> {
        if self.is_gone() {
            return Err(Failure::GivenUp);
        }
        let result = self.insist(path, accept, media_types).await;
        self.count(&result);
        result
    }

    /// Sends a request once, whatever came of others.
    pub(super) async fn open_once(
        &self,
        path: &str,
        accept: &str,
        media_types: &[&str],
    ) -> Result<(HeaderMap, Answer), Failure> {
        let result = self.once(path, accept, media_types).await;
        self.count(&result);
        result
    }

    /// The same server, with no end to the time that all may take.
    pub(super) fn without_end(&self) -> Self {
        let clock = Clock { patience: LONGEST_SILENCE.max(self.clock.patience), total: None };
        Self::new(self.client.clone(), clock)
    }

    async fn insist(
        &self,
        path: &str,
        accept: &str,
        media_types: &[&str],
    ) -> Result<(HeaderMap, Answer), Failure> {
        let mut attempt = 1;
        loop {
            let failure = match self.once(path, accept, media_types).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let pause = failure.retry_after().unwrap_or(PAUSE * 2u32.pow(attempt - 1));
            if attempt == ATTEMPTS || !failure.is_passing() || pause > LONGEST_PAUSE {
                return Err(failure);
            }
            self.clock.limit(tokio::time::sleep(pause)).await?;
            attempt += 1;
        }
    }

    fn count<T>(&self, result: &Result<T, Failure>) {
        match result {
            Err(failure) if failure.is_unresponsive() => {
                self.strikes.fetch_add(1, Ordering::Relaxed);
            }
            Err(failure) if failure.code().is_none() => {}
            _ => self.strikes.store(0, Ordering::Relaxed),
        }
    }

    /// Sends a request once, and what comes of it says nothing of the server: a kubelet behind it answers, or does not.
    pub(super) async fn once(
        &self,
        path: &str,
        accept: &str,
        media_types: &[&str],
    ) -> Result<(HeaderMap, Answer), Failure> {
        let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty());
        let request = request.map_err(|error| Failure::Cut(chain(&error)))?;
        let sent = Instant::now();
        let response = self.clock.wait(self.client.send(request)).await?;
        let response = response.map_err(|error| unsent(&error, sent.elapsed()))?;
        let is_expected = media_types.contains(&media_type(response.headers()));
        if response.status() == StatusCode::OK && is_expected {
            let headers = response.headers().clone();
            return Ok((headers, Answer::new(response, self.clock)));
        }
        Err(self.refusal(response).await)
    }

    /// What an answer without success means.
    async fn refusal(&self, response: Response<Body>) -> Failure {
        let code = response.status().as_u16();
        let headers = response.headers().clone();
        let media = media_type(&headers).to_owned();
        let retry_after = retry_after(&headers);
        let target = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        let what = match target {
            Some(target) => format!("redirected to {}", plain(target)),
            None if media.is_empty() => "no content type".to_owned(),
            None => format!("content type {}", plain(&media)),
        };
        let is_ours = [JSON, PROTOBUF, "text/plain"].contains(&media.as_str());
        if code < 400 || !is_ours {
            return Failure::Foreign { code, what, retry_after };
        }
        let body = Answer::new(response, self.clock).beginning(REFUSAL).await.unwrap_or_default();
        let status = Status::read(&body);
        let go_on = status.metadata.token.filter(|token| !token.is_empty());
        Failure::Refused { code, message: plain(&status.message), go_on, retry_after }
    }
}

/// A refusal as the API server writes it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    message: String,
    metadata: StatusMeta,
}

impl Status {
    /// Reads one in either encoding; of anything else, the text is the message.
    fn read(body: &[u8]) -> Self {
        if let Some((message, token)) = protobuf::status(body) {
            return Self {
                message: message.to_owned(),
                metadata: StatusMeta { token: Some(token.to_owned()) },
            };
        }
        let text = || Self { message: String::from_utf8_lossy(body).into_owned(), ..Self::default() };
        serde_json::from_slice(body).unwrap_or_else(|_| text())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StatusMeta {
    #[serde(rename = "continue")]
    token: Option<String>,
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    Some(Duration::from_secs(value.trim().parse().ok()?))
}

/// A request that brought no response at all.
fn unsent(error: &kube::Error, waited: Duration) -> Failure {
    let all =
        || std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| error.source());
    if let Some(error) = all().find(|error| error.is::<kube::client::AuthError>()) {
        return Failure::Credentials(chain(error));
    }
    let timed_out = |error: &std::io::Error| error.kind() == std::io::ErrorKind::TimedOut;
    if all().any(|error| error.downcast_ref().is_some_and(timed_out)) {
        return Failure::Silent(waited);
    }
    // What rustls and the operating system say is at the bottom; kube's and hyper's wrappings add nothing.
    let deepest = all().last().map(|error| plain(&error.to_string())).unwrap_or_default();
    if all().any(|error| error.to_string().contains("dns error")) {
        return Failure::NoWay(format!("the name can't be resolved ({deepest})"));
    }
    if deepest.to_ascii_lowercase().contains("certificate") {
        return Failure::NoWay(deepest);
    }
    Failure::Cut(deepest)
}
