//! `-o yaml`.

use std::io::{self, Write};

use serde::Serialize;

/// Writes a report or an explanation as YAML.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &impl Serialize) -> io::Result<()> {
    let text = serde_saphyr::to_string(report).map_err(io::Error::other)?;
    out.write_all(text.as_bytes())?;
    if text.ends_with('\n') { Ok(()) } else { writeln!(out) }
}
