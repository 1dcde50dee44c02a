//! A file's bytes: memory-mapped when it is large, read when it is small.

#![expect(unsafe_code, reason = "mapping a file is unsafe by nature; see the comment at the only use")]

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Below this size a file is read: cheaper than setting up a mapping and faulting its pages in.
const MAP_FROM: u64 = 64 << 10;

/// The bytes of a plain file.
pub(super) enum Contents {
    Read(Vec<u8>),
    Mapped(memmap2::Mmap),
}

impl Contents {
    /// Opens a regular file. `max_unsized` bounds files that do not say how large they are, as in `/proc`.
    pub(super) fn open(path: &Path, max_unsized: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        if metadata.len() >= MAP_FROM
            && let Ok(map) = map(&file)
        {
            return Ok(Self::Mapped(map));
        }
        let mut bytes = Vec::with_capacity(metadata.len().min(MAP_FROM) as usize + 1);
        file.by_ref().take(max_unsized.max(metadata.len())).read_to_end(&mut bytes)?;
        Ok(Self::Read(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Mapped(map) => map,
        }
    }
}

fn map(file: &File) -> io::Result<memmap2::Mmap> {
    // SAFETY: the mapping is private, read-only and lives no longer than `Contents`, and this program never writes to
    // its inputs. What cannot be ruled out is another process changing the file meanwhile, since no portable lock
    // forbids it. If the file shrinks, touching a page past its new end raises SIGBUS (an access violation on Windows)
    // and ends the program: no wrong answer, but no report either. If it is overwritten in place, the bytes behind the
    // slice change while borrowed, which Rust's rules do not allow for; a reader may see old and new bytes mixed, and
    // text that was checked to be UTF-8 may stop being so. That is accepted because inputs are dumps at rest, and
    // because copying the largest ones first would double the cost of a scan. A file still being written to (a log, a
    // dump in progress) can be given on standard input instead, which is never mapped.
    unsafe { memmap2::Mmap::map(file) }
}

/// When a file was modified, in seconds since 1970.
pub(super) fn modified(metadata: &Metadata) -> Option<i64> {
    let time = metadata.modified().ok()?;
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => i64::try_from(before.duration().as_secs()).ok().map(|seconds| -seconds),
    }
}
