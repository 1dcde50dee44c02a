//! Why one request brought nothing.

use std::{fmt, time::Duration};

/// Why one request brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The API server refused, with a reason.
    Refused {
        /// The HTTP status.
        code: u16,
        /// The server's own words.
        message: String,
        /// Where to go on, if a continue token expired and the server offers another.
        go_on: Option<String>,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// An answer that is of no type that was asked for: a proxy's, a load balancer's or a login page's.
    Foreign {
        /// The HTTP status.
        code: u16,
        /// The content type, or where it redirects to.
        what: String,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// An answer of the API server's, but no list.
    NoList(String),
    /// The connection failed or was cut.
    Cut(String),
    /// There is no way to the server: its name is unknown or its certificate wrong.
    NoWay(String),
    /// Nothing came for so long.
    Silent(Duration),
    /// The time for the whole scan is up.
    OutOfTime(Duration),
    /// The server stopped answering earlier requests, so this one was not sent.
    GivenUp,
    /// The credentials could not be refreshed.
    Credentials(String),
    /// A list of Secrets that would have brought their values: not read.
    Withheld,
    /// Larger than anything that makes sense.
    TooLarge,
    /// Nobody listens any more.
    HungUp,
}

impl Failure {
    /// The HTTP status, if there was an answer.
    pub(super) fn code(&self) -> Option<u16> {
        match self {
            Self::Refused { code, .. } | Self::Foreign { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The server knows the caller and refuses.
    pub(super) fn is_forbidden(&self) -> bool {
        matches!(self, Self::Refused { code: 403, .. })
    }

    /// The server doesn't know the caller.
    pub(super) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused { code: 401, .. })
    }

    /// The server has no such resource.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Refused { code: 404, .. })
    }

    /// The server has forgotten where the list was.
    pub(super) fn is_expired(&self) -> bool {
        matches!(self, Self::Refused { code: 410, .. })
    }

    /// The server or the way to it is at fault, not the request.
    pub(super) fn is_unresponsive(&self) -> bool {
        matches!(self, Self::Silent(_) | Self::Cut(_) | Self::NoWay(_))
    }

    /// Whether the same request may succeed soon.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Refused { code, .. } | Self::Foreign { code, .. } => {
                matches!(code, 429 | 500 | 502 | 503 | 504)
            }
            Self::Cut(_) => true,
            _ => false,
        }
    }

    /// How long the server asks to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } | Self::Foreign { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { code: 403, message, .. } if !message.is_empty() => f.write_str(message),
            Self::Refused { code, message, .. } if message.is_empty() => {
                write!(f, "the API server answered with status {code}")
            }
            Self::Refused { code, message, .. } => {
                write!(f, "the API server answered with status {code}: {message}")
            }
            Self::Foreign { code, what, .. } => {
                write!(f, "the answer is not from the API server: status {code}, {what}")
            }
            Self::NoList(kind) => write!(f, "the answer is not a list but {kind}"),
            Self::Cut(why) | Self::NoWay(why) => write!(f, "the connection failed: {why}"),
            Self::Silent(time) => write!(f, "the API server sent nothing for {}", seconds(*time)),
            Self::OutOfTime(time) => write!(f, "the time limit of {} was reached", seconds(*time)),
            Self::GivenUp => f.write_str("not asked for, because the API server had stopped answering"),
            Self::Credentials(why) => write!(f, "the credentials could not be refreshed: {why}"),
            Self::Withheld => f.write_str(
                "the API server can't list Secrets without their values, and Rutter does not read those",
            ),
            Self::TooLarge => f.write_str("the answer is larger than anything that makes sense"),
            Self::HungUp => f.write_str("the reading was stopped"),
        }
    }
}

fn seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
