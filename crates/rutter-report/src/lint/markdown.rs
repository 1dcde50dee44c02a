//! A table for a comment or a page.

use std::io::{self, Write};

use super::LintReport;

/// Writes the open findings as a table, and a sentence that counts.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &LintReport) -> io::Result<()> {
    writeln!(out, "### rutter lint\n\n{}\n", super::text::summary(report))?;
    if report.open().next().is_some() {
        writeln!(out, "| severity | where | object | what |\n| --- | --- | --- | --- |")?;
    }
    for finding in report.open() {
        let advice = finding.advice.as_ref().map(|advice| format!("; write: {advice}")).unwrap_or_default();
        writeln!(
            out,
            "| {} | `{}:{}` | {} | {}{} (`{}`) |",
            finding.severity,
            cell(&finding.file),
            finding.line,
            cell(&finding.subject()),
            cell(&finding.message),
            cell(&advice),
            finding.check
        )?;
    }
    if !report.notes.is_empty() {
        writeln!(out)?;
    }
    report.notes.iter().try_for_each(|note| writeln!(out, "- {}", cell(note)))
}

/// Nothing in a manifest may end a cell or become a tag.
fn cell(text: &str) -> String {
    let one_line = text.replace(['\n', '\r'], " ");
    one_line.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('@', "&#64;")
}
