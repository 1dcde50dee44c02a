//! Names that are safe: to show on a terminal, and to take for a path below the source's root.

use std::path::Path;

/// The longest entry name that is taken seriously, in bytes (`PATH_MAX` of Linux).
const LONGEST: usize = 4096;

/// How much of an unsafe name is shown, in characters.
const LONGEST_SHOWN: usize = 120;

const ARCHIVE_SUFFIXES: [&str; 14] = [
    ".tar", ".tgz", ".tar.gz", ".tzst", ".tar.zst", ".zip", ".txz", ".tar.xz", ".tbz2", ".tar.bz2",
    ".tar.lz4", ".taz", ".7z", ".rar",
];

const COMPRESSION_SUFFIXES: [&str; 5] = [".gz", ".zst", ".xz", ".bz2", ".lz4"];

/// The separators that an archive's format uses in its names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Separator {
    /// `/` only; a backslash is an ordinary character (systemd's unit names have it).
    Slash,
    /// `/` by the standard, but some Windows tools write `\`.
    SlashOrBackslash,
}

/// The name of an archive's entry as a relative path: no `.`, no empty parts, nothing unprintable.
///
/// The error is the name, made safe to show, of an entry that leads out of the archive or is too long.
pub(super) fn entry(raw: &[u8], separator: Separator) -> Result<String, String> {
    let name = String::from_utf8_lossy(&raw[..raw.len().min(LONGEST + 1)]);
    if raw.len() > LONGEST || is_unsafe(&name) {
        return Err(printable(&name).chars().take(LONGEST_SHOWN).collect());
    }
    let is_separator =
        |c: char| c == '/' || (c == '\\' && separator == Separator::SlashOrBackslash && !name.contains('/'));
    let mut path = String::with_capacity(name.len());
    for part in name.split(is_separator).filter(|part| !part.is_empty() && *part != ".") {
        if !path.is_empty() {
            path.push('/');
        }
        path.extend(part.chars().map(visible));
    }
    Ok(path)
}

fn is_unsafe(name: &str) -> bool {
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    drive || name.starts_with(['/', '\\']) || name.split(['/', '\\']).any(|part| part == "..")
}

/// The text with everything replaced that could act on a terminal or mislead a reader.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// A path as a person is shown it.
pub(super) fn shown_path(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// The last part of a path that the user gave.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| shown_path(path), |name| printable(&name.to_string_lossy()))
}

/// Control characters, and those that reorder or hide text, become U+FFFD.
fn visible(c: char) -> char {
    let misleading = matches!(
        c,
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    );
    if c.is_control() || misleading { char::REPLACEMENT_CHARACTER } else { c }
}

/// The path without the suffix of a compression: `pods.json` for `pods.json.gz`.
pub(crate) fn without_compression(path: &str) -> &str {
    for suffix in COMPRESSION_SUFFIXES {
        if let Some(stem) = strip_suffix(path, suffix)
            && !stem.is_empty()
            && !stem.ends_with('/')
        {
            return stem;
        }
    }
    path
}

/// Whether the name is that of an archive, which may hold documents that its own name says nothing of.
pub(super) fn is_archive(path: &str) -> bool {
    ARCHIVE_SUFFIXES.iter().any(|suffix| strip_suffix(path, suffix).is_some())
}

fn strip_suffix<'a>(path: &'a str, suffix: &str) -> Option<&'a str> {
    let at = path.len().checked_sub(suffix.len())?;
    let end = path.get(at..)?;
    if end.eq_ignore_ascii_case(suffix) { path.get(..at) } else { None }
}
