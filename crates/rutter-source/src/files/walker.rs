//! Decides what some bytes are, opens what holds others, and hands documents to the visitor.

use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use super::gauge::{Counted, Gauge, Limit, Limits, Metered, Tally};
use super::gzip::GzipReader;
use super::skip::{SkipReason, Skipped};
use super::sniff::{self, Format};
use super::{Document, Summary, Visitor, names, tarball, text, zipped};

/// The buffer of each reader in a chain of them.
pub(super) const BUFFER: usize = 32 << 10;

/// Stands between an archive and its entry where a person is shown them.
pub(crate) const INSIDE: &str = "!/";

/// A buffer that grew larger than this is given back after use.
const KEPT_BUFFER: usize = 64 << 20;

/// How many problems are reported one by one.
const REPORTED: u64 = 10_000;

/// Where some content is: what it is called, and what is around it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// See [`Document::path`].
    pub(super) path: String,
    /// See [`Document::origin`].
    pub(super) origin: String,
    pub(super) modified: Option<i64>,
    /// What comes before the paths of its entries, should it be an archive.
    prefix: String,
    /// The number of containers around it.
    depth: u32,
    /// Whether its user named it, rather than it being found inside of something.
    named: bool,
    /// Whether it came directly out of a compression, so that a tar here adds no level of its own.
    decompressed: bool,
}

impl Place {
    /// A place that the user named, or standard input.
    pub(super) fn named(name: &str, origin: &str) -> Self {
        Self {
            path: names::without_compression(name).to_owned(),
            origin: origin.to_owned(),
            modified: None,
            prefix: String::new(),
            depth: 0,
            named: true,
            decompressed: false,
        }
    }

    /// A file in a folder; `path` is relative to the root.
    pub(super) fn file(path: &str, origin: String, modified: Option<i64>) -> Self {
        Self {
            path: names::without_compression(path).to_owned(),
            origin,
            modified,
            prefix: format!("{path}/"),
            depth: 0,
            named: false,
            decompressed: false,
        }
    }

    /// The entry `name` of this archive.
    pub(super) fn entry(&self, name: &str, modified: Option<i64>) -> Self {
        let path = self.entry_path(name);
        Self { depth: self.depth, ..Self::file(&path, self.entry_origin(name), modified) }
    }

    /// The path of the entry `name` below the source's root.
    pub(super) fn entry_path(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The entry `name` of this archive, as a person is shown it.
    pub(super) fn entry_origin(&self, name: &str) -> String {
        format!("{}{INSIDE}{name}", self.origin)
    }
}

/// One walk: the limits, the visitor and the count.
pub(super) struct Walker<'v> {
    gauge: Rc<Gauge>,
    visitor: &'v mut dyn Visitor,
    summary: Summary,
    /// How many times the ratio of what came out to what went in was exceeded.
    bombs: u64,
    /// Reused from one document to the next.
    buffer: Vec<u8>,
}

impl<'v> Walker<'v> {
    pub(super) fn new(limits: &Limits, visitor: &'v mut dyn Visitor) -> Self {
        Self { gauge: Gauge::new(limits), visitor, summary: Summary::default(), bombs: 0, buffer: Vec::new() }
    }

    pub(super) fn gauge(&self) -> Rc<Gauge> {
        Rc::clone(&self.gauge)
    }

    pub(super) fn limits(&self) -> &Limits {
        self.gauge.limits()
    }

    /// Ends the walk of the source shown as `origin`.
    pub(super) fn finish(self, origin: &str) -> Summary {
        if let Some(unreported @ 1..) = self.summary.skipped.checked_sub(REPORTED) {
            let why = SkipReason::AndMore(unreported);
            self.visitor.skipped(Skipped { origin: origin.to_owned(), why });
        }
        self.summary
    }

    /// Takes note of what could not be used.
    pub(super) fn skip(&mut self, origin: &str, why: SkipReason) {
        self.summary.skipped += 1;
        self.bombs += u64::from(matches!(why, SkipReason::LimitExceeded(Limit::Ratio(_))));
        if self.summary.skipped <= REPORTED {
            self.visitor.skipped(Skipped { origin: origin.to_owned(), why });
        }
    }

    /// Whether the file or entry at `path` (with the suffix of its compression) is to be opened.
    pub(super) fn wants(&mut self, path: &str, size: u64) -> bool {
        if names::is_archive(path) {
            self.visitor.wants_archive(path, size)
        } else {
            self.visitor.wants(names::without_compression(path), size)
        }
    }

    pub(super) fn follows_links_out(&self) -> bool {
        self.visitor.follows_links_out()
    }

    /// Opens a whole input: a file of the source.
    pub(super) fn open_input(&mut self, place: &Place, bytes: &[u8]) {
        self.gauge.begin_input(bytes.len() as u64);
        self.open_bytes(place, bytes);
    }

    /// Opens content that is in memory. Documents and tar entries are then handed over without a copy.
    pub(super) fn open_bytes(&mut self, place: &Place, bytes: &[u8]) {
        match sniff::format(&bytes[..bytes.len().min(sniff::HEAD)]) {
            Format::Plain => self.deliver(place, bytes),
            Format::Tar => self.contained(place, Format::Tar, |walker, inside| {
                tarball::read_bytes(walker, inside, bytes);
            }),
            Format::Zip => self.contained(place, Format::Zip, |walker, inside| {
                zipped::read_bytes(walker, inside, bytes);
            }),
            Format::Gzip | Format::Zstd | Format::Unsupported(_) => self.open_stream(place, &mut { bytes }),
        }
    }

    /// Opens content that comes from a stream.
    pub(super) fn open_stream(&mut self, place: &Place, stream: &mut dyn BufRead) {
        let mark = self.gauge.mark();
        let bombs = self.bombs;
        self.open_as_sniffed(place, stream);
        if self.bombs > bombs {
            self.gauge.forgive(mark);
        }
    }

    fn open_as_sniffed(&mut self, place: &Place, stream: &mut dyn BufRead) {
        let mut stream = Peeked::new(stream);
        let format = sniff::format(&stream.head);
        match format {
            Format::Plain => self.read_document(place, &mut stream),
            Format::Gzip => self.contained(place, format, |walker, inside| {
                let tally = Tally::default();
                let decoder = GzipReader::new(Counted::new(stream, tally.clone()));
                walker.open_decompressed(inside, decoder, tally);
            }),
            Format::Zstd => self.contained(place, format, |walker, inside| {
                let tally = Tally::default();
                match zstd::Decoder::with_buffer(Counted::new(stream, tally.clone())) {
                    Ok(decoder) => walker.open_decompressed(inside, decoder, tally),
                    Err(error) => walker.skip(&inside.origin, SkipReason::from(&error)),
                }
            }),
            Format::Tar => self.contained(place, format, |walker, inside| {
                tarball::read_stream(walker, inside, &mut stream);
            }),
            Format::Zip => self.contained(place, format, |walker, inside| {
                walker.read_zip(inside, &mut stream);
            }),
            Format::Unsupported(what) => {
                self.skip(&place.origin, SkipReason::Unsupported(what.to_owned()));
            }
        }
    }

    fn open_decompressed(&mut self, place: &Place, decoder: impl Read, went_in: Tally) {
        let metered = Metered::new(decoder, self.gauge(), went_in);
        let mut stream = BufReader::with_capacity(BUFFER, metered);
        self.open_stream(place, &mut stream);
    }

    /// Opens a container, one level deeper, unless that is too deep.
    fn contained(&mut self, place: &Place, format: Format, open: impl FnOnce(&mut Self, &Place)) {
        let same_level = format == Format::Tar && place.decompressed;
        let depth = if same_level { place.depth } else { place.depth + 1 };
        let max_depth = self.limits().max_depth;
        if depth > max_depth {
            return self.skip(&place.origin, SkipReason::NestedTooDeep(max_depth));
        }
        let decompressed = matches!(format, Format::Gzip | Format::Zstd);
        let inside = Place { depth, decompressed, ..place.clone() };
        open(self, &inside);
    }

    fn read_document(&mut self, place: &Place, stream: &mut dyn BufRead) {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        match self.read_whole(stream, &mut buffer) {
            Ok(()) => self.deliver(place, &buffer),
            Err(why) => {
                if why.leaves_a_part() && !buffer.is_empty() {
                    self.deliver(place, &buffer);
                }
                self.skip(&place.origin, why);
            }
        }
        if buffer.capacity() <= KEPT_BUFFER {
            self.buffer = buffer;
        }
    }

    /// A zip's directory is at its end, so from a stream it has to be in memory as a whole.
    fn read_zip(&mut self, place: &Place, stream: &mut dyn BufRead) {
        let mut archive = Vec::new();
        match self.read_whole(stream, &mut archive) {
            Ok(()) => zipped::read_bytes(self, place, &archive),
            Err(why) => {
                if why.leaves_a_part() {
                    zipped::read_bytes(self, place, &archive);
                }
                self.skip(&place.origin, why);
            }
        }
    }

    /// Reads all of `stream` into memory, which grows with what really comes, up to the limit for one entry.
    fn read_whole(&self, stream: &mut dyn BufRead, buffer: &mut Vec<u8>) -> Result<(), SkipReason> {
        let limit = self.limits().max_entry_bytes;
        stream.take(limit.saturating_add(1)).read_to_end(buffer).map_err(|error| SkipReason::from(&error))?;
        if buffer.len() as u64 > limit {
            return Err(Limit::EntryBytes(limit).into());
        }
        Ok(())
    }

    /// Hands a document over.
    pub(super) fn deliver(&mut self, place: &Place, bytes: &[u8]) {
        if bytes.is_empty() && place.named {
            return;
        }
        let bytes = text::decode(bytes);
        self.summary.documents += 1;
        self.summary.bytes += bytes.len() as u64;
        self.visitor.document(Document {
            path: &place.path,
            origin: &place.origin,
            bytes: &bytes,
            modified: place.modified,
        });
    }
}

/// A stream whose first bytes were looked at and are read again.
struct Peeked<'r, R: ?Sized> {
    head: Vec<u8>,
    at: usize,
    /// What went wrong while looking; comes after the bytes that were read before it.
    error: Option<io::Error>,
    rest: &'r mut R,
}

impl<'r, R: BufRead + ?Sized> Peeked<'r, R> {
    fn new(rest: &'r mut R) -> Self {
        let mut head = Vec::with_capacity(sniff::HEAD);
        let error = rest.take(sniff::HEAD as u64).read_to_end(&mut head).err();
        Self { head, at: 0, error, rest }
    }
}

impl<R: BufRead + ?Sized> Read for Peeked<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at == self.head.len() && self.error.is_none() {
            return self.rest.read(buf);
        }
        let mut available = self.fill_buf()?;
        let count = available.read(buf)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead + ?Sized> BufRead for Peeked<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.head.len() {
            return Ok(&self.head[self.at..]);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.rest.fill_buf(),
        }
    }

    fn consume(&mut self, count: usize) {
        if self.at < self.head.len() {
            self.at = self.head.len().min(self.at + count);
        } else {
            self.rest.consume(count);
        }
    }
}
