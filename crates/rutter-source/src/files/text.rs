//! Byte order marks, and the UTF-16 that `>` in Windows PowerShell writes.

use std::borrow::Cow;
use std::char::{REPLACEMENT_CHARACTER, decode_utf16};

/// The bytes without a byte order mark, and as UTF-8 where the mark says UTF-16. All else passes unchanged.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        // The mark of UTF-32, which nothing we know of writes: left for the decoder to refuse.
        [0xff, 0xfe, 0, 0, ..] => Cow::Borrowed(bytes),
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        _ => Cow::Borrowed(bytes),
    }
}

/// Lone surrogates and an odd byte at the end become U+FFFD.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    let units = pairs.iter().map(|pair| unit(*pair));
    text.extend(decode_utf16(units).map(|c| c.unwrap_or(REPLACEMENT_CHARACTER)));
    if !odd.is_empty() {
        text.push(REPLACEMENT_CHARACTER);
    }
    text.into_bytes()
}
