//! One request.

use std::{error::Error as _, fmt, time::Duration};

use http::{Method, Request, header};
use http_body_util::BodyExt as _;
use kube::client::Body;
use rutter_cluster::Time;
use serde_json::Value;

use super::{Api, PATIENCE};

/// How long a server may have us wait before it is asked again.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Why a request brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// No answer came: it may have been taken or not.
    Lost(String),
    /// The API server answered, and did not do it.
    Said {
        /// The status code.
        code: u16,
        /// Its message.
        message: String,
        /// So long it wants to be left alone (`Retry-After`).
        wait: Duration,
    },
}

impl Refused {
    /// The status code, if there was an answer.
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Lost(_) => None,
            Self::Said { code, .. } => Some(*code),
        }
    }

    /// How long to wait before another try, as the API server wants it.
    pub fn wait(&self) -> Duration {
        match self {
            Self::Lost(_) => Duration::ZERO,
            Self::Said { wait, .. } => *wait,
        }
    }

    /// Whether another try may bring more: no answer, too many requests, a server that starts or is overloaded.
    pub fn is_passing(&self) -> bool {
        self.code().is_none_or(|code| code == 429 || code >= 500)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(why) => write!(f, "the API server doesn't answer: {why}"),
            Self::Said { message, code, .. } if message.is_empty() => {
                write!(f, "the API server answered with status {code}")
            }
            Self::Said { message, .. } => f.write_str(message),
        }
    }
}

/// An answer.
pub(super) struct Answer {
    pub(super) body: Value,
    /// When it was sent, by the server's clock.
    pub(super) time: Option<Time>,
}

/// What is sent with a request.
pub(super) struct Content<'a> {
    pub(super) media_type: &'static str,
    pub(super) body: &'a Value,
}

impl Api {
    pub(super) async fn get(&self, path: &str) -> Result<Answer, Refused> {
        self.send(Method::GET, path, None).await
    }

    /// Sends a request once.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        content: Option<Content<'_>>,
    ) -> Result<Answer, Refused> {
        let lost = |why: String| Refused::Lost(why);
        let mut request =
            Request::builder().method(method).uri(path).header(header::ACCEPT, "application/json");
        let mut body = Vec::new();
        if let Some(content) = content {
            request = request.header(header::CONTENT_TYPE, content.media_type);
            body = serde_json::to_vec(content.body).map_err(|error| lost(error.to_string()))?;
        }
        let request = request.body(Body::from(body)).map_err(|error| lost(error.to_string()))?;
        let exchange = async {
            let response = self.client.send(request).await.map_err(|error| lost(deepest(&error)))?;
            let (head, body) = response.into_parts();
            let bytes = body.collect().await.map_err(|error| lost(error.to_string()))?.to_bytes();
            Ok((head, bytes))
        };
        let (head, bytes) = tokio::time::timeout(PATIENCE, exchange)
            .await
            .map_err(|_| lost(format!("nothing came for {} s", PATIENCE.as_secs())))??;
        let date = head.headers.get(header::DATE).and_then(|value| value.to_str().ok());
        let time = date.and_then(time);
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if head.status.is_success() {
            return Ok(Answer { body, time });
        }
        let message = body.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
        let after = head.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        Err(Refused::Said { code: head.status.as_u16(), message, wait: wait(after) })
    }
}

/// What the operating system or TLS says; kube's and hyper's wrappings add nothing.
fn deepest(error: &kube::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(inner) = next {
        text = inner.to_string();
        next = inner.source();
    }
    text
}

/// Kubernetes gives seconds, never a date. A server that asks for hours is asked sooner: its answer may have changed.
fn wait(after: Option<&str>) -> Duration {
    let seconds = after.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    Duration::from_secs(seconds).min(LONGEST_WAIT)
}

fn time(date: &str) -> Option<Time> {
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    Time::from_unix(at.as_second())
}
