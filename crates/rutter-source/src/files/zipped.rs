//! Zip archives, by their directory; without one (truncated), by the headers before each entry.
//!
//! `ZipIterable` reads the directory as it goes: unlike `ZipArchive` it needs no memory for hostile entry counts, and
//! keeps entries that share a name.

use std::io::{BufReader, Cursor, Read, Seek};

use zip::ExtraField;
use zip::ZipReadOptions;
use zip::read::{Config, ZipFile, ZipFileEntry, read_zipfile_from_stream};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::gauge::{Counted, Metered, Tally};
use super::names::{self, Separator};
use super::skip::SkipReason;
use super::walker::{BUFFER, Place, Walker};

/// The bits of a Unix mode that tell the type of a file, and the types that matter here.
const TYPE_MASK: u32 = 0o170_000;
const TYPE_LINK: u32 = 0o120_000;
const TYPE_REGULAR: u32 = 0o100_000;

/// Reads an archive that is in memory.
pub(super) fn read_bytes(walker: &mut Walker<'_>, place: &Place, bytes: &[u8]) {
    let outcome = match ZipIterable::try_new(Cursor::new(bytes), Config::default()) {
        Ok(mut archive) => read_directory(walker, place, &mut archive, bytes),
        Err(error) => salvage(walker, place, bytes, reason(&error)),
    };
    if let Err(why) = outcome {
        walker.skip(&place.origin, why);
    }
}

fn read_directory<R: Read + Seek>(
    walker: &mut Walker<'_>,
    place: &Place,
    archive: &mut ZipIterable<R>,
    bytes: &[u8],
) -> Result<(), SkipReason> {
    for entry in archive.files().map_err(|error| reason(&error))? {
        let entry = entry.map_err(|error| reason(&error))?;
        walker.gauge().entry().map_err(SkipReason::from)?;
        let Some(mut entry_place) = admit(walker, place, &entry) else { continue };
        let tally = Tally::default();
        let mut body = Counted::new(Cursor::new(bytes), tally.clone());
        match entry.with_reader(&mut body, ZipReadOptions::default()) {
            Ok(file) => open(walker, &mut entry_place, file, tally),
            Err(error) => walker.skip(&entry_place.origin, reason(&error)),
        }
    }
    Ok(())
}

/// Reads what is there of an archive whose end, and with it the directory, is missing or unreadable because of `why`.
fn salvage(walker: &mut Walker<'_>, place: &Place, bytes: &[u8], why: SkipReason) -> Result<(), SkipReason> {
    let mut found = false;
    let tally = Tally::default();
    let mut stream = Counted::new(bytes, tally.clone());
    while let Ok(Some(file)) = read_zipfile_from_stream(&mut stream) {
        walker.gauge().entry().map_err(SkipReason::from)?;
        found = true;
        if let Some(mut entry_place) = admit(walker, place, &file.entry()) {
            open(walker, &mut entry_place, file, tally.clone());
        }
    }
    let is_cut = found || matches!(why, SkipReason::Damaged(_));
    Err(if is_cut { SkipReason::Truncated } else { why })
}

/// Where the entry's content belongs, if it is wanted and usable.
fn admit(walker: &mut Walker<'_>, archive: &Place, entry: &ZipFileEntry<'_>) -> Option<Place> {
    if entry.is_dir() {
        return None;
    }
    let raw_name = entry.name().map_or_else(|_| entry.name_raw().to_vec(), |name| name.as_bytes().to_vec());
    let name = match names::entry(&raw_name, Separator::SlashOrBackslash) {
        Ok(name) if !name.is_empty() => name,
        Ok(name) | Err(name) => {
            walker.skip(&archive.entry_origin(&name), SkipReason::UnsafePath);
            return None;
        }
    };
    if !walker.wants(&archive.entry_path(&name), entry.size()) {
        return None;
    }
    let place = archive.entry(&name, None);
    let why = match entry.unix_mode().map(|mode| mode & TYPE_MASK) {
        _ if entry.encrypted() => SkipReason::Encrypted,
        _ if !zip::SUPPORTED_COMPRESSION_METHODS.contains(&entry.compression()) => {
            SkipReason::Unsupported(format!("zip compression method {}", entry.compression()))
        }
        Some(TYPE_LINK) => SkipReason::Link,
        Some(0 | TYPE_REGULAR) | None => return Some(place),
        Some(_) => SkipReason::Special,
    };
    walker.skip(&place.origin, why);
    None
}

fn open<R: Read>(walker: &mut Walker<'_>, place: &mut Place, file: ZipFile<'_, R>, went_in: Tally) {
    place.modified = modified(&file);
    let metered = Metered::new(file, walker.gauge(), went_in);
    walker.open_stream(place, &mut BufReader::with_capacity(BUFFER, metered));
}

/// Only the extended timestamp says when; the DOS time that every entry has is in a time zone that nobody wrote down.
fn modified<R: Read>(file: &ZipFile<'_, R>) -> Option<i64> {
    file.extra_data_fields().find_map(|field| match field {
        ExtraField::ExtendedTimestamp(times) => times.mod_time().map(i64::from),
        _ => None,
    })
}

fn reason(error: &ZipError) -> SkipReason {
    match error {
        ZipError::Io(error) => SkipReason::from(error),
        ZipError::UnsupportedArchive(text) if *text == ZipError::PASSWORD_REQUIRED => SkipReason::Encrypted,
        ZipError::UnsupportedArchive(text) => SkipReason::Unsupported(format!("this zip archive ({text})")),
        ZipError::CompressionMethodNotSupported(method) => {
            SkipReason::Unsupported(format!("zip compression method {method}"))
        }
        other => SkipReason::damaged(other),
    }
}
