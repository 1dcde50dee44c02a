//! What could not be used, and why.

use std::fmt;
use std::io;

use super::gauge::Limit;
use super::gzip::TrailingData;
use super::names;

/// The longest text of a library's error that is passed on, in characters.
const LONGEST_CAUSE: usize = 160;

/// Something in the source that could not be used, wholly or in part; becomes a coverage note.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Skipped {
    /// Where it is, as a person is shown it (compare [`Document::origin`](super::Document::origin)).
    pub origin: String,
    /// Why it could not be used.
    pub why: SkipReason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.why)
    }
}

/// Why something could not be used, and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SkipReason {
    /// A limit on what decompression may cost.
    #[error(transparent)]
    LimitExceeded(#[from] Limit),
    /// A name that leads out of the archive, or is no name at all.
    #[error("unsafe path in an archive (absolute, containing .., or too long); not read")]
    UnsafePath,
    /// A link in an archive.
    #[error("a link inside an archive is not followed; archive the file itself (tar --dereference)")]
    Link,
    /// A link in a folder whose target is outside of it.
    #[error("this link leads out of the folder; copy its target into the folder to have it read")]
    LinkLeavesRoot,
    /// A link to a folder.
    #[error("a link to a folder is not followed; give the folder itself")]
    LinkToFolder,
    /// A link whose target is missing.
    #[error("this link leads nowhere; its target is missing")]
    DanglingLink,
    /// A device, pipe, socket or the like.
    #[error("not a regular file (a device, pipe or socket); not opened")]
    Special,
    /// An entry that needs a password.
    #[error("encrypted; unpack it with its password and give the folder")]
    Encrypted,
    /// The operating system refuses to show it.
    #[error("cannot be read: {}", cause(*.0))]
    Unreadable(io::ErrorKind),
    /// A compression or feature of an archive that is not supported.
    #[error("{0} is not supported; unpack it and give the result")]
    Unsupported(String),
    /// An archive inside more archives than allowed.
    #[error("nested too deep: an archive inside {0} others; unpack it, or raise --max-depth")]
    NestedTooDeep(u32),
    /// The input ends early. What came before the end was used.
    #[error("truncated: the data ends early, and only what came before was read; copy or collect it again")]
    Truncated,
    /// The content contradicts its checksums or its format.
    #[error("damaged: {0}; copy or collect it again")]
    Damaged(String),
    /// Bytes after the end of an archive or compressed file. What came before them was used.
    #[error("has data after its end, which was not read; unpack it, and give what it holds")]
    TrailingData,
    /// Not enough memory for one document.
    #[error("needs more memory than there is; split it, or run where there is more memory")]
    OutOfMemory,
    /// The number of further things that were not reported one by one.
    #[error("{0} more could not be used, and are not listed")]
    AndMore(u64),
}

impl SkipReason {
    /// Whether the part that came before the problem is whole and worth having.
    pub(super) fn leaves_a_part(&self) -> bool {
        matches!(self, Self::Truncated | Self::TrailingData)
    }
}

impl From<&io::Error> for SkipReason {
    fn from(error: &io::Error) -> Self {
        if let Some(inner) = error.get_ref() {
            if let Some(limit) = inner.downcast_ref::<Limit>() {
                return Self::LimitExceeded(*limit);
            }
            if inner.is::<TrailingData>() {
                return Self::TrailingData;
            }
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated,
            io::ErrorKind::OutOfMemory => Self::OutOfMemory,
            kind if error.raw_os_error().is_some() => Self::Unreadable(kind),
            _ => Self::damaged(error),
        }
    }
}

impl SkipReason {
    /// `Damaged` with the text of `error`, made safe to show.
    pub(super) fn damaged(error: &dyn fmt::Display) -> Self {
        Self::Damaged(names::printable(&error.to_string()).chars().take(LONGEST_CAUSE).collect())
    }
}

fn cause(kind: io::ErrorKind) -> String {
    match kind {
        io::ErrorKind::PermissionDenied => {
            "no permission; run as a user who may read it, or change its mode".to_owned()
        }
        io::ErrorKind::NotFound => "it vanished while the folder was being read; run again".to_owned(),
        kind => format!("{kind}; check the disk or network share it is on"),
    }
}
