//! How the call of an admission webhook failed: what stands behind `failed calling webhook "x": failed to call webhook: `.
//!
//! The API server resolves the Service itself (`apiserver/pkg/util/proxy`, 1.12–1.37): `service "x" not found`, `no service port
//! 443 found for service "x"`, and, where it asks endpoints itself, `no endpoints available for service "x"`; else it dials the
//! Service's address, and the error is Go's.

use super::{
    scan::{after, has, looked_up, quoted, url_host},
    workload_create::{self, Cause},
    x509,
};

/// How it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure<'a> {
    /// The Service isn't there.
    NoService,
    /// The Service has no ready endpoint.
    NoEndpoints,
    /// The Service doesn't have the port.
    NoPort,
    /// Its certificate isn't accepted.
    Certificate(x509::Fault<'a>),
    /// It didn't answer in time: it is slow, or something drops the packets on the way.
    Timeout,
    /// Nothing listens.
    Refused,
    /// Its name doesn't resolve.
    NoName(&'a str),
    /// There is no way to it, or the connection broke.
    Broken,
    /// It answered something else than an AdmissionReview.
    BadAnswer,
    /// Words that aren't known.
    Other(&'a str),
}

/// A call that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call<'a> {
    /// The webhook's name.
    pub webhook: &'a str,
    /// The host that was called, where the text tells: `hook.shop.svc:443`.
    pub host: &'a str,
    /// How it failed.
    pub failure: Failure<'a>,
}

/// Reads a message that tells of a webhook that could not be called, whatever else stands in it.
pub fn parse(message: &str) -> Option<Call<'_>> {
    let Cause::WebhookUnreachable { webhook, detail, .. } = workload_create::parse(message) else {
        return None;
    };
    Some(Call { webhook, host: url_host(detail).unwrap_or_default(), failure: failure(detail) })
}

/// Whether a message may tell of one: cheap, for the many that don't.
pub fn is_about(message: &str) -> bool {
    message.contains("failed calling ") && message.contains("webhook")
}

fn failure(detail: &str) -> Failure<'_> {
    if let Some(fault) = x509::parse(detail) {
        return Failure::Certificate(fault);
    }
    let service = after(detail, "service \"").is_some_and(|rest| rest.contains("\" not found"));
    if service {
        Failure::NoService
    } else if detail.contains("no endpoints available for service") {
        Failure::NoEndpoints
    } else if detail.contains("no service port ") {
        Failure::NoPort
    } else if detail.contains("no such host") {
        Failure::NoName(looked_up(detail).or(url_host(detail)).unwrap_or_default())
    } else if detail.contains("connection refused") {
        Failure::Refused
    } else if has(
        detail,
        &["deadline exceeded", "i/o timeout", "Client.Timeout", "handshake timeout", "request canceled"],
    ) {
        Failure::Timeout
    } else if has(
        detail,
        &[
            "no route to host",
            "network is unreachable",
            "EOF",
            "connection reset",
            "broken pipe",
            "tls: ",
            "HTTP response to HTTPS",
        ],
    ) {
        Failure::Broken
    } else if has(
        detail,
        &[
            "webhook response",
            "could not find the requested resource",
            "an error on the server",
            "the server rejected",
        ],
    ) {
        Failure::BadAnswer
    } else {
        Failure::Other(detail)
    }
}

/// The host that was called, by the detail of [`Cause::WebhookUnreachable`].
pub fn host(detail: &str) -> &str {
    url_host(detail).unwrap_or_default()
}

/// The namespace and the name of the Service in a host: `hook.shop.svc:443`.
pub fn service(host: &str) -> Option<(&str, &str)> {
    let mut labels = host.split([':', '.']);
    let (name, namespace) = (labels.next()?, labels.next()?);
    (labels.next()? == "svc").then_some((namespace, name))
}

/// The webhook of a line in the API server's log that says that a request was let through without its answer:
/// `Failed calling webhook, failing open x: failed calling webhook "x": …` (1.12–1.37).
pub fn failing_open(line: &str) -> Option<Call<'_>> {
    let rest = after(line, "failing open ")?;
    let (webhook, detail) = rest.split_once(": ")?;
    let named = quoted(detail).is_some_and(|name| name == webhook);
    named.then(|| Call { webhook, host: url_host(detail).unwrap_or_default(), failure: failure(detail) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    const NONE: &str = "Error creating: Internal error occurred: failed calling webhook \"inject.example.io\": failed to call webhook: Post \"https://inj.mesh.svc:443/mutate?timeout=10s\": no endpoints available for service \"inj\"";
    const OLD: &str = "Internal error occurred: failed calling admission webhook \"inject.example.io\": Post https://inj.mesh.svc:443/mutate?timeout=30s: service \"inj\" not found";
    const OPEN: &str = "W0302 10:00:00.000000       1 dispatcher.go:225] Failed calling webhook, failing open slow.example.io: failed calling webhook \"slow.example.io\": failed to call webhook: Post \"https://slow.ops.svc:443/v?timeout=10s\": context deadline exceeded";

    fn told(detail: &str) -> Failure<'_> {
        failure(detail)
    }

    #[test]
    fn calls() {
        let call = parse(NONE).unwrap();
        assert_eq!(
            call,
            Call { webhook: "inject.example.io", host: "inj.mesh.svc:443", failure: Failure::NoEndpoints }
        );
        assert_eq!(service(call.host), Some(("mesh", "inj")));
        assert_eq!(parse(OLD).unwrap().failure, Failure::NoService);
        assert_eq!(parse(OLD).unwrap().host, "inj.mesh.svc:443");
        assert_eq!(parse("exceeded quota: q"), None);
        assert!(is_about(NONE) && is_about(OLD) && !is_about("Back-off restarting failed container"));
        let open = failing_open(OPEN).unwrap();
        assert_eq!((open.webhook, open.failure), ("slow.example.io", Failure::Timeout));
        assert_eq!(service("hooks.example.com:443"), None);
    }

    #[test]
    fn failures() {
        assert_eq!(told("dial tcp 10.96.0.7:443: connect: connection refused"), Failure::Refused);
        assert_eq!(told("context deadline exceeded"), Failure::Timeout);
        assert_eq!(
            told("net/http: request canceled (Client.Timeout exceeded while awaiting headers)"),
            Failure::Timeout
        );
        assert_eq!(
            told("dial tcp: lookup hooks.example.com on 10.0.0.2:53: no such host"),
            Failure::NoName("hooks.example.com")
        );
        assert_eq!(told("dial tcp 10.1.2.3:8443: connect: no route to host"), Failure::Broken);
        assert_eq!(told("EOF"), Failure::Broken);
        assert_eq!(told("no service port 443 found for service \"inj\""), Failure::NoPort);
        assert_eq!(told("the server could not find the requested resource"), Failure::BadAnswer);
        assert_eq!(
            told("tls: failed to verify certificate: x509: certificate signed by unknown authority"),
            Failure::Certificate(x509::Fault::UnknownAuthority)
        );
        assert_eq!(told("a new thing"), Failure::Other("a new thing"));
    }

    #[test]
    fn any_text_is_survived() {
        survives(&[NONE, OLD, OPEN], |text| format!("{:?}{:?}", parse(text), failing_open(text)));
    }
}
