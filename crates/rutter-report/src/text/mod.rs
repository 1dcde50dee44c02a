//! For a person: what was looked at, then what is wrong, the worst first.
//!
//! | module | writes |
//! | --- | --- |
//! | [`changes`] | incidents as they open, change and close |
//! | `comparison` | what became different since an earlier state |
//! | [`explanation`] | what is to say of one object |
//! | [`plan`] | what is to be done, and what stands in its way |
//! | `timeline` | what happened to it, in order of time |
//! | `head` | what was looked at, what was seen of it, and a summary |
//! | `incident` | one incident: what, since when, why, what follows, what to do |
//! | `times` | times, and ages relative to the snapshot |

pub mod changes;
pub(crate) mod comparison;
pub mod explanation;
pub(crate) mod head;
pub(crate) mod incident;
pub mod plan;
mod timeline;
pub(crate) mod times;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};
use rutter_cluster::Time;
use rutter_lessons::words;

use crate::{Report, Severity, page::Page};

/// More incidents than this get an overview, and only the first of them are told in full.
const MANY: usize = 5;
const FIRST: usize = 3;
/// So much of what is over is told.
const PAST: usize = 10;
/// So many reasons why something could not be decided are told.
const REASONS: usize = 4;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const COMMAND: Style = AnsiColor::Cyan.on_default();
const PLAIN: Style = Style::new();

/// How to write.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Columns; only commands and single long words go beyond.
    pub width: usize,
    /// The present time, to tell the age of the snapshot.
    pub now: Option<Time>,
    /// Everything: all findings, instances and evidence, and what was seen of each resource.
    pub wide: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { width: 100, now: None, wide: false }
    }
}

/// Writes the report with ANSI styles, which the caller takes out where they are not wanted.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &Report, options: &Options) -> io::Result<()> {
    let mut page = Page::new(out, options.width);
    head::write(&mut page, report, options)?;
    let many = !options.wide && report.incidents.len() > MANY;
    if many {
        page.blank()?;
        incident::write_overview(&mut page, &report.incidents)?;
        page.blank()?;
        page.lines(&[], BOLD, &format!("The first {FIRST} in full; -o wide tells all"))?;
    }
    for incident in report.incidents.iter().take(if many { FIRST } else { usize::MAX }) {
        page.blank()?;
        incident::write(&mut page, report, incident, options)?;
    }
    comparison::write(&mut page, report, options)?;
    history(&mut page, report, options)?;
    undecided(&mut page, report, options)
}

/// Writes a sentence and below it rows, each behind its label.
///
/// # Errors
/// If `out` can't be written to.
pub fn write_rows(out: &mut dyn Write, first: &str, rows: &[(&str, String)], width: usize) -> io::Result<()> {
    let mut page = Page::new(out, width);
    page.lines(&[], BOLD, first)?;
    rows.iter().try_for_each(|(name, text)| incident::row(&mut page, name, text))
}

fn history(page: &mut Page<'_>, report: &Report, options: &Options) -> io::Result<()> {
    if report.history.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.lines(&[], BOLD, "Over, worth knowing")?;
    let most = if options.wide { usize::MAX } else { PAST };
    for incident in report.history.iter().take(most) {
        incident::write_past(page, report, incident, options)?;
    }
    match report.history.len().saturating_sub(most) {
        0 => Ok(()),
        more => page.lines(&[], DIM, &format!("  and {more} more; -o wide shows all")).map(drop),
    }
}

/// Why something could not be decided, each reason once with the lessons that it held up, and the one first that held up
/// most; `whole` with the number of objects that it was about.
pub(crate) fn reasons(report: &Report, whole: bool) -> Vec<(&str, Vec<&str>)> {
    let mut by_reason = BTreeMap::<&str, Vec<&str>>::new();
    for undecided in &report.undecided {
        let why = if whole { &undecided.why } else { without_number(&undecided.why) };
        let lessons = by_reason.entry(why).or_default();
        if lessons.last() != Some(&undecided.lesson.as_str()) {
            lessons.push(&undecided.lesson);
        }
    }
    let mut reasons: Vec<(&str, Vec<&str>)> = by_reason.into_iter().collect();
    reasons.sort_by_key(|(_, lessons)| std::cmp::Reverse(lessons.len()));
    reasons
}

fn undecided(page: &mut Page<'_>, report: &Report, options: &Options) -> io::Result<()> {
    let reasons = reasons(report, options.wide);
    if reasons.is_empty() {
        return Ok(());
    }
    if report.shows_only_static_pods() {
        page.blank()?;
        let number = reasons.into_iter().flat_map(|(_, lessons)| lessons).collect::<BTreeSet<_>>().len();
        let text = format!(
            "Nothing of a cluster was given, so {} about it could not be decided",
            words::count(number, "lesson")
        );
        return page.lines(&[], DIM, &text).map(drop);
    }
    page.blank()?;
    page.lines(&[], BOLD, "Not decided")?;
    let (most, names) = if options.wide { (usize::MAX, usize::MAX) } else { (REASONS, 6) };
    for (why, lessons) in reasons.iter().take(most) {
        page.lines(&[(PLAIN, "  ")], PLAIN, &format!("{why}: {}", words::list(lessons, names)))?;
    }
    match reasons.len().saturating_sub(most) {
        0 => Ok(()),
        more => page.lines(&[(PLAIN, "  ")], DIM, &format!("and {more} more; -o wide shows all")).map(drop),
    }
}

/// `events are not in the source (3 pods)` without how many subjects it was about.
pub(crate) fn without_number(why: &str) -> &str {
    match why.rsplit_once(" (") {
        Some((reason, number)) if number.starts_with(|first: char| first.is_ascii_digit()) => reason,
        _ => why,
    }
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Blue.on_default(),
        Severity::Info => DIM,
    }
}
