//! Which cluster, as of when, what is wrong in a sentence, and what was not seen.

use super::{Html, rest};
use crate::{
    Report, Severity,
    text::{head as said, times},
};
use rutter_lessons::words;

/// So many sources are named.
const SOURCES: usize = 3;
/// So many problems are named before the rest is folded.
const NAMED: usize = 5;

pub(super) fn write(html: &mut Html, report: &Report) {
    html.newline();
    html.element("header", &[], |html| {
        html.element("div", &[("class", "title")], |html| {
            html.leaf("p", &[("class", "brand")], "Rutter");
            let name =
                if report.cluster.name.is_empty() { "Kubernetes cluster" } else { &report.cluster.name };
            html.leaf("h1", &[], name);
            facts(html, report);
        });
        html.element("div", &[("class", "summary")], |html| {
            html.element("p", &[("class", "verdict")], |html| headline(html, report));
            html.leaf("p", &[("class", "also")], &also(report));
            gaps(html, report);
        });
        contents(html, report);
    });
    html.newline();
}

/// What is wrong, in a sentence.
pub(super) fn verdict(report: &Report) -> String {
    match report.incidents.as_slice() {
        [] => said::nothing(report),
        [one] => format!("1 incident, {}", one.severity.name()),
        many => format!("{}: {}", words::count(many.len(), "incident"), said::by_severity(many)),
    }
}

/// The same, with each number kept beside what it counts.
fn headline(html: &mut Html, report: &Report) {
    let verdict = verdict(report);
    if report.incidents.len() < 2 {
        return html.text(&verdict);
    }
    for part in verdict.split(' ').collect::<Vec<_>>().chunks(2) {
        html.leaf("span", &[], &part.join(" "));
        html.text(" ");
    }
}

fn also(report: &Report) -> String {
    let explained: usize = report.incidents.iter().map(|incident| incident.explains.len()).sum();
    let explained = match explained {
        0 => String::new(),
        1 => "1 more finding follows from what is told here".to_owned(),
        many => format!("{many} more findings follow from what is told here"),
    };
    let over = match report.history.len() {
        0 => String::new(),
        1 => "1 thing is over".to_owned(),
        many => format!("{many} things are over"),
    };
    [explained, over].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

fn facts(html: &mut Html, report: &Report) {
    let cluster = &report.cluster;
    let version = if cluster.version.is_empty() { "unknown" } else { &cluster.version };
    let time = cluster.time.as_deref().map_or_else(|| "an unknown time".to_owned(), times::full);
    html.element("dl", &[("class", "facts")], |html| {
        fact(html, "Version", version);
        fact(html, "As of", &time);
        fact(html, "Read", &words::list(&report.scope.sources, SOURCES));
        fact(html, "Only", &said::scope(report));
        fact(html, "Seen", &said::seen(report));
    });
}

fn fact(html: &mut Html, name: &'static str, text: &str) {
    if !text.is_empty() {
        html.element("div", &[], |html| {
            html.leaf("dt", &[], name);
            html.leaf("dd", &[], text);
        });
    }
}

/// What this report can't speak of, said before anything that it does speak of.
fn gaps(html: &mut Html, report: &Report) {
    let (not_seen, in_part) = (said::not_seen(report), said::in_part(report));
    if not_seen.is_empty() && in_part.is_empty() && report.problems.is_empty() {
        return;
    }
    html.element("div", &[("class", "gaps")], |html| {
        html.element("p", &[], |html| {
            html.leaf("strong", &[], "Not all was seen");
            html.text(", and what was not seen may hide something. ");
            html.leaf("a", &[("href", "#seen")], "What was seen");
        });
        html.element("dl", &[], |html| {
            fact(html, "Not seen", &not_seen);
            fact(html, "In part", &in_part);
        });
        let problems = report.problems.as_slice();
        if !problems.is_empty() {
            let (first, more) = problems.split_at(problems.len().min(NAMED));
            html.leaf("p", &[], "Could not be used:");
            list(html, first);
            rest::folded(html, more.len(), "more", |html| list(html, more));
        }
    });
}

fn list(html: &mut Html, lines: &[String]) {
    html.element("ul", &[], |html| lines.iter().for_each(|line| html.leaf("li", &[], line)));
}

/// Links to what there is.
fn contents(html: &mut Html, report: &Report) {
    let parts = [
        ("#incidents", "Incidents", true),
        ("#since", "What became different", report.since.is_some()),
        ("#over", "Over", !report.history.is_empty()),
        ("#undecided", "Not decided", !report.undecided.is_empty()),
        ("#seen", "What was seen", true),
    ];
    html.element("nav", &[("aria-label", "Contents")], |html| {
        html.element("ul", &[], |html| {
            for (target, name, _) in parts.into_iter().filter(|(.., there)| *there) {
                html.element("li", &[], |html| html.leaf("a", &[("href", target)], name));
            }
        });
    });
}

/// A severity, so that it can be told without colours.
pub(super) fn badge(html: &mut Html, severity: Severity) {
    html.leaf("span", &[("class", &format!("badge {}", severity.name()))], severity.name());
}
