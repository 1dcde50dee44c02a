//! What became different since an earlier state: incidents that opened and closed, and what was changed.

use std::io;

use rutter_lessons::words;

use super::{BOLD, DIM, Options, PLAIN, incident, times};
use crate::{
    Became, Comparison, ObjectChange, Report,
    changes::{Change, Event},
    page::{Page, clip_middle, clip_words},
};

/// So much is told, unless all is asked for.
const DIFFERENCES: usize = 20;
const INCIDENTS: usize = 10;
const OBJECTS: usize = 4;
/// A value that is longer is cut in its middle.
const VALUE: usize = 70;

pub(super) fn write(page: &mut Page<'_>, report: &Report, options: &Options) -> io::Result<()> {
    let Some(since) = &report.since else { return Ok(()) };
    page.blank()?;
    page.lines(&[], BOLD, &format!("Since {}: {}", earlier(since), summary(report, since)))?;
    incidents(page, since, options)?;
    let most = if options.wide { usize::MAX } else { DIFFERENCES };
    for change in since.differences.iter().take(most) {
        page.lines(&[(PLAIN, "  - ")], PLAIN, &one(change, options.wide))?;
    }
    if since.differences.len() > most {
        let more = since.differences.len() - most;
        page.lines(&[(PLAIN, "  ")], DIM, &format!("and {more} more; -o wide shows all"))?;
    }
    if !since.partly.is_empty() {
        let resources = words::list(&since.partly, if options.wide { usize::MAX } else { OBJECTS });
        let text = format!("not all was seen in both, so what came or went is not known: {resources}");
        page.lines(&[(PLAIN, "  ")], DIM, &text)?;
    }
    Ok(())
}

/// `old.json (25 Nov 2026 10:00:00Z)`.
pub(crate) fn earlier(since: &Comparison) -> String {
    let sources = words::list(&since.sources, 2);
    match &since.time {
        Some(time) => format!("{sources} ({})", times::full(time)),
        None => sources,
    }
}

pub(crate) fn summary(report: &Report, since: &Comparison) -> String {
    let number = |event: Event| since.incidents.iter().filter(|change| change.event == event).count();
    let events = [Event::Opened, Event::Changed, Event::Closed, Event::Unseen];
    let told = events.into_iter().filter(|event| number(*event) > 0);
    let told: Vec<String> =
        told.map(|event| format!("{} {}", words::count(number(event), "incident"), event.name())).collect();
    let differences = match since.differences.len() {
        0 => "nothing else was changed that Rutter compares".to_owned(),
        number => words::count(number, "change"),
    };
    if told.is_empty() {
        // What is less bad was left out of both.
        let same = match report.scope.min_severity {
            Some(least) => format!("the same incidents from {} up", least.name()),
            None => "the same incidents".to_owned(),
        };
        format!("{same}, {differences}")
    } else {
        format!("{}, {differences}", told.join(", "))
    }
}

/// Those that opened are told above; of them only which are new.
fn incidents(page: &mut Page<'_>, since: &Comparison, options: &Options) -> io::Result<()> {
    let most = if options.wide { usize::MAX } else { INCIDENTS };
    for change in since.incidents.iter().take(most) {
        page.lines(&[(PLAIN, "  - ")], PLAIN, &event(change))?;
    }
    match since.incidents.len().saturating_sub(most) {
        0 => Ok(()),
        more => {
            let text = format!("and {more} more incidents; -o wide shows all");
            page.lines(&[(PLAIN, "  ")], DIM, &text).map(drop)
        }
    }
}

fn event(change: &Change) -> String {
    let Change { event, incident, why, .. } = change;
    let why = if why.is_empty() { String::new() } else { format!(": {}", why.join("; ")) };
    // What opened is told in full above.
    let title = match event {
        Event::Opened => format!("{}. {}", incident.rank, clip_words(&incident.title, VALUE)),
        _ => incident.title.clone(),
    };
    format!("{} {title}{why}", event.name())
}

/// `Deployment shop/web: image of web: web:1 → web:2`.
pub(crate) fn one(change: &ObjectChange, wide: bool) -> String {
    let objects = incident::objects(&change.objects, if wide { usize::MAX } else { OBJECTS });
    let value = |value: &str| clip_middle(value, if wide { usize::MAX } else { VALUE }).to_string();
    let ObjectChange { became, field, before, after, .. } = change;
    match (became, before.is_empty(), after.is_empty()) {
        (Became::New, ..) => format!("{objects}: new"),
        (Became::Gone, ..) => format!("{objects}: gone"),
        (Became::Replaced, ..) => format!("{objects}: deleted and made anew"),
        (Became::Changed, true, _) => format!("{objects}: {field}: {} (was not set)", value(after)),
        (Became::Changed, _, true) => format!("{objects}: {field}: no more set (was {})", value(before)),
        (Became::Changed, ..) => format!("{objects}: {field}: {} → {}", value(before), value(after)),
    }
}
