//! The limits on what decompression may cost, and the readers that enforce them.

use std::cell::Cell;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::rc::Rc;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// What may come out of one input before its compression ratio is judged.
const RATIO_GRACE: u64 = 64 * MIB;

/// Bounds on what archives and compressed files may cost.
///
/// They apply to what is decompressed and to what comes from a stream; the size of plain files is not limited.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The largest single document out of an archive, a compressed file or a stream.
    pub max_entry_bytes: u64,
    /// All that may be decompressed during one walk.
    pub max_total_bytes: u64,
    /// The number of archive entries during one walk, wanted or not.
    pub max_entries: u64,
    /// How many bytes may come out for each that went in, once more than 64 MiB came out of one input.
    pub max_ratio: u64,
    /// How many archives may be around a document; a compressed tar counts once.
    pub max_depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_entry_bytes: 4 * GIB,
            max_total_bytes: 16 * GIB,
            max_entries: 1_000_000,
            max_ratio: 200,
            max_depth: 2,
        }
    }
}

/// A limit that was exceeded, with its value.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::max_entry_bytes`].
    #[error("larger than {0} bytes; if that is right, raise --max-entry-bytes")]
    EntryBytes(u64),
    /// [`Limits::max_total_bytes`].
    #[error("more than {0} bytes decompressed in all; if that is right, raise --max-total-bytes")]
    TotalBytes(u64),
    /// [`Limits::max_entries`].
    #[error("more than {0} archive entries; if that is right, raise --max-entries")]
    Entries(u64),
    /// [`Limits::max_ratio`].
    #[error(
        "expands to more than {0} times its size, like a decompression bomb; if that is right, raise --max-ratio"
    )]
    Ratio(u64),
    /// The names and attributes of one archive entry, beyond any sane size; not adjustable.
    #[error(
        "more than {0} bytes of names and attributes for one archive entry; not a sane archive, unpack it yourself"
    )]
    EntryHeader(u64),
}

impl From<Limit> for io::Error {
    fn from(limit: Limit) -> Self {
        io::Error::other(limit)
    }
}

/// Counts what goes into and comes out of decompression during one walk.
#[derive(Debug)]
pub(super) struct Gauge {
    limits: Limits,
    /// Bytes of the current input (a file of the source, or the stream) that went in.
    went_in: Tally,
    /// Bytes that came out of the current input, at all levels of nesting.
    came_out: Cell<u64>,
    total: Cell<u64>,
    entries: Cell<u64>,
}

/// How much had come out at some time; see [`Gauge::forgive`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(u64);

impl Gauge {
    pub(super) fn new(limits: &Limits) -> Rc<Self> {
        Rc::new(Self {
            limits: *limits,
            went_in: Tally::default(),
            came_out: Cell::new(0),
            total: Cell::new(0),
            entries: Cell::new(0),
        })
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Begins a new input of `length` bytes, whose ratio is judged by itself.
    pub(super) fn begin_input(&self, length: u64) {
        self.went_in.set(length);
        self.came_out.set(0);
    }

    /// Where the bytes of an input are counted whose length is not known beforehand.
    pub(super) fn input(&self) -> Tally {
        self.went_in.clone()
    }

    /// Remembers what came out so far.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.came_out.get())
    }

    /// Judges the ratio as at `mark`, so that one bomb does not make its neighbours unreadable.
    pub(super) fn forgive(&self, mark: Mark) {
        self.came_out.set(mark.0);
    }

    /// Counts one entry of an archive.
    pub(super) fn entry(&self) -> Result<(), Limit> {
        if self.entries.get() >= self.limits.max_entries {
            return Err(Limit::Entries(self.limits.max_entries));
        }
        self.entries.set(self.entries.get() + 1);
        Ok(())
    }

    fn charge(&self, count: usize) -> Result<(), Limit> {
        let count = count as u64;
        let came_out = self.came_out.get().saturating_add(count);
        let total = self.total.get().saturating_add(count);
        self.came_out.set(came_out);
        self.total.set(total);
        if total > self.limits.max_total_bytes {
            return Err(Limit::TotalBytes(self.limits.max_total_bytes));
        }
        self.judge(self.went_in.get(), came_out)
    }

    fn judge(&self, went_in: u64, came_out: u64) -> Result<(), Limit> {
        let allowed = went_in.saturating_mul(self.limits.max_ratio);
        if came_out > RATIO_GRACE && came_out > allowed {
            return Err(Limit::Ratio(self.limits.max_ratio));
        }
        Ok(())
    }
}

/// A reader of decompressed data that stops at the limits.
///
/// The ratio is judged twice: of this decompression by itself, as it goes, so that a bomb ends soon however large its
/// file is; and of the whole input over all levels, so that levels don't multiply and overlapping entries don't add up.
///
/// What failed once keeps failing: after an error the position in the data is no longer known.
pub(super) struct Metered<R> {
    inner: R,
    gauge: Rc<Gauge>,
    /// What went into this decompression, if that is known, and what came out of it.
    went_in: Option<Tally>,
    came_out: u64,
    failed: Option<Failure>,
}

/// An error that can be raised again.
enum Failure {
    Limit(Limit),
    Other(io::ErrorKind, String),
}

impl Failure {
    fn raise(&self) -> io::Error {
        match self {
            Self::Limit(limit) => (*limit).into(),
            Self::Other(kind, text) => io::Error::new(*kind, text.clone()),
        }
    }
}

impl<R: Read> Metered<R> {
    /// Meters `inner`, which decompresses what `went_in` counts.
    pub(super) fn new(inner: R, gauge: Rc<Gauge>, went_in: Tally) -> Self {
        Self { inner, gauge, went_in: Some(went_in), came_out: 0, failed: None }
    }

    /// Meters `inner`, of which it isn't known what it reads.
    pub(super) fn by_output(inner: R, gauge: Rc<Gauge>) -> Self {
        Self { inner, gauge, went_in: None, came_out: 0, failed: None }
    }

    fn read_charged(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buf)?;
        self.gauge.charge(count)?;
        self.came_out = self.came_out.saturating_add(count as u64);
        if let Some(went_in) = &self.went_in {
            self.gauge.judge(went_in.get(), self.came_out)?;
        }
        Ok(count)
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(failure) = &self.failed {
            return Err(failure.raise());
        }
        let result = self.read_charged(buf);
        if let Err(error) = &result
            && error.kind() != io::ErrorKind::Interrupted
        {
            let limit = error.get_ref().and_then(|inner| inner.downcast_ref::<Limit>());
            self.failed = Some(match limit {
                Some(limit) => Failure::Limit(*limit),
                None => Failure::Other(error.kind(), error.to_string()),
            });
        }
        result
    }
}

/// A count shared between a [`Counted`] reader and those who ask for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally(Rc<Cell<u64>>);

impl Tally {
    fn get(&self) -> u64 {
        self.0.get()
    }

    fn set(&self, count: u64) {
        self.0.set(count);
    }

    fn add(&self, count: usize) {
        self.set(self.get().saturating_add(count as u64));
    }
}

/// A reader that counts what is taken from it.
pub(super) struct Counted<R> {
    inner: R,
    tally: Tally,
}

impl<R> Counted<R> {
    pub(super) fn new(inner: R, tally: Tally) -> Self {
        Self { inner, tally }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buf)?;
        self.tally.add(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.tally.add(count);
        self.inner.consume(count);
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        self.inner.seek(target)
    }
}
