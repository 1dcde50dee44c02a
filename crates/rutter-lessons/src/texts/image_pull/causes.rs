//! Why a pull failed, and how that reads.

use std::fmt;

/// Which part of an image's name a registry doesn't know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The repository.
    Name,
    /// The tag or digest.
    Tag,
    /// It didn't say which.
    Either,
}

/// What is wrong with a registry's certificate or its TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsProblem {
    /// Signed by nobody whom the node trusts.
    UnknownAuthority,
    /// Expired, not yet valid, or the node's clock is wrong.
    Expired,
    /// For other names.
    NameMismatch,
    /// Anything else.
    Other,
}

/// Why a pull failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause<'a> {
    /// The registry answered that it isn't there.
    NotFound(Missing),
    /// The registry won't say whether it isn't there or may not be read: a name *or* rights.
    NotFoundOrNoRights,
    /// Credentials are missing, wrong or insufficient.
    Unauthorized,
    /// Too many pulls.
    RateLimited,
    /// The host's name doesn't resolve.
    HostNotResolved {
        /// The name.
        host: Option<&'a str>,
    },
    /// Nothing listens there.
    ConnectionRefused {
        /// Host and port.
        at: Option<(&'a str, u16)>,
    },
    /// The connection was cut: reset, closed early, EOF.
    ConnectionReset,
    /// No way there: no route, network unreachable.
    NoRoute,
    /// It took too long to connect or to answer.
    Timeout,
    /// TLS failed.
    Tls(TlsProblem),
    /// The registry speaks plain HTTP where HTTPS was expected.
    HttpsExpected,
    /// The image isn't made for the node's architecture or system.
    NoMatchingPlatform,
    /// The node's disk is full.
    NoSpace,
    /// The name is no image's name.
    InvalidReference,
    /// `imagePullPolicy: Never`, and the image isn't on the node.
    NeverPull,
    /// A policy demands a signature that is missing or wrong.
    SignatureInvalid,
    /// The registry answered with a server error.
    RegistryUnavailable {
        /// The HTTP status, if given.
        status: Option<u16>,
    },
    /// The call was cancelled, such as by a runtime that stopped.
    Cancelled,
    /// The runtime didn't finish in time; or it made no progress for too long.
    DeadlineExceeded,
    /// The runtime itself isn't there.
    RuntimeUnavailable,
    /// The message has no cause in it: a plain back-off, `Error: ErrImagePull`.
    NotStated,
    /// A cause in words that aren't known.
    Unknown,
}

impl Cause<'_> {
    /// Whether the registry could not be reached, rather than answering no.
    pub fn is_unreachable(self) -> bool {
        matches!(
            self,
            Self::HostNotResolved { .. }
                | Self::ConnectionRefused { .. }
                | Self::ConnectionReset
                | Self::NoRoute
                | Self::Timeout
                | Self::Tls(_)
                | Self::HttpsExpected
                | Self::RegistryUnavailable { .. }
        )
    }

    /// Whether it can pass without anybody's doing.
    pub fn may_pass(self) -> bool {
        let rest = matches!(self, Self::RateLimited | Self::Cancelled | Self::DeadlineExceeded);
        rest || (self.is_unreachable() && !matches!(self, Self::Tls(_) | Self::HttpsExpected))
    }
}

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HostNotResolved { host: Some(host) } => write!(f, "{host} does not resolve (DNS)"),
            Self::ConnectionRefused { at: Some((host, port)) } => {
                write!(f, "{host} refuses connections on port {port}")
            }
            Self::RegistryUnavailable { status: Some(status) } => {
                write!(f, "the registry answers with server error {status}")
            }
            _ => f.write_str(self.plain()),
        }
    }
}

impl Cause<'_> {
    fn plain(self) -> &'static str {
        match self {
            Self::NotFound(Missing::Name) => "the registry has no image of that name",
            Self::NotFound(Missing::Tag) => "the registry has no such tag of the image",
            Self::NotFound(Missing::Either) => "the registry has no such image or tag",
            Self::NotFoundOrNoRights => "the image does not exist, or its registry demands a login",
            Self::Unauthorized => "the registry refuses the credentials, or there are none",
            Self::RateLimited => "the registry limits the rate of pulls",
            Self::HostNotResolved { .. } => "the registry's name does not resolve (DNS)",
            Self::ConnectionRefused { .. } => "the registry refuses connections",
            Self::ConnectionReset => "the connection to the registry was cut",
            Self::NoRoute => "the node has no route to the registry",
            Self::Timeout => "the registry did not answer in time",
            Self::Tls(TlsProblem::UnknownAuthority) => "the node does not trust the registry's certificate",
            Self::Tls(TlsProblem::Expired) => "the registry's certificate has expired or is not yet valid",
            Self::Tls(TlsProblem::NameMismatch) => "the registry's certificate is for another name",
            Self::Tls(TlsProblem::Other) => "TLS with the registry failed",
            Self::HttpsExpected => "the registry speaks plain HTTP, the node expects HTTPS",
            Self::NoMatchingPlatform => "the image is not made for the node's architecture",
            Self::NoSpace => "the node has no space left for the image",
            Self::InvalidReference => "the image's name is malformed",
            Self::NeverPull => "the image is not on the node and may not be pulled (imagePullPolicy Never)",
            Self::SignatureInvalid => "the image's signature was not accepted",
            Self::RegistryUnavailable { .. } => "the registry is not available",
            Self::Cancelled => "the pull was cancelled",
            Self::DeadlineExceeded => "the pull did not finish in time",
            Self::RuntimeUnavailable => "the node's container runtime does not answer",
            Self::NotStated => "the cause is not stated",
            Self::Unknown => "for a reason that is not known",
        }
    }
}
