//! `-o json`.

use std::io::{self, Write};

use crate::Report;

/// Writes the report as indented JSON.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
