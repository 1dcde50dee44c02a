//! Events `Unhealthy` and `ProbeWarning` (a probe that failed), and `Killing` (why the kubelet stops a container).
//!
//! Wordings from the kubelet's `pkg/kubelet/prober`, `pkg/probe/{http,tcp,grpc,exec}` and `kuberuntime_container.go`,
//! 1.12–1.37, with Go's network errors and the runtimes' errors of exec inside them.

use std::fmt;
use std::time::Duration;

use super::scan::{
    after, between, dialled, has, host_port, looked_up, non_empty, number, quoted, strip_combined, until,
    url_host, word,
};
use super::{Era, go_duration};

/// Which probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeKind {
    /// Its failure restarts the container.
    Liveness,
    /// Its failure takes the pod out of its Services; it restarts nothing.
    Readiness,
    /// Its failure restarts the container; the others wait for it (since 1.16).
    Startup,
}

impl fmt::Display for ProbeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Liveness => "liveness",
            Self::Readiness => "readiness",
            Self::Startup => "startup",
        })
    }
}

/// How a probe asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// `httpGet`.
    Http,
    /// `tcpSocket`.
    Tcp,
    /// `exec`.
    Exec,
    /// `grpc` (since 1.23), or a `grpc_health_probe` run by exec, which says the same.
    Grpc,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// Nothing listens there.
    ConnectionRefused {
        /// Host and port.
        at: Option<(&'a str, u16)>,
    },
    /// The connection was cut before an answer.
    ConnectionReset,
    /// No answer in time, or not even a connection.
    Timeout,
    /// An HTTP answer that isn't 200–399.
    HttpStatus(u16),
    /// A redirect that the probe doesn't follow; a warning, not a failure.
    Redirect,
    /// The command didn't end in time.
    ExecTimeout {
        /// The command, if the message has it.
        command: Option<&'a str>,
        /// The probe's timeout.
        limit: Option<Duration>,
    },
    /// The command ended with another exit code than 0; this is what it printed.
    CommandFailed {
        /// Its output, possibly empty.
        output: &'a str,
    },
    /// The command could not be started in the container.
    ExecNotStarted {
        /// The runtime's words.
        detail: &'a str,
    },
    /// The runtime doesn't know the container, or it isn't running.
    ContainerNotFound,
    /// The gRPC service answered with another status than SERVING.
    GrpcNotServing {
        /// `NOT_SERVING`, `SERVICE_UNKNOWN`, `UNKNOWN`.
        status: &'a str,
    },
    /// The server has no gRPC health service.
    GrpcNotImplemented,
    /// TLS failed.
    Tls,
    /// HTTPS asked of a plain HTTP port, or the reverse.
    WrongScheme,
    /// The name doesn't resolve.
    NoSuchHost {
        /// The name.
        host: Option<&'a str>,
    },
    /// No way there.
    NoRoute,
    /// Words that aren't known.
    Unknown {
        /// The message after the probe's name.
        detail: &'a str,
    },
}

/// A probe that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeFailure<'a> {
    /// Which probe.
    pub probe: ProbeKind,
    /// How it asks, where the message tells.
    pub mechanism: Option<Mechanism>,
    /// The address it asked, where the message tells.
    pub target: Option<(&'a str, u16)>,
    /// What came of it.
    pub outcome: Outcome<'a>,
    /// `errored`: it could not be carried out, so it counts as no result.
    pub errored: bool,
}

/// Reads the message of an `Unhealthy` or `ProbeWarning` event.
pub fn parse(message: &str) -> Option<ProbeFailure<'_>> {
    let message = strip_combined(message);
    let (probe, rest) = [
        ("Liveness probe ", ProbeKind::Liveness),
        ("Readiness probe ", ProbeKind::Readiness),
        ("Startup probe ", ProbeKind::Startup),
    ]
    .iter()
    .find_map(|(open, kind)| message.strip_prefix(open).map(|rest| (*kind, rest)))?;
    let errored = rest.starts_with("errored");
    let told = rest.split_once(':').map_or("", |(_, told)| told).trim();
    let outcome = outcome(told);
    Some(ProbeFailure { probe, mechanism: mechanism(told, outcome), target: target(told), outcome, errored })
}

fn outcome(text: &str) -> Outcome<'_> {
    if let Some(status) = after(text, "HTTP probe failed with statuscode: ").and_then(number) {
        return Outcome::HttpStatus(u16::try_from(status).unwrap_or(u16::MAX));
    }
    if has(text, &["robe terminated redirects", "stopped after 10 redirects"]) {
        return Outcome::Redirect;
    }
    if let Some(outcome) = grpc(text).or_else(|| exec(text)).or_else(|| network(text)) {
        return outcome;
    }
    if has(text, &["Get \"http", "Get http", "dial tcp"]) {
        Outcome::Unknown { detail: text }
    } else {
        Outcome::CommandFailed { output: text }
    }
}

fn grpc(text: &str) -> Option<Outcome<'_>> {
    if let Some(status) = after(text, "service unhealthy (responded with ").and_then(quoted) {
        return Some(Outcome::GrpcNotServing { status });
    }
    if text.contains("does not implement the grpc health protocol") {
        return Some(Outcome::GrpcNotImplemented);
    }
    has(text, &["timeout: failed to connect service", "timeout: health rpc did not complete"])
        .then_some(Outcome::Timeout)
}

/// `command timed out: "c" timed out after 1s` (≥ 1.31), `command "c" timed out` (1.20–1.30),
/// `failed to exec in container: timeout 1s exceeded` (containerd), and the runtimes' ways to say that it isn't there.
fn exec(text: &str) -> Option<Outcome<'_>> {
    if has(text, &["\" timed out", "ExecSync cmd from runtime service failed"]) && text.contains("timed out")
    {
        let limit = after(text, "timed out after ").map(word).and_then(go_duration);
        return Some(Outcome::ExecTimeout { command: quoted(text), limit });
    }
    if text.contains("failed to exec in container: timeout ") {
        let limit = between(text, "failed to exec in container: timeout ", " exceeded").and_then(go_duration);
        return Some(Outcome::ExecTimeout { command: None, limit });
    }
    if !has(
        text,
        &["rpc error: ", "OCI runtime exec failed", "oci runtime error", "Error response from daemon"],
    ) {
        return None;
    }
    let gone = [
        "container not found",
        "ontainer is not created or running",
        "ontainer is not running",
        "ontainer not running",
        "in a stopped state",
        "in a stopped container",
        "CONTAINER_EXITED",
        "CONTAINER_UNKNOWN",
        "No such container",
        "container does not exist",
        "find container",
    ];
    if has(text, &gone) || (text.contains("task ") && text.contains("not found")) {
        return Some(Outcome::ContainerNotFound);
    }
    if has(text, &["DeadlineExceeded", "deadline exceeded", "operation timeout"]) {
        return Some(Outcome::ExecTimeout { command: None, limit: None });
    }
    Some(Outcome::ExecNotStarted { detail: text })
}

fn network(text: &str) -> Option<Outcome<'_>> {
    if !has(text, &["dial tcp", "Get \"", "Get http", "read tcp", "net/http", "http: ", "dial udp"]) {
        return None;
    }
    Some(if has(text, &["no such host", "dial tcp: lookup "]) {
        Outcome::NoSuchHost { host: looked_up(text) }
    } else if text.contains("connection refused") {
        Outcome::ConnectionRefused { at: target(text) }
    } else if has(
        text,
        &["gave HTTP response to HTTPS client", "malformed HTTP response", "does not look like a TLS"],
    ) {
        Outcome::WrongScheme
    } else if has(
        text,
        &["i/o timeout", "Client.Timeout", "deadline exceeded", "request canceled", "TLS handshake timeout"],
    ) {
        Outcome::Timeout
    } else if has(text, &["x509: ", "tls: "]) {
        Outcome::Tls
    } else if has(text, &["no route to host", "network is unreachable", "host is down"]) {
        Outcome::NoRoute
    } else if has(text, &["connection reset by peer", "EOF", "broken pipe", "server closed"]) {
        Outcome::ConnectionReset
    } else {
        return None;
    })
}

fn mechanism(text: &str, outcome: Outcome<'_>) -> Option<Mechanism> {
    match outcome {
        Outcome::HttpStatus(_) | Outcome::Redirect => Some(Mechanism::Http),
        Outcome::GrpcNotServing { .. } | Outcome::GrpcNotImplemented => Some(Mechanism::Grpc),
        Outcome::ExecTimeout { .. }
        | Outcome::CommandFailed { .. }
        | Outcome::ExecNotStarted { .. }
        | Outcome::ContainerNotFound => Some(Mechanism::Exec),
        _ if has(text, &["timeout: failed to connect service", "timeout: health rpc", "rpc failed"]) => {
            Some(Mechanism::Grpc)
        }
        _ if has(text, &["Get \"http", "Get http", "net/http", "http: "]) => Some(Mechanism::Http),
        _ if text.contains("dial tcp") => Some(Mechanism::Tcp),
        _ => None,
    }
}

/// The address: of the dial, of the URL, or of the gRPC service.
fn target(text: &str) -> Option<(&str, u16)> {
    let service = || host_port(quoted(after(text, "failed to connect service ")?)?);
    dialled(text).or_else(|| host_port(url_host(text)?)).or_else(service)
}

/// Why the kubelet stops a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KillReason<'a> {
    /// A liveness or startup probe failed; it will be started again.
    ProbeFailed(ProbeKind),
    /// Its definition changed; it will be started again.
    DefinitionChanged,
    /// Its postStart hook failed.
    PostStartHookFailed,
    /// The pod is going: deleted, evicted, finished, or its sandbox has to be made anew.
    Stopping,
    /// Words that aren't known.
    Other(&'a str),
}

/// A `Killing` event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Killing<'a> {
    /// The container.
    pub container: &'a str,
    /// Why.
    pub reason: KillReason<'a>,
    /// `Killing container with id docker://x:…` is old (up to 1.13).
    pub era: Era,
}

/// Reads the message of a `Killing` event: `Container x failed liveness probe, will be restarted`, `Stopping container x`
/// (≥ 1.14), `Killing container with id docker://x:Container failed liveness probe.. Container will be killed and
/// recreated.` (1.12; the "id" is the container's name there).
pub fn killing(message: &str) -> Option<Killing<'_>> {
    let message = strip_combined(message);
    if let Some(rest) = after(message, "Killing container with id ") {
        let rest = after(rest, "://").unwrap_or(rest);
        let (container, why) = rest.split_once(':').unwrap_or((rest, ""));
        return Some(Killing { container: non_empty(container)?, reason: kill_reason(why), era: Era::Old });
    }
    if let Some(container) = message.strip_prefix("Stopping container ") {
        return Some(Killing {
            container: non_empty(word(container))?,
            reason: KillReason::Stopping,
            era: Era::Current,
        });
    }
    let (container, why) = message.strip_prefix("Container ")?.split_once(' ')?;
    Some(Killing { container: non_empty(container)?, reason: kill_reason(why), era: Era::Current })
}

fn kill_reason(text: &str) -> KillReason<'_> {
    if text.contains("failed liveness probe") {
        KillReason::ProbeFailed(ProbeKind::Liveness)
    } else if text.contains("failed startup probe") {
        KillReason::ProbeFailed(ProbeKind::Startup)
    } else if has(text, &["definition changed", "spec hash changed"]) {
        KillReason::DefinitionChanged
    } else if has(text, &["PostStart", "post start hook", "postStart"]) {
        KillReason::PostStartHookFailed
    } else if has(text, &["Need to kill Pod", "Need to kill pod"]) || text.is_empty() {
        KillReason::Stopping
    } else {
        KillReason::Other(text)
    }
}

impl fmt::Display for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectionRefused { at: Some((_, port)) } => write!(f, "connection refused on port {port}"),
            Self::ConnectionRefused { at: None } => f.write_str("connection refused"),
            Self::ConnectionReset => f.write_str("the connection was cut before an answer"),
            Self::Timeout => f.write_str("no answer in time"),
            Self::HttpStatus(status) => write!(f, "HTTP status {status}"),
            Self::Redirect => f.write_str("a redirect to another host, which the probe does not follow"),
            Self::ExecTimeout { limit: Some(limit), .. } => {
                write!(f, "the command took longer than {limit:?}")
            }
            Self::ExecTimeout { limit: None, .. } => f.write_str("the command took too long"),
            Self::CommandFailed { output: "" } => f.write_str("the command failed without a word"),
            Self::CommandFailed { output } => write!(f, "the command failed: {}", until(output, "\n")),
            Self::ExecNotStarted { .. } => f.write_str("the command could not be started in the container"),
            Self::ContainerNotFound => {
                f.write_str("the runtime does not know the container, or it is not running")
            }
            Self::GrpcNotServing { status } => write!(f, "the gRPC service answers {status}"),
            Self::GrpcNotImplemented => f.write_str("the server has no gRPC health service"),
            Self::Tls => f.write_str("TLS failed"),
            Self::WrongScheme => f.write_str("HTTP and HTTPS mixed up"),
            Self::NoSuchHost { host: Some(host) } => write!(f, "{host} does not resolve (DNS)"),
            Self::NoSuchHost { host: None } => f.write_str("the host's name does not resolve (DNS)"),
            Self::NoRoute => f.write_str("no route to the pod"),
            Self::Unknown { detail } => f.write_str(until(detail, "\n")),
        }
    }
}

impl Outcome<'_> {
    /// Whether it may come from slowness, of the application or of the node, rather than from a fault.
    pub fn is_slow(self) -> bool {
        matches!(self, Self::Timeout | Self::ExecTimeout { .. })
    }
}

#[cfg(test)]
#[path = "tests/probe.rs"]
mod tests;
