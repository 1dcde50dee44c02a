//! Tar archives: streamed with one entry in memory at a time, or borrowed from bytes that are in memory already.
//!
//! The tar crate understands ustar, old (v7), GNU long names, pax and GNU's first sparse format. What it does not
//! bound is done here: the memory for names and pax attributes, and the zeros of sparse files.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

use tar::{Archive, Entries, Entry, EntryType};

use super::gauge::{Limit, Metered};
use super::names::{self, Separator};
use super::skip::SkipReason;
use super::walker::{BUFFER, Place, Walker};

/// What the header, long names and attributes of one entry may take.
const HEADER_BYTES: u64 = 4 << 20;

/// Reads an archive from a stream.
pub(super) fn read_stream(walker: &mut Walker<'_>, place: &Place, stream: &mut dyn BufRead) {
    let watch = Watch::default();
    let mut archive = Archive::new(Watched { inner: stream, watch: &watch });
    let ended = match archive.entries() {
        Ok(entries) => read_entries(walker, place, entries, &watch, None),
        Err(error) => Err(watch.reason(&error)),
    };
    watch.allow_all();
    finish(walker, place, &watch, ended, archive.into_inner());
}

/// Reads an archive that is in memory; its documents are borrowed from it.
pub(super) fn read_bytes(walker: &mut Walker<'_>, place: &Place, bytes: &[u8]) {
    let watch = Watch::default();
    let mut archive = Archive::new(Watched { inner: Cursor::new(bytes), watch: &watch });
    let ended = match archive.entries_with_seek() {
        Ok(entries) => read_entries(walker, place, entries, &watch, Some(bytes)),
        Err(error) => Err(watch.reason(&error)),
    };
    watch.allow_all();
    finish(walker, place, &watch, ended, archive.into_inner());
}

/// Goes through the entries up to the end mark, the end of the data or the first error.
fn read_entries<R: Read>(
    walker: &mut Walker<'_>,
    place: &Place,
    mut entries: Entries<'_, R>,
    watch: &Watch,
    whole: Option<&[u8]>,
) -> Result<(), SkipReason> {
    let mut data_end = 0;
    loop {
        watch.allow_until(data_end, HEADER_BYTES);
        let Some(entry) = entries.next() else { return Ok(()) };
        let mut entry = entry.map_err(|error| watch.reason(&error))?;
        walker.gauge().entry().map_err(SkipReason::from)?;
        watch.allow_all();
        data_end = data_end_of(&entry);
        read_entry(walker, place, &mut entry, whole)?;
    }
}

/// Where the data of `entry` ends in the archive. A sparse entry's own size counts zeros that aren't there.
fn data_end_of<R: Read>(entry: &Entry<'_, R>) -> u64 {
    let stored = if entry.header().entry_type().is_gnu_sparse() {
        entry.header().entry_size().unwrap_or(0)
    } else {
        entry.size()
    };
    entry.raw_file_position().saturating_add(stored)
}

fn read_entry<R: Read>(
    walker: &mut Walker<'_>,
    archive: &Place,
    entry: &mut Entry<'_, R>,
    whole: Option<&[u8]>,
) -> Result<(), SkipReason> {
    let kind = entry.header().entry_type();
    if is_passed_over(kind) {
        return Ok(());
    }
    let name = match names::entry(&entry.path_bytes(), Separator::Slash) {
        Ok(name) if !name.is_empty() => name,
        Ok(name) | Err(name) => {
            walker.skip(&archive.entry_origin(&name), SkipReason::UnsafePath);
            return Ok(());
        }
    };
    if !walker.wants(&archive.entry_path(&name), entry.size()) {
        return Ok(());
    }
    if let Some(why) = unusable(entry, kind)? {
        walker.skip(&archive.entry_origin(&name), why);
        return Ok(());
    }
    let modified =
        entry.header().mtime().ok().filter(|time| *time > 0).and_then(|time| i64::try_from(time).ok());
    let place = archive.entry(&name, modified);
    match whole {
        _ if kind.is_gnu_sparse() => open_sparse(walker, &place, entry),
        Some(whole) => return open_borrowed(walker, &place, entry, whole),
        None => open_streamed(walker, &place, entry),
    }
    Ok(())
}

/// Directories, and what only describes the archive.
fn is_passed_over(kind: EntryType) -> bool {
    kind.is_dir() || kind.is_pax_global_extensions() || kind.as_byte() == b'V'
}

/// Why the entry's content can't be used, whatever it is.
fn unusable<R: Read>(entry: &mut Entry<'_, R>, kind: EntryType) -> Result<Option<SkipReason>, SkipReason> {
    Ok(match kind {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse if is_pax_sparse(entry)? => {
            Some(SkipReason::Unsupported("a sparse file in pax format".to_owned()))
        }
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => None,
        EntryType::Symlink | EntryType::Link => Some(SkipReason::Link),
        EntryType::Char | EntryType::Block | EntryType::Fifo => Some(SkipReason::Special),
        other => {
            let letter = char::from(other.as_byte()).escape_default();
            Some(SkipReason::Unsupported(format!("a tar entry of type '{letter}'")))
        }
    })
}

/// GNU's later sparse formats store a map before or beside the data, which would be taken for the content.
fn is_pax_sparse<R: Read>(entry: &mut Entry<'_, R>) -> Result<bool, SkipReason> {
    let extensions = entry.pax_extensions().map_err(|error| SkipReason::from(&error))?;
    Ok(extensions.is_some_and(|mut all| {
        all.any(|extension| {
            extension.is_ok_and(|extension| extension.key_bytes().starts_with(b"GNU.sparse."))
        })
    }))
}

fn open_sparse<R: Read>(walker: &mut Walker<'_>, place: &Place, entry: &mut Entry<'_, R>) {
    let zeros_charged = Metered::by_output(Exact { left: entry.size(), inner: entry }, walker.gauge());
    walker.open_stream(place, &mut BufReader::with_capacity(BUFFER, zeros_charged));
}

fn open_streamed<R: Read>(walker: &mut Walker<'_>, place: &Place, entry: &mut Entry<'_, R>) {
    let exact = Exact { left: entry.size(), inner: entry };
    walker.open_stream(place, &mut BufReader::with_capacity(BUFFER, exact));
}

fn open_borrowed<R: Read>(
    walker: &mut Walker<'_>,
    place: &Place,
    entry: &Entry<'_, R>,
    whole: &[u8],
) -> Result<(), SkipReason> {
    let start = usize::try_from(entry.raw_file_position()).map_err(|_| SkipReason::Truncated)?;
    let rest = whole.get(start..).ok_or(SkipReason::Truncated)?;
    let there = usize::try_from(entry.size()).ok().and_then(|size| rest.get(..size));
    walker.open_bytes(place, there.unwrap_or(rest));
    if there.is_none() {
        walker.skip(&place.origin, SkipReason::Truncated);
    }
    Ok(())
}

/// Reports how the archive ended, and reads what follows its end: padding, or the checksum of its compression.
fn finish(
    walker: &mut Walker<'_>,
    place: &Place,
    watch: &Watch,
    ended: Result<(), SkipReason>,
    mut rest: impl Read,
) {
    let outcome = match ended {
        Ok(()) if watch.at_end.get() => Err(SkipReason::Truncated),
        Ok(()) => only_zeros(&mut rest),
        Err(why) => Err(why),
    };
    if let Err(why) = outcome {
        walker.skip(&place.origin, why);
    }
}

fn only_zeros(rest: &mut impl Read) -> Result<(), SkipReason> {
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = match rest.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(SkipReason::from(&error)),
        };
        if buffer[..count].iter().any(|byte| *byte != 0) {
            return Err(SkipReason::TrailingData);
        }
    }
}

/// What is known of the reader below the tar crate, which keeps it to itself.
#[derive(Default)]
struct Watch {
    position: Cell<u64>,
    /// Reading beyond this position is an error.
    allowed: Cell<u64>,
    /// Whether the data ended. An archive that is whole ends with its mark before that.
    at_end: Cell<bool>,
}

impl Watch {
    fn allow_all(&self) {
        self.allowed.set(u64::MAX);
    }

    /// Allows for what is left up to `end`, and `more` bytes.
    fn allow_until(&self, end: u64, more: u64) {
        self.allowed.set(self.position.get().max(end).saturating_add(more));
    }

    fn reason(&self, error: &io::Error) -> SkipReason {
        match SkipReason::from(error) {
            SkipReason::Damaged(_) if self.at_end.get() => SkipReason::Truncated,
            why => why,
        }
    }
}

struct Watched<'w, R> {
    inner: R,
    watch: &'w Watch,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let position = self.watch.position.get();
        if position >= self.watch.allowed.get() {
            return Err(Limit::EntryHeader(HEADER_BYTES).into());
        }
        let count = self.inner.read(buf)?;
        self.watch.position.set(position.saturating_add(count as u64));
        if count == 0 && !buf.is_empty() {
            self.watch.at_end.set(true);
        }
        Ok(count)
    }
}

impl<R: Seek> Seek for Watched<'_, R> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = self.inner.seek(target)?;
        self.watch.position.set(position);
        Ok(position)
    }
}

/// A reader that must yield exactly `left` bytes more; ending early is an error.
struct Exact<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buf)?;
        if count == 0 && self.left > 0 && !buf.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}
