//! What some bytes are, by their first bytes and never by their name.

/// How many bytes [`format`] wants to see; a tar header is this long.
pub(super) const HEAD: usize = 512;

/// The format of some content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    /// A document.
    Plain,
    Gzip,
    Zstd,
    Tar,
    Zip,
    /// A compression or archive that is recognised, to be able to say so.
    Unsupported(&'static str),
}

const MAGIC: [(&[u8], Format); 11] = [
    (b"\x1f\x8b\x08", Format::Gzip),
    (b"\x28\xb5\x2f\xfd", Format::Zstd),
    (b"PK\x03\x04", Format::Zip),
    (b"PK\x05\x06", Format::Zip),
    (b"PK\x07\x08", Format::Unsupported("a zip archive in several parts")),
    (b"\xfd7zXZ\x00", Format::Unsupported("xz compression")),
    (b"BZh", Format::Unsupported("bzip2 compression")),
    (b"\x04\x22\x4d\x18", Format::Unsupported("lz4 compression")),
    (b"\x1f\x9d", Format::Unsupported("compress (.Z) compression")),
    (b"7z\xbc\xaf\x27\x1c", Format::Unsupported("a 7z archive")),
    (b"Rar!\x1a\x07", Format::Unsupported("a rar archive")),
];

/// The format of content that begins with `head` (at least [`HEAD`] bytes, or all there is).
pub(super) fn format(head: &[u8]) -> Format {
    let found = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
    match found {
        Some((b"BZh", _)) if !is_bzip2(head) => Format::Plain,
        Some((_, format)) => *format,
        None if is_tar(head) => Format::Tar,
        None => Format::Plain,
    }
}

/// `BZh` might begin a text; a block or the end of the stream has to follow.
fn is_bzip2(head: &[u8]) -> bool {
    matches!(head.get(4..10), Some(b"1AY&SY" | b"\x17\x72\x45\x38\x50\x90"))
}

/// A tar header has its magic or, in the oldest form, only its checksum to be known by.
fn is_tar(head: &[u8]) -> bool {
    let has_magic = head.get(257..262) == Some(b"ustar");
    let is_binary = head.contains(&0);
    is_binary && (has_magic || (head.first() != Some(&0) && has_tar_checksum(head)))
}

fn has_tar_checksum(head: &[u8]) -> bool {
    let Some(header) = head.get(..HEAD) else { return false };
    let (before, field, after) = (&header[..148], &header[148..156], &header[156..]);
    let sum: u64 = before.iter().chain(after).map(|byte| u64::from(*byte)).sum::<u64>() + 8 * u64::from(b' ');
    let digits: Vec<u8> = field.iter().copied().filter(u8::is_ascii_digit).collect();
    let stated = std::str::from_utf8(&digits).ok().and_then(|digits| u64::from_str_radix(digits, 8).ok());
    stated == Some(sum)
}
