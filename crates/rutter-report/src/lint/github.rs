//! Annotations of GitHub's workflows: they stand beside the lines of a pull request.

use std::io::{self, Write};

use super::LintReport;

/// Writes a command for each open finding ("Workflow commands for GitHub Actions").
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &LintReport) -> io::Result<()> {
    for finding in report.open() {
        let level = match finding.severity {
            "critical" | "high" => "error",
            "medium" => "warning",
            _ => "notice",
        };
        let advice = finding.advice.as_ref().map(|advice| format!("\nWrite: {advice}")).unwrap_or_default();
        let message = format!("{}: {}{advice}", finding.subject(), finding.message);
        writeln!(
            out,
            "::{level} file={},line={},col={},title={}::{}",
            property(&finding.file),
            finding.line,
            finding.column,
            property(finding.check),
            data(message.trim_start_matches(": "))
        )?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
