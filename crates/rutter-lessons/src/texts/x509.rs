//! Why a certificate is not accepted: the words of Go's `crypto/x509`, wherever they stand in an error.
//!
//! `x509: certificate has expired or is not yet valid: current time 2026-03-02T10:00:00Z is after 2026-03-01T00:00:00Z` (the
//! times since Go 1.15), `x509: certificate signed by unknown authority`, `x509: certificate is valid for a, not b`. Since Go
//! 1.20 `tls: failed to verify certificate: ` stands before.

use rutter_cluster::Time;

use super::scan::{after, has, until, word};

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault<'a> {
    /// It is over, since this time if that is told.
    Expired(Option<Time>),
    /// It is valid only later, from this time if that is told: mostly a clock that is wrong.
    NotYet(Option<Time>),
    /// Expired or not yet valid, and the text doesn't tell which (old Go).
    OutOfTime,
    /// Signed by an authority that isn't trusted: a `caBundle` that is old, empty or another's.
    UnknownAuthority,
    /// It is valid for other names than this one.
    WrongName {
        /// The name that was asked for, empty where the text doesn't tell.
        wanted: &'a str,
    },
    /// It has its name only as Common Name, which Go no longer takes (1.15, so Kubernetes 1.19).
    CommonName,
    /// Something else.
    Other(&'a str),
}

/// Reads the first such error in a text, if there is one.
pub fn parse(text: &str) -> Option<Fault<'_>> {
    let fault = after(text, "x509: ")?;
    Some(if let Some(detail) = after(fault, "has expired or is not yet valid") {
        let time = |mark| after(detail, mark).and_then(|rest| Time::parse(word(rest).trim_end_matches('"')));
        if detail.contains(" is after ") {
            Fault::Expired(time(" is after "))
        } else if detail.contains(" is before ") {
            Fault::NotYet(time(" is before "))
        } else {
            Fault::OutOfTime
        }
    } else if fault.starts_with("certificate signed by unknown authority") {
        Fault::UnknownAuthority
    } else if fault.contains("legacy Common Name") {
        Fault::CommonName
    } else if has(fault, &["is valid for ", "not valid for any names", "cannot validate certificate for "]) {
        Fault::WrongName { wanted: wanted(fault) }
    } else {
        Fault::Other(until(fault, "\n"))
    })
}

/// The name that the certificate is not for.
fn wanted(fault: &str) -> &str {
    let marks = ["none matched ", "wanted to match ", "cannot validate certificate for "];
    let name = marks.iter().find_map(|mark| after(fault, mark));
    let name = name.or_else(|| fault.rsplit_once(", not ").map(|(_, name)| name));
    name.map(|name| word(name).trim_end_matches('"')).unwrap_or_default()
}

impl std::fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Expired(Some(end)) => write!(f, "its certificate expired at {end}"),
            Fault::Expired(None) => f.write_str("its certificate has expired"),
            Fault::NotYet(Some(start)) => write!(f, "its certificate is valid only from {start}"),
            Fault::NotYet(None) => f.write_str("its certificate is not valid yet"),
            Fault::OutOfTime => f.write_str("its certificate has expired or is not valid yet"),
            Fault::UnknownAuthority => {
                f.write_str("its certificate is signed by an authority that the caller does not trust")
            }
            Fault::WrongName { wanted: "" } => f.write_str("its certificate is for another name"),
            Fault::WrongName { wanted } => write!(f, "its certificate is not for {wanted}"),
            Fault::CommonName => f.write_str("its certificate names it only in the Common Name"),
            Fault::Other(text) => write!(f, "its certificate is not accepted ({text})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    const EXPIRED: &str = "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-03-02T10:00:00Z is after 2026-03-01T00:00:00Z";

    #[test]
    fn faults_are_told_apart() {
        let end = Time::parse("2026-03-01T00:00:00Z");
        assert_eq!(parse(EXPIRED), Some(Fault::Expired(end)));
        assert!(end.is_some());
        assert_eq!(
            parse(
                "x509: certificate has expired or is not yet valid: current time 2026-03-02T10:00:00Z is before 2026-03-03T00:00:00Z"
            ),
            Some(Fault::NotYet(Time::parse("2026-03-03T00:00:00Z")))
        );
        assert_eq!(parse("x509: certificate has expired or is not yet valid"), Some(Fault::OutOfTime));
        let unknown = "Post https://a.b.svc:443/: x509: certificate signed by unknown authority (possibly because of \"x509: invalid signature\" while trying to verify candidate authority certificate \"ca\")";
        assert_eq!(parse(unknown), Some(Fault::UnknownAuthority));
        assert_eq!(
            parse("x509: certificate is valid for a.b, c.d, not hook.shop.svc"),
            Some(Fault::WrongName { wanted: "hook.shop.svc" })
        );
        let ip = "x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs";
        assert_eq!(parse(ip), Some(Fault::WrongName { wanted: "10.0.0.1" }));
        let legacy = "x509: certificate relies on legacy Common Name field, use SANs instead";
        assert_eq!(parse(legacy), Some(Fault::CommonName));
        assert_eq!(parse("x509: unknown error"), Some(Fault::Other("unknown error")));
        assert_eq!(parse("connection refused"), None);
    }

    #[test]
    fn any_text_is_survived() {
        survives(&[EXPIRED, "x509: certificate is valid for a, not b"], |text| format!("{:?}", parse(text)));
    }
}
