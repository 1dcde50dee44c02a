//! How an aggregated API failed its discovery check: the message of an APIService's condition `Available` with reason
//! `FailedDiscoveryCheck`.
//!
//! `failing or missing response from https://10.244.1.5:4443/apis/metrics.k8s.io/v1beta1: Get "https://…": dial tcp …` (1.15 and
//! later; `no response from URL: …` in 1.12), `… : bad status from URL: 503`, `timed out waiting for URL`.

use super::scan::{after, has, number};

/// What came of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It answered with this status, which should have been 200 or so.
    Status(u64),
    /// It did not answer in time.
    Timeout,
    /// Nothing listens.
    Refused,
    /// There is no way to it, or the connection broke.
    Broken,
    /// Words that aren't known.
    Other,
}

/// Reads such a message.
pub fn answer(message: &str) -> Answer {
    if let Some(rest) = after(message, "bad status from ") {
        // The URL holds colons, too.
        return rest
            .rsplit_once(": ")
            .and_then(|(_, status)| number(status))
            .map_or(Answer::Other, Answer::Status);
    }
    if message.contains("connection refused") {
        Answer::Refused
    } else if has(
        message,
        &["timed out waiting", "deadline exceeded", "i/o timeout", "Client.Timeout", "request canceled"],
    ) {
        Answer::Timeout
    } else if has(
        message,
        &["no route to host", "network is unreachable", "EOF", "connection reset", "tls: "],
    ) {
        Answer::Broken
    } else {
        Answer::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    const STATUS: &str = "failing or missing response from https://10.244.1.5:4443/apis/metrics.k8s.io/v1beta1: bad status from https://10.244.1.5:4443/apis/metrics.k8s.io/v1beta1: 503";
    const REFUSED: &str = "failing or missing response from https://10.96.0.9:443/apis/metrics.k8s.io/v1beta1: Get \"https://10.96.0.9:443/apis/metrics.k8s.io/v1beta1\": dial tcp 10.96.0.9:443: connect: connection refused";
    const OLD: &str = "no response from https://10.96.0.9:443: Get https://10.96.0.9:443: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)";

    #[test]
    fn answers() {
        assert_eq!(answer(STATUS), Answer::Status(503));
        assert_eq!(answer(REFUSED), Answer::Refused);
        assert_eq!(answer(OLD), Answer::Timeout);
        assert_eq!(answer("timed out waiting for https://10.96.0.9:443/apis/x/v1"), Answer::Timeout);
        assert_eq!(answer("Get: dial tcp 10.0.0.1:443: connect: no route to host"), Answer::Broken);
        assert_eq!(answer("all checks passed"), Answer::Other);
        assert_eq!(answer("bad status from x"), Answer::Other);
    }

    #[test]
    fn any_text_is_survived() {
        survives(&[STATUS, REFUSED, OLD], |text| format!("{:?}", answer(text)));
    }
}
