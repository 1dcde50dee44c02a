//! What stands behind the incidents: what became different, what is over, what was not decided, what was seen.

use rutter_lessons::words;

use super::{Html, Shown, incident};
use crate::{
    Report, ResourceCoverage,
    changes::{Change, Event},
    text::{self, comparison, head as said},
};

/// So much of a list is told before the rest is folded.
const MOST: usize = 20;

pub(super) fn write(html: &mut Html, shown: &Shown<'_>) {
    since(html, shown);
    over(html, shown);
    undecided(html, shown.report);
    seen(html, shown.report);
}

/// `12 more`, to be opened; nothing where there is none.
pub(super) fn folded(html: &mut Html, number: usize, what: &str, inner: impl FnOnce(&mut Html)) {
    if number > 0 {
        html.element("details", &[("class", "fold")], |html| {
            html.leaf("summary", &[], &format!("{number} {what}"));
            inner(html);
        });
    }
}

/// A list of which the end is folded where it is long. `item` writes `li` elements.
pub(super) fn listed<T>(html: &mut Html, all: &[T], most: usize, item: impl Fn(&mut Html, &T)) {
    // Nothing is gained by folding one.
    let most = if all.len() <= most + 1 { all.len() } else { most };
    let (first, more) = all.split_at(most);
    if !first.is_empty() {
        html.element("ul", &[], |html| first.iter().for_each(|one| item(html, one)));
    }
    folded(html, more.len(), "more", |html| {
        html.element("ul", &[], |html| more.iter().for_each(|one| item(html, one)));
    });
}

fn section(html: &mut Html, id: &'static str, title: &str, inner: impl FnOnce(&mut Html)) {
    let name = format!("{id}-title");
    html.element("section", &[("id", id), ("aria-labelledby", &name), ("tabindex", "-1")], |html| {
        html.leaf("h2", &[("id", &name)], title);
        inner(html);
    });
    html.newline();
}

fn since(html: &mut Html, shown: &Shown<'_>) {
    let Some(since) = &shown.report.since else { return };
    section(html, "since", "What became different", |html| {
        let text =
            format!("Since {}: {}.", comparison::earlier(since), comparison::summary(shown.report, since));
        html.leaf("p", &[("class", "lead")], &text);
        listed(html, &since.incidents, MOST, |html, change| event(html, shown, change));
        if !since.differences.is_empty() {
            html.leaf("h3", &[], "What was changed");
        }
        listed(html, &since.differences, MOST, |html, change| {
            html.leaf("li", &[], &comparison::one(change, true));
        });
        if !since.partly.is_empty() {
            let resources = words::list(&since.partly, usize::MAX);
            let text = format!("Not all was seen in both, so what came or went is not known: {resources}.");
            html.leaf("p", &[("class", "aside")], &text);
        }
    });
}

/// What happened to an incident, with the way to it where it is still there.
fn event(html: &mut Html, shown: &Shown<'_>, change: &Change) {
    let Change { event, incident, why, .. } = change;
    html.element("li", &[], |html| {
        html.leaf("strong", &[], event.name());
        html.text(" ");
        let at = shown.findings.get(incident.id.as_str()).and_then(|(_, at)| *at);
        match at.filter(|_| matches!(event, Event::Opened | Event::Changed)) {
            Some(n) => html.leaf("a", &[("href", &format!("#i{}", n + 1))], &incident.title),
            None => html.text(&incident.title),
        }
        if !why.is_empty() {
            html.text(&format!(": {}", why.join("; ")));
        }
    });
}

fn over(html: &mut Html, shown: &Shown<'_>) {
    let history = &shown.report.history;
    if history.is_empty() {
        return;
    }
    section(html, "over", "Over, worth knowing", |html| {
        let all: Vec<usize> = (0..history.len()).collect();
        html.element("div", &[("class", "past")], |html| {
            listed(html, &all, MOST, |html, n| {
                html.element("li", &[], |html| {
                    incident::write(html, shown, &history[*n], &format!("o{}", n + 1), false);
                });
            });
        });
    });
}

fn undecided(html: &mut Html, report: &Report) {
    let reasons = text::reasons(report, false);
    if reasons.is_empty() {
        return;
    }
    section(html, "undecided", "Not decided", |html| {
        let text = "These lessons could not look, or not at everything. What they know of may be wrong all the same.";
        html.leaf("p", &[("class", "lead")], text);
        listed(html, &reasons, MOST, |html, (why, lessons)| {
            html.element("li", &[], |html| {
                html.text(&format!("{why}: "));
                html.leaf("span", &[("class", "lessons")], &words::list(lessons, usize::MAX));
            });
        });
    });
}

fn seen(html: &mut Html, report: &Report) {
    let told: Vec<&ResourceCoverage> =
        report.coverage.iter().filter(|resource| resource.used || resource.count.is_some()).collect();
    section(html, "seen", "What was seen", |html| {
        let with = told.iter().filter(|resource| resource.count.is_some()).count();
        let number = format!("resources; something was read of {with}");
        folded(html, told.len(), &number, |html| table(html, &told));
    });
}

fn table(html: &mut Html, resources: &[&ResourceCoverage]) {
    html.element("table", &[], |html| {
        html.element("thead", &[], |html| {
            html.element("tr", &[], |html| {
                for name in ["Resource", "Seen", "Objects", "Note"] {
                    html.leaf("th", &[("scope", "col")], name);
                }
            });
        });
        html.element("tbody", &[], |html| {
            for resource in resources {
                let count = resource.count.map_or_else(String::new, |count| count.to_string());
                html.element("tr", &[], |html| {
                    html.leaf("th", &[("scope", "row")], &resource.resource);
                    let state = resource.state.name();
                    html.element("td", &[("class", state)], |html| html.text(state));
                    html.element("td", &[("class", "number")], |html| html.text(&count));
                    html.element("td", &[], |html| html.text(&said::note(resource)));
                });
                html.newline();
            }
        });
    });
}
