//! What was looked at, what was seen of it, and a summary.

use std::{collections::BTreeSet, io};

use rutter_cluster::Time;
use rutter_lessons::words;

use super::{BOLD, DIM, Options, PLAIN, times};
use crate::{Incident, Report, ResourceCoverage, Severity, State, page::Page};

/// So many resources, sources and problems are named.
const NAMED: usize = 5;

/// Stands for a note that stands above.
const SAME: &str = "for the same reason";

pub(super) fn write(page: &mut Page<'_>, report: &Report, options: &Options) -> io::Result<()> {
    let all = if options.wide { usize::MAX } else { NAMED };
    row(page, "Cluster", &cluster(report, options))?;
    row(page, "Read", &words::list(&report.scope.sources, all))?;
    row(page, "Only", &scope(report))?;
    if options.wide {
        table(page, report)?;
    } else {
        row(page, "Seen", &seen(report))?;
        row(page, "In part", &in_part(report))?;
        row(page, "Not seen", &not_seen(report))?;
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
    let name = if cluster.name.is_empty() { String::new() } else { format!("{}, ", cluster.name) };
    let version = if cluster.version.is_empty() { "unknown version" } else { &cluster.version };
    let Some(time) = &cluster.time else {
        return format!("{name}{version}, at an unknown time");
    };
    let ago = options.now.and_then(|now| Some(now.since(Time::parse(time)?))).filter(|age| *age >= 0);
    let ago = ago.map_or_else(String::new, |age| format!(" ({} ago)", words::duration(age)));
    format!("{name}{version}, as of {}{ago}", times::full(time))
}

pub(crate) fn scope(report: &Report) -> String {
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
pub(crate) fn seen(report: &Report) -> String {
    let all: Vec<&ResourceCoverage> =
        report.coverage.iter().filter(|resource| resource.count.is_some()).collect();
    let first = ["pods", "nodes", "events", "deployments", "services", "staticpods"];
    let first = first.iter().filter_map(|name| all.iter().find(|resource| resource.resource == *name));
    let mut named: Vec<&ResourceCoverage> = first.copied().collect();
    if named.is_empty() {
        named = all.iter().copied().take(NAMED).collect();
    }
    let said: Vec<String> = named.iter().map(|resource| counted(resource)).collect();
    match (said.is_empty(), all.len() - named.len()) {
        (true, _) => "nothing that Rutter knows".to_owned(),
        (false, 0) => said.join(", "),
        (false, others) => format!("{} and {}", said.join(", "), words::count(others, "other kind")),
    }
}

/// `1 pod`, `2 ingresses`.
fn counted(resource: &ResourceCoverage) -> String {
    let (name, count) = (&resource.resource, resource.count.unwrap_or_default());
    let singular = match name.as_str() {
        "endpoints" => None,
        name if name.ends_with("sses") => name.strip_suffix("es"),
        name if name.ends_with("ies") => name.strip_suffix("ies"),
        name => name.strip_suffix('s'),
    };
    if name == "staticpods" {
        return words::count(count, "file of a static pod")
            .replace("file of a static pods", "files of static pods");
    }
    match singular.filter(|_| count == 1) {
        Some(stem) if name.ends_with("ies") => format!("1 {stem}y"),
        Some(one) => format!("1 {one}"),
        None => format!("{count} {name}"),
    }
}

fn name(resource: &ResourceCoverage) -> &str {
    if resource.resource == "pods/log" { "logs" } else { &resource.resource }
}

/// Resources that lessons would have read, in this state.
fn used(report: &Report, state: State) -> impl Iterator<Item = &ResourceCoverage> {
    report.coverage.iter().filter(move |resource| resource.used && resource.state == state)
}

/// `deployments: page 3 could not be read`. Of logs there is never more than a part.
pub(crate) fn in_part(report: &Report) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for resource in used(report, State::Partial).filter(|resource| resource.resource != "pods/log") {
        let note = note(resource);
        match groups.iter_mut().find(|(known, _)| *known == note) {
            Some((_, names)) => names.push(name(resource)),
            None => groups.push((note, vec![name(resource)])),
        }
    }
    let said = groups.iter().map(|(note, names)| {
        let colon = if note.is_empty() { "" } else { ": " };
        format!("{}{colon}{note}", words::list(names, NAMED))
    });
    said.collect::<Vec<_>>().join("; ")
}

/// The note of a resource, in words that are the same for all that were refused alike: the API server names the resource,
/// twice, and its group.
pub(crate) fn note(resource: &ResourceCoverage) -> String {
    let note = &resource.note;
    let general = || {
        let (_, said) = note.split_once(" is forbidden: ")?;
        let (who, rest) = said.split_once(" cannot list resource \"")?;
        let (_, rest) = rest.split_once(" in API group \"")?;
        let (_, scope) = rest.split_once('"')?;
        Some(format!("{who} may not list them{scope}"))
    };
    general().unwrap_or_else(|| note.clone())
}

/// What lessons would have read: refused, or not in the source.
pub(crate) fn not_seen(report: &Report) -> String {
    if report.shows_only_static_pods() {
        return "the cluster: only files from which a kubelet runs pods were given".to_owned();
    }
    let states = [
        (State::Forbidden, "may not be read"),
        (State::Stale, "too old"),
        (State::Absent, "not in the source"),
    ];
    let groups = states.into_iter().filter_map(|(state, words)| {
        let names: Vec<&str> = used(report, state).map(name).collect();
        (!names.is_empty()).then(|| format!("{} ({words})", words::list(&names, NAMED)))
    });
    groups.collect::<Vec<_>>().join("; ")
}

fn table(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let (mut label, mut before) = ("Seen", String::new());
    let wide = report.coverage.iter().map(|resource| resource.resource.len()).max().unwrap_or_default();
    for resource in report.coverage.iter().filter(|resource| resource.used || resource.count.is_some()) {
        let count = resource.count.map_or_else(String::new, |count| count.to_string());
        let (name, state, mut note) = (&resource.resource, resource.state.name(), note(resource));
        if note.len() > SAME.len() && note == before {
            SAME.clone_into(&mut note);
        } else {
            note.clone_into(&mut before);
        }
        // Behind a non-breaking lead, so that the columns stay.
        let lead = format!("{label:10}{name:wide$} {state:9} {count:>6}  ");
        if note.is_empty() {
            page.verbatim(0, PLAIN, lead.trim_end())?;
        } else {
            page.lines(&[(PLAIN, &lead)], PLAIN, &note)?;
        }
        label = "";
    }
    Ok(())
}

/// `2 incidents: 1 critical, 1 medium; 7 findings explained; 1 thing is over`.
fn summary(report: &Report) -> String {
    let mut parts = Vec::new();
    if report.incidents.is_empty() {
        parts.push(nothing(report));
        if !(not_seen(report) + &in_part(report)).is_empty() {
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

/// That nothing was found, and what that means: lessons that lack what they must read have not looked.
pub(crate) fn nothing(report: &Report) -> String {
    if let Some(least) = report.scope.min_severity.filter(|least| *least > Severity::Info) {
        let least = least.name();
        return format!("Nothing at or above {least}; less severe incidents are not shown (--min-severity)");
    }
    let without_number =
        |undecided: &&crate::Undecided| super::without_number(&undecided.why) == undecided.why;
    let idle = report.undecided.iter().filter(without_number).map(|undecided| undecided.lesson.as_str());
    let idle: BTreeSet<&str> = idle.collect();
    let lessons = words::count(report.lessons.saturating_sub(idle.len()), "lesson");
    format!("Nothing found by {lessons} in what was seen")
}

pub(crate) fn by_severity(incidents: &[Incident]) -> String {
    let all = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
    let number = |severity| incidents.iter().filter(|incident| incident.severity == severity).count();
    let counted = all.map(|severity| (severity, number(severity)));
    let said = counted.iter().filter(|(_, number)| *number > 0);
    said.map(|(severity, number)| format!("{number} {}", severity.name())).collect::<Vec<_>>().join(", ")
}
