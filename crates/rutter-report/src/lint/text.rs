//! For a person.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{LintFinding, LintReport};
use crate::plain;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Writes the open findings (`all`: the others, too), each with the line that it is about, then a sentence that counts. With ANSI styles, which the
/// caller takes out where they are not wanted.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &LintReport, all: bool) -> io::Result<()> {
    for finding in report.findings.iter().filter(|finding| all || finding.state == "open") {
        write_finding(out, finding)?;
        writeln!(out)?;
    }
    changes(out, report, all)?;
    writeln!(out, "{BOLD}{}{BOLD:#}", summary(report))
}

/// What an apply would change.
fn changes(out: &mut dyn Write, report: &LintReport, all: bool) -> io::Result<()> {
    /// So many are told, unless all are asked for.
    const MOST: usize = 20;
    if report.changes.is_empty() {
        return Ok(());
    }
    writeln!(out, "{BOLD}What an apply would change, of what Rutter compares{BOLD:#}")?;
    let most = if all { usize::MAX } else { MOST };
    for change in report.changes.iter().take(most) {
        writeln!(out, "  - {}", plain(&crate::text::comparison::one(change, all)))?;
    }
    if report.changes.len() > most {
        writeln!(out, "  {DIM}and {} more; -o wide shows all{DIM:#}", report.changes.len() - most)?;
    }
    writeln!(out)
}

fn write_finding(out: &mut dyn Write, finding: &LintFinding) -> io::Result<()> {
    let style = style(finding.severity);
    writeln!(
        out,
        "{style}{}{style:#} {BOLD}{}:{}:{}{BOLD:#} {}  {DIM}{}{DIM:#}",
        finding.severity,
        plain(&finding.file),
        finding.line,
        finding.column,
        plain(&finding.subject()),
        finding.check
    )?;
    writeln!(out, "  {}", plain(&finding.message))?;
    excerpt(out, finding)?;
    if let Some(advice) = &finding.advice {
        writeln!(out, "  write: {}", plain(advice))?;
    }
    if finding.fixable && finding.state == "open" {
        writeln!(out, "  {DIM}--fix does it{DIM:#}")?;
    }
    match (&finding.accepted, finding.state) {
        (Some(accepted), _) => {
            let until = accepted.until.as_ref().map(|day| format!(" (until {day})")).unwrap_or_default();
            writeln!(
                out,
                "  {DIM}accepted by {}{until}: {}{DIM:#}",
                plain(&accepted.by),
                plain(&accepted.reason)
            )
        }
        (None, "known") => writeln!(out, "  {DIM}known: it is in the baseline{DIM:#}"),
        _ => Ok(()),
    }
}

/// The line, and a mark below the part that is meant.
fn excerpt(out: &mut dyn Write, finding: &LintFinding) -> io::Result<()> {
    /// What fits beside a number on most terminals.
    const WIDEST: usize = 110;
    let before = finding.column.saturating_sub(1) as usize;
    let line: String = finding.excerpt.replace('\t', " ").chars().take(WIDEST).collect();
    if line.trim().is_empty() {
        return Ok(());
    }
    writeln!(out, "  {DIM}{:>5} |{DIM:#} {}", finding.line, plain(&line))?;
    let length = finding.length.min(line.chars().count().saturating_sub(before));
    if length > 0 && before < WIDEST {
        let style = style(finding.severity);
        writeln!(out, "  {DIM}      |{DIM:#} {}{style}{}{style:#}", " ".repeat(before), "^".repeat(length))?;
    }
    Ok(())
}

/// A line for each open finding, as compilers write them and editors read them: `FILE:LINE:COLUMN: SEVERITY: MESSAGE [CHECK]`.
///
/// # Errors
/// If `out` can't be written to.
pub fn write_short(out: &mut dyn Write, report: &LintReport) -> io::Result<()> {
    report.open().try_for_each(|finding| {
        let LintFinding { line, column, severity, check, .. } = finding;
        let subject = finding.subject();
        let subject = if subject.is_empty() { subject } else { format!("{subject}: ") };
        let (file, subject, message) = (plain(&finding.file), plain(&subject), plain(&finding.message));
        writeln!(out, "{file}:{line}:{column}: {severity}: {subject}{message} [{check}]")
    })
}

/// The ids of checks that found something, with how often, the most frequent first.
///
/// # Errors
/// If `out` can't be written to.
pub fn write_names(out: &mut dyn Write, report: &LintReport) -> io::Result<()> {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for finding in report.open() {
        *counts.entry(finding.check).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(id, number)| (std::cmp::Reverse(*number), *id));
    counts.into_iter().try_for_each(|(id, number)| writeln!(out, "{number:>6}  {id}"))
}

fn style(severity: &str) -> Style {
    match severity {
        "critical" => AnsiColor::Red.on_default().bold(),
        "high" => AnsiColor::Red.on_default(),
        "medium" => AnsiColor::Yellow.on_default(),
        _ => AnsiColor::Cyan.on_default(),
    }
}

/// `2 high and 1 low in 3 files (14 objects)`.
pub(super) fn summary(report: &LintReport) -> String {
    let counts = &report.summary;
    let open: Vec<String> = ["critical", "high", "medium", "low", "info"]
        .iter()
        .filter_map(|severity| counts.open.get(severity).map(|number| format!("{number} {severity}")))
        .collect();
    let found = if open.is_empty() { "nothing found".to_owned() } else { open.join(", ") };
    let where_ = format!("{} ({})", number(counts.files, "file"), number(counts.objects, "object"));
    let mut parts = vec![format!("{found} in {where_}")];
    if counts.accepted > 0 {
        parts.push(format!("{} accepted", counts.accepted));
    }
    if counts.known > 0 {
        parts.push(format!("{} known from the baseline", counts.known));
    }
    if counts.fixable > 0 {
        parts.push(format!("--fix mends {}", counts.fixable));
    }
    parts.join("; ")
}

fn number(number: usize, of: &str) -> String {
    if number == 1 { format!("1 {of}") } else { format!("{number} {of}s") }
}
