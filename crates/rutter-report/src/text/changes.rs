//! Incidents as they open, change and close, for a person.

use std::io::{self, Write};

use super::{BOLD, COMMAND, DIM, Options, PLAIN, severity_style};
use crate::{
    changes::{Change, Event},
    page::Page,
};

/// So many reasons are told.
const REASONS: usize = 4;

/// Writes each change: when, what, why, and of what is new the first thing to do.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, changes: &[Change], options: &Options) -> io::Result<()> {
    let mut page = Page::new(out, options.width);
    changes.iter().try_for_each(|change| one(&mut page, change, options))
}

fn one(page: &mut Page<'_>, change: &Change, options: &Options) -> io::Result<()> {
    let clock = change.time.as_deref().and_then(|time| time.split_once('T')).map_or("", |(_, clock)| clock);
    let time = format!("{clock:<10}");
    let event = format!("{:<8}", change.event.name());
    let severity = format!("{:9}", change.incident.severity.name().to_uppercase());
    let lead =
        [(DIM, time.as_str()), (BOLD, event.as_str()), (severity_style(change.incident.severity), &severity)];
    let lasted = change.lasted().filter(|_| change.event == Event::Closed);
    let lasted = lasted.map_or_else(String::new, |lasted| format!(" (after {lasted})"));
    page.lines(&lead, BOLD, &format!("{}{lasted}", change.incident.title))?;
    let indent = " ".repeat(18);
    for why in change.why.iter().take(if options.wide { usize::MAX } else { REASONS }) {
        page.lines(&[(PLAIN, &format!("{indent}- "))], PLAIN, why)?;
    }
    if change.event != Event::Opened {
        return Ok(());
    }
    if let Some(remedy) = change.incident.remedies.first() {
        page.lines(&[(DIM, &format!("{indent}do "))], PLAIN, &remedy.title)?;
        for command in remedy.plan.iter().chain(&remedy.commands).take(1) {
            page.lines(&[(PLAIN, &format!("{indent}   $ "))], COMMAND, command)?;
        }
    }
    // What only looks comes first; the plan may be that of a later remedy.
    let later = change.incident.remedies.iter().skip(1).find_map(|remedy| remedy.plan.as_ref());
    if let Some(plan) = later {
        page.lines(&[(DIM, &format!("{indent}or ")), (PLAIN, "$ ")], COMMAND, plan)?;
    }
    let (lesson, id) = (&change.incident.root.lesson, &change.incident.id);
    page.lines(&[(DIM, &indent)], DIM, &format!("rutter explain {lesson} (incident {id})")).map(drop)
}
