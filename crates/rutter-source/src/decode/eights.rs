//! Steps over plain bytes of JSON text eight at a time.
//!
//! Strings in a cluster's objects are short, and so is the indentation before them: at these lengths words in registers
//! are quicker than a call of a vectorised search.

/// The byte in each of eight places.
const fn eight(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

const HIGH: u64 = eight(0x80);

/// The next eight bytes; the first is the lowest.
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let chunk = bytes.get(at..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*chunk))
}

/// Marks the bytes of `word` that are below `limit` (at most 0x80), exactly up to the first.
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(eight(limit)) & !word & HIGH
}

/// The first byte from `at` on that ends the plain part of a string: a quote, an escape or a control character.
pub(super) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = word(bytes, at) {
        let found = below(word ^ eight(b'"'), 1) | below(word ^ eight(b'\\'), 1) | below(word, 0x20);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    bytes.get(at..).and_then(|rest| rest.iter().position(ends)).map_or(bytes.len(), |found| at + found)
}

/// The first position from `at` on that holds no space.
pub(super) fn after_spaces(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = word(bytes, at) {
        let other = word ^ eight(b' ');
        if other != 0 {
            return at + other.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn finds_the_first(text in "[ a-c\\x00-\\x22\\\\\u{80}-\u{ff}]{0,40}", at in 0..48_usize) {
            let bytes = text.as_bytes();
            let from = at.min(bytes.len());
            let first = |ends: fn(&u8) -> bool| from + bytes[from..].iter().position(ends).unwrap_or(bytes.len() - from);
            assert_eq!(plain_end(bytes, from), first(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')));
            assert_eq!(after_spaces(bytes, from), first(|byte| *byte != b' '));
        }
    }
}
