//! Why an image could not be pulled, and how long a pull took.
//!
//! Read from events (`Failed`, `BackOff`, `Pulled`, `ErrImageNeverPull`, `InspectFailed`) and from the waiting message of
//! containers in `ErrImagePull`, `ImagePullBackOff`, `InvalidImageName` and so on. Before about 1.32 the message of
//! `ImagePullBackOff` has no cause, later it ends in `: ErrImagePull: <cause>` (k/k#127918). The causes are in the
//! runtimes' words: dockerd 17–20, containerd 1.x–2.x, CRI-O with containers/image.

use std::time::Duration;

use super::scan::{
    after, after_any, between, dialled, has, looked_up, non_empty, number, quoted, strip_combined, url_host,
};
use super::{Runtime, go_duration, image_ref};

mod causes;

pub use causes::{Cause, Missing, TlsProblem};

/// What a message says about a pull that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullFailure<'a> {
    /// The image, if the message names it.
    pub image: Option<&'a str>,
    /// The registry that the image's name stands for.
    pub registry_host: Option<&'a str>,
    /// The host that was spoken to when it failed: the registry, its token server, its storage or a mirror.
    pub contacted: Option<&'a str>,
    /// Why.
    pub cause: Cause<'a>,
    /// Whose wording it is, where it tells.
    pub runtime: Option<Runtime>,
}

/// Words that decide on their own, the most telling first. The order matters: a wrapped error holds several of them.
const WORDS: &[(&[&str], Cause<'static>)] = &[
    (&["toomanyrequests", "429 Too Many Requests", "pull rate limit"], Cause::RateLimited),
    (&["no space left on device"], Cause::NoSpace),
    (&["with pull policy of Never", "ErrImageNeverPull"], Cause::NeverPull),
    (
        &["invalid reference format", "couldn't parse image", "InvalidImageName", "must be lowercase"],
        Cause::InvalidReference,
    ),
    (
        &["SignatureValidationFailed", "Source image rejected", "signature was required", "nvalid signature"],
        Cause::SignatureInvalid,
    ),
    (&["server gave HTTP response to HTTPS client"], Cause::HttpsExpected),
    (&["TLS handshake timeout"], Cause::Timeout),
    (&["certificate signed by unknown authority"], Cause::Tls(TlsProblem::UnknownAuthority)),
    (&["certificate has expired or is not yet valid"], Cause::Tls(TlsProblem::Expired)),
    (
        &["certificate is valid for", "certificate is not valid for", "IP SANs"],
        Cause::Tls(TlsProblem::NameMismatch),
    ),
    (&["x509: ", "remote error: tls", ": tls: "], Cause::Tls(TlsProblem::Other)),
    (
        &["no match for platform", "no matching manifest for", "no image found in ", "specified platform"],
        Cause::NoMatchingPlatform,
    ),
    (&["connection reset by peer", "unexpected EOF", ": EOF", "broken pipe"], Cause::ConnectionReset),
    (&["no route to host", "network is unreachable"], Cause::NoRoute),
    (&["may require", "access to the resource is denied", "or it may not exist"], Cause::NotFoundOrNoRights),
    (
        &[
            "401 Unauthorized",
            "403 Forbidden",
            "unauthorized:",
            "authentication required",
            "no basic auth credentials",
            "invalid username/password",
            "incorrect username or password",
            "denied:",
            "insufficient_scope",
        ],
        Cause::Unauthorized,
    ),
    (
        &["i/o timeout", "Client.Timeout", "timeout awaiting response", "waiting for connection"],
        Cause::Timeout,
    ),
    (&["DeadlineExceeded", "deadline exceeded"], Cause::DeadlineExceeded),
    (&["context canceled", "code = Canceled", "operation was canceled"], Cause::Cancelled),
    (
        &["manifest unknown", "MANIFEST_UNKNOWN", "manifest for ", "tag does not exist"],
        Cause::NotFound(Missing::Tag),
    ),
    (&["name unknown", "NAME_UNKNOWN", "epository does not exist"], Cause::NotFound(Missing::Name)),
    (&["not found", "Not Found", "does not exist"], Cause::NotFound(Missing::Either)),
];

/// Reads a message about a pull that failed, or a back-off after one. An empty message has no cause.
pub fn parse(message: &str) -> PullFailure<'_> {
    let message = strip_combined(message);
    let image = image_of(message);
    let told = cause_text(message);
    let contacted = looked_up(told).or_else(|| contacted(told));
    let cause = if told.is_empty() { Cause::NotStated } else { cause(told) };
    PullFailure { image, registry_host: image.map(image_ref::host), contacted, cause, runtime: runtime(told) }
}

/// Whether an event's message is about a pull that failed: the reasons `Failed` and `BackOff` are of containers too.
pub fn is_about_pull(message: &str) -> bool {
    const OPENINGS: [&str; 6] = [
        "Failed to pull image ",
        "Back-off pulling image ",
        "Failed to apply default image tag ",
        "Failed to inspect image ",
        "Error: ErrImage",
        "Error: ImagePullBackOff",
    ];
    let message = strip_combined(message);
    OPENINGS.iter().any(|open| message.starts_with(open)) || message.contains("with pull policy of Never")
}

/// The cause alone, of a text that is nothing but the runtime's error.
pub fn cause(text: &str) -> Cause<'_> {
    network(text)
        .or_else(|| WORDS.iter().find(|(words, _)| has(text, words)).map(|(_, cause)| *cause))
        .or_else(|| server_error(text))
        .unwrap_or(Cause::Unknown)
}

/// The causes that carry a host. Go says `lookup` for every failure of DNS, so its other words don't count then.
fn network(text: &str) -> Option<Cause<'_>> {
    if has(text, &["dial tcp: lookup ", "no such host", "name resolution"]) {
        return Some(Cause::HostNotResolved { host: looked_up(text) });
    }
    if has(text, &["dial unix ", "Cannot connect to the Docker daemon"]) {
        return Some(Cause::RuntimeUnavailable);
    }
    text.contains("connection refused").then(|| Cause::ConnectionRefused { at: dialled(text) })
}

/// `unexpected status code … 503 Service Unavailable`, `received unexpected HTTP status: 500 Internal Server Error`.
fn server_error(text: &str) -> Option<Cause<'_>> {
    const NAMES: [(&str, u16); 4] = [
        ("500 Internal Server Error", 500),
        ("502 Bad Gateway", 502),
        ("503 Service", 503),
        ("504 Gateway", 504),
    ];
    let known = NAMES.iter().find(|(name, _)| text.contains(name)).map(|(_, status)| *status);
    let code = || {
        let rest = after_any(text, &["unexpected status code ", "HTTP status: ", "unexpected status: "])?;
        number(rest).and_then(|n| u16::try_from(n).ok()).filter(|n| (500..600).contains(n))
    };
    let status = known.or_else(code);
    let says = status.is_some() || has(text, &["RegistryUnavailable", "Service Unavailable"]);
    says.then_some(Cause::RegistryUnavailable { status })
}

/// The image a message is about: the kubelet quotes it, containerd does too.
fn image_of(message: &str) -> Option<&str> {
    const OPENINGS: [&str; 7] = [
        "Failed to pull image ",
        "Back-off pulling image ",
        "Failed to apply default image tag ",
        "Failed to inspect image ",
        "Container image ",
        "failed to pull and unpack image ",
        "failed to resolve reference ",
    ];
    let named = OPENINGS.iter().find_map(|open| quoted(after(message, open)?));
    let crio = || between(message, "initializing source docker://", ": ");
    named.or_else(crio).and_then(non_empty)
}

/// What follows the kubelet's own words.
fn cause_text(message: &str) -> &str {
    for plain in ["Error: ErrImagePull", "Error: ImagePullBackOff", "ErrImagePull", "ImagePullBackOff"] {
        if message == plain {
            return "";
        }
    }
    for open in ["Back-off pulling image ", "Failed to pull image "] {
        if let Some(rest) = message.strip_prefix(open) {
            let told = rest.split_once("\": ").map_or("", |(_, told)| told);
            return told.strip_prefix("ErrImagePull: ").unwrap_or(told);
        }
    }
    message
}

/// The host of the URL or address at which it failed.
fn contacted(text: &str) -> Option<&str> {
    const VERBS: [&str; 7] = ["Get ", "Head ", "Post ", "Put ", "ping ", "request to ", "registry at "];
    let by_url = VERBS.iter().find_map(|verb| url_host(after(text, verb)?));
    by_url.or_else(|| dialled(text).map(|(host, _)| host))
}

/// Whose words they are.
fn runtime(text: &str) -> Option<Runtime> {
    const CRIO: [&str; 6] = [
        "initializing source",
        "pinging container registry",
        "eading manifest",
        "pinging docker registry",
        "determining manifest MIME type",
        "Source image rejected",
    ];
    if has(text, &["Error response from daemon", "Docker daemon"]) {
        Some(Runtime::Docker)
    } else if has(
        text,
        &["failed to pull and unpack image", "failed to resolve reference", "failed to copy:"],
    ) {
        Some(Runtime::Containerd)
    } else {
        has(text, &CRIO).then_some(Runtime::CriO)
    }
}

/// A pull that succeeded, or one that wasn't needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulled<'a> {
    /// The image.
    pub image: &'a str,
    /// How long the pull itself took; since about 1.20.
    pub took: Option<Duration>,
    /// How long with waiting for other pulls of the node; since about 1.28.
    pub with_waiting: Option<Duration>,
    /// The image's size in bytes; since about 1.30.
    pub size: Option<u64>,
    /// It was on the node already.
    pub already_present: bool,
}

/// Reads a `Pulled` event: `Successfully pulled image "x" in 5.2s (7.1s including waiting). Image size: 70496341 bytes.`,
/// or `Container image "x" already present on machine` (1.12–1.37).
pub fn pulled(message: &str) -> Option<Pulled<'_>> {
    let message = strip_combined(message);
    if let Some(rest) = after(message, "Successfully pulled image ") {
        return Some(Pulled {
            image: quoted(rest)?,
            took: after(rest, "\" in ").and_then(first_duration),
            with_waiting: between(rest, "(", " including waiting)").and_then(go_duration),
            size: after(rest, "Image size: ").and_then(number),
            already_present: false,
        });
    }
    let rest =
        after(message, "ontainer image ").filter(|rest| rest.contains("already present on machine"))?;
    Some(Pulled { image: quoted(rest)?, took: None, with_waiting: None, size: None, already_present: true })
}

fn first_duration(text: &str) -> Option<Duration> {
    go_duration(text.split([' ', '(']).next()?.trim_end_matches('.'))
}

#[cfg(test)]
#[path = "tests/image_pull.rs"]
mod tests;
