//! What was looked at, what was seen of it, and a summary.

use std::io;

use rutter_cluster::Time;
use rutter_lessons::words;

use super::{BOLD, DIM, Options, PLAIN, times};
use crate::{Incident, Report, ResourceCoverage, Severity, State, page::Page};

/// So many resources, sources and problems are named.
const NAMED: usize = 5;

pub(super) fn write(page: &mut Page<'_>, report: &Report, options: &Options) -> io::Result<()> {
    let all = if options.wide { usize::MAX } else { NAMED };
    row(page, "Cluster", &cluster(report, options))?;
    row(page, "Read", &words::list(&report.scope.sources, all))?;
    row(page, "Only", &scope(report))?;
    if options.wide {
        table(page, report)?;
    } else {
        row(page, "Seen", &seen(report))?;
        row(page, "Not seen", &not_seen(report).unwrap_or_default())?;
    }
    for problem in report.problems.iter().take(all) {
        row(page, "Problem", problem)?;
    }
    if report.problems.len() > all {
        row(page, "", &format!("and {} more; -o wide shows all", report.problems.len() - all))?;
    }
    page.blank()?;
    page.lines(&[], BOLD, &summary(report))?;
    Ok(())
}

fn row(page: &mut Page<'_>, label: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    page.lines(&[(DIM, &format!("{label:10}"))], PLAIN, text).map(drop)
}

fn cluster(report: &Report, options: &Options) -> String {
    let cluster = &report.cluster;
    let name = if cluster.name.is_empty() { "unnamed" } else { &cluster.name };
    let version = if cluster.version.is_empty() { "unknown version" } else { &cluster.version };
    let Some(time) = &cluster.time else {
        return format!("{name}, {version}, at an unknown time");
    };
    let ago = options.now.and_then(|now| Some(now.since(Time::parse(time)?))).filter(|age| *age >= 0);
    let ago = ago.map_or_else(String::new, |age| format!(" ({} ago)", words::duration(age)));
    format!("{name}, {version}, as of {}{ago}", times::full(time))
}

fn scope(report: &Report) -> String {
    let scope = &report.scope;
    let mut parts = Vec::new();
    match scope.namespaces.as_slice() {
        [] => {}
        [one] => parts.push(format!("namespace {one}")),
        many => parts.push(format!("namespaces {}", many.join(", "))),
    }
    parts.extend(scope.selector.as_ref().map(|selector| format!("objects with {selector}")));
    parts.extend(scope.min_severity.map(|least| format!("incidents from {} up", least.name())));
    parts.join("; ")
}

/// `45 pods, 3 nodes and 12 other kinds`: what matters most by number.
fn seen(report: &Report) -> String {
    let resources: Vec<&ResourceCoverage> =
        report.coverage.iter().filter(|resource| resource.count.is_some()).collect();
    let first = ["pods", "nodes", "events", "deployments", "services"];
    let named: Vec<String> = first
        .iter()
        .filter_map(|name| resources.iter().find(|resource| resource.resource == *name))
        .map(|resource| {
            let count = resource.count.unwrap_or_default();
            let name = if count == 1 { resource.resource.trim_end_matches('s') } else { &resource.resource };
            format!("{count} {name}")
        })
        .collect();
    match (named.is_empty(), resources.len() - named.len()) {
        (true, 0) => "nothing that Rutter knows".to_owned(),
        (true, 1) => "1 kind of objects".to_owned(),
        (true, others) => format!("{others} kinds of objects"),
        (false, 0) => named.join(", "),
        (false, others) => format!("{} and {}", named.join(", "), words::count(others, "other kind")),
    }
}

/// What lessons would have read: refused, not in the source, or in part.
fn not_seen(report: &Report) -> Option<String> {
    let mut groups = Vec::new();
    for (state, words) in [
        (State::Forbidden, "may not be read"),
        (State::Stale, "too old"),
        (State::Partial, "in part only"),
        (State::Absent, "not in the source"),
    ] {
        let of = |resource: &&ResourceCoverage| {
            resource.used
                && resource.state == state
                && !(resource.resource == "pods/log" && state == State::Partial)
        };
        let names: Vec<&str> = report
            .coverage
            .iter()
            .filter(of)
            .map(|resource| if resource.resource == "pods/log" { "logs" } else { &resource.resource })
            .collect();
        if !names.is_empty() {
            groups.push(format!("{} ({words})", words::list(&names, NAMED)));
        }
    }
    let mut lessons: Vec<&str> = report.undecided.iter().map(|undecided| undecided.lesson.as_str()).collect();
    lessons.sort_unstable();
    lessons.dedup();
    if !lessons.is_empty() {
        let decide = format!("{} could not decide everything", words::count(lessons.len(), "lesson"));
        groups.push(format!("so {decide} ({})", words::list(&lessons, 3)));
    }
    (!groups.is_empty()).then(|| groups.join("; "))
}

fn table(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let mut label = "Seen";
    let wide = report.coverage.iter().map(|resource| resource.resource.len()).max().unwrap_or_default();
    for resource in report.coverage.iter().filter(|resource| resource.used || resource.count.is_some()) {
        let count = resource.count.map_or_else(String::new, |count| count.to_string());
        let (name, state, note) = (&resource.resource, resource.state.name(), &resource.note);
        // Behind a non-breaking lead, so that the columns stay.
        let lead = format!("{label:10}{name:wide$} {state:9} {count:>6}  ");
        if note.is_empty() {
            page.verbatim(0, PLAIN, lead.trim_end())?;
        } else {
            page.lines(&[(PLAIN, &lead)], PLAIN, note)?;
        }
        label = "";
    }
    Ok(())
}

/// `2 incidents: 1 critical, 1 medium; 7 findings explained; 1 thing is over`.
fn summary(report: &Report) -> String {
    let mut parts = Vec::new();
    if report.incidents.is_empty() {
        let lessons = words::count(report.lessons, "lesson");
        parts.push(format!("Nothing found by {lessons} in what was seen"));
        if not_seen(report).is_some() {
            parts.push("what was not seen may hide something".to_owned());
        }
    } else {
        parts.push(match report.incidents.as_slice() {
            [one] => format!("1 incident, {}", one.severity.name()),
            many => format!("{}: {}", words::count(many.len(), "incident"), by_severity(many)),
        });
    }
    let explained: usize = report.incidents.iter().map(|incident| incident.explains.len()).sum();
    if explained > 0 {
        parts.push(format!("{} explained", words::count(explained, "finding")));
    }
    match report.history.len() {
        0 => {}
        1 => parts.push("1 thing is over".to_owned()),
        many => parts.push(format!("{many} things are over")),
    }
    parts.join("; ")
}

fn by_severity(incidents: &[Incident]) -> String {
    let all = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
    let number = |severity| incidents.iter().filter(|incident| incident.severity == severity).count();
    let counted = all.map(|severity| (severity, number(severity)));
    let said = counted.iter().filter(|(_, number)| *number > 0);
    said.map(|(severity, number)| format!("{number} {}", severity.name())).collect::<Vec<_>>().join(", ")
}
