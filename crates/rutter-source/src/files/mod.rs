//! Turns paths and standard input into documents: bytes with a name.
//!
//! A source is a file, a folder or an archive; archives may hold archives. Whatever it is, a [`Visitor`] sees plain
//! [`Document`]s in a fixed order, and a [`Skipped`] for everything that could not be used. Input is taken to be
//! hostile: nothing is ever written, links and `..` are not followed out of the source, and what decompression may
//! cost is bounded by [`Limits`].
//!
//! | module | does |
//! | --- | --- |
//! | `folder` | walks a folder in sorted order |
//! | `walker` | decides what some bytes are, opens containers, hands over documents |
//! | `sniff`, `names`, `text` | formats by their magic bytes, safe names, byte order marks |
//! | `gauge` | the limits, and the readers that enforce them |
//! | `gzip`, `tarball`, `zipped` | one container format each |
//! | `mapped` | a file's bytes, memory-mapped when large |

mod folder;
mod gauge;
mod gzip;
mod mapped;
mod names;
mod skip;
mod sniff;
mod tarball;
mod text;
mod walker;
mod zipped;

#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

pub use self::gauge::{Limit, Limits};
pub(crate) use self::names::without_compression;
pub use self::skip::{SkipReason, Skipped};
pub(crate) use self::walker::INSIDE;
use self::walker::{Place, Walker};

/// One document of the input: a file, an archive's entry, or standard input.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Path relative to the root of the source, for recognising its layout, such as `default/pods.json`.
    ///
    /// Separated by `/`, without control characters and without the suffix of a compression (`pods.json.gz` is
    /// `pods.json`). An archive inside the source counts as a folder: `logs.tar.gz/kubelet.log`.
    pub path: &'a str,
    /// Where it came from, as a person is shown it: `dump.tar.gz!/default/pods.json`, `dump/default/pods.json`, `-`.
    pub origin: &'a str,
    /// The content: decompressed, without a byte order mark, UTF-16 turned into UTF-8.
    ///
    /// Not necessarily valid UTF-8, and empty for an empty file inside a folder or archive.
    pub bytes: &'a [u8],
    /// When the file or entry was modified, in seconds since 1970, where the source says so.
    pub modified: Option<i64>,
}

/// Receives what a walk finds, in a fixed order.
pub trait Visitor {
    /// Whether the document at `path` is to be read.
    ///
    /// Asked before anything of it is opened or decompressed, with its [`Document::path`] and its stored size (that
    /// is, its compressed size where it is a compressed file; 0 for links). What is not wanted is passed over in
    /// silence. Not asked about a file that the user named, nor about standard input.
    fn wants(&mut self, path: &str, size: u64) -> bool;

    /// Whether the archive at `path`, found inside a folder or another archive, is to be opened.
    ///
    /// Asked instead of [`Visitor::wants`] for names such as `x.tar.gz` and `x.zip`.
    fn wants_archive(&mut self, path: &str, size: u64) -> bool {
        let _ = (path, size);
        true
    }

    /// Whether links are followed that lead out of the folder, to files that are no pipes, devices or other folders.
    fn follows_links_out(&self) -> bool {
        false
    }

    /// Takes a document.
    fn document(&mut self, document: Document<'_>);

    /// Takes note of something that could not be used, wholly or in part.
    fn skipped(&mut self, skipped: Skipped);
}

/// What a walk saw.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Summary {
    /// Documents given to the visitor.
    pub documents: u64,
    /// The bytes of those documents.
    pub bytes: u64,
    /// Things that could not be used, including those no longer reported one by one.
    pub skipped: u64,
}

/// Why a source could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing has this name.
    #[error("{} does not exist; check the path, or give - to read standard input", names::shown_path(.path))]
    NotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// The operating system refuses to show it.
    #[error(
        "no permission to read {}; run as a user who may read it, or change its mode (chmod -R u+rX)",
        names::shown_path(.path)
    )]
    NoPermission {
        /// The path as given.
        path: PathBuf,
    },
    /// Any other failure of the operating system.
    #[error("cannot read {}: {source}; check the disk or network share it is on, or copy it elsewhere", names::shown_path(.path))]
    Io {
        /// The path as given.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl Error {
    fn new(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            io::ErrorKind::PermissionDenied => Self::NoPermission { path },
            _ => Self::Io { path, source },
        }
    }
}

/// Walks a file, a folder (any depth, in sorted order) or an archive.
///
/// An empty file or folder is no error: it has no documents. A pipe, as in `<(kubectl get pods -o json)`, is read
/// like standard input.
pub fn walk(path: &Path, limits: &Limits, visitor: &mut dyn Visitor) -> Result<Summary, Error> {
    let failed = |source| Error::new(path, source);
    let metadata = fs::metadata(path).map_err(failed)?;
    let origin = names::shown_path(path);
    if metadata.is_dir() {
        return folder::walk(path, &origin, limits, visitor).map_err(failed);
    }
    let mut place = Place::named(&names::file_name(path), &origin);
    if !metadata.is_file() {
        let file = File::open(path).map_err(failed)?;
        return Ok(read_stream(&place, file, limits, visitor));
    }
    place.modified = mapped::modified(&metadata);
    let contents = mapped::Contents::open(path, limits.max_entry_bytes).map_err(failed)?;
    let mut walker = Walker::new(limits, visitor);
    walker.open_input(&place, contents.bytes());
    Ok(walker.finish(&origin))
}

/// Reads one stream, usually standard input (`name` is then `-`): a document, compressed or not, or an archive.
///
/// A failure of the stream itself is reported to the visitor, after what was read before it.
pub fn walk_reader(
    name: &str,
    reader: impl Read,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> Result<Summary, Error> {
    let name = names::printable(name);
    Ok(read_stream(&Place::named(&name, &name), reader, limits, visitor))
}

fn read_stream(place: &Place, reader: impl Read, limits: &Limits, visitor: &mut dyn Visitor) -> Summary {
    let mut walker = Walker::new(limits, visitor);
    let counted = gauge::Counted::new(reader, walker.gauge().input());
    let mut reader = BufReader::with_capacity(walker::BUFFER, counted);
    walker.open_stream(place, &mut reader);
    walker.finish(&place.origin)
}
