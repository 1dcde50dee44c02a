//! The incidents, first what to look at first. Those that are alike stand together after the first few of them, so that
//! three thousand don't hide the one that is different.

use std::collections::BTreeMap;

use super::{Html, Shown, incident, rest};
use crate::{Incident, Severity};

/// So many that are alike are listed one by one.
const ALIKE: usize = 3;
/// Up to so many incidents, all are listed one by one.
const FEW: usize = 12;

const ALL: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

pub(super) fn write(html: &mut Html, shown: &Shown<'_>) {
    let incidents = &shown.report.incidents;
    html.element(
        "section",
        &[("id", "incidents"), ("aria-labelledby", "incidents-title"), ("tabindex", "-1")],
        |html| {
            html.leaf("h2", &[("id", "incidents-title")], "Incidents");
            match incidents.len() {
                0 => html.leaf("p", &[], "None in what was seen."),
                1 => {}
                _ => html.leaf(
                    "p",
                    &[("class", "lead")],
                    "What to look at first stands first. Each opens to what proves it and what to do.",
                ),
            }
            filter(html, incidents);
            all(html, shown);
        },
    );
    html.newline();
}

/// Check boxes that hide what is of one severity, where there is more than one.
fn filter(html: &mut Html, incidents: &[Incident]) {
    let number = |severity| incidents.iter().filter(|incident| incident.severity == severity).count();
    let there: Vec<(Severity, usize)> = ALL
        .into_iter()
        .map(|severity| (severity, number(severity)))
        .filter(|(_, number)| *number > 0)
        .collect();
    if there.len() < 2 {
        return;
    }
    html.element("fieldset", &[("class", "filter")], |html| {
        html.leaf("legend", &[], "Show");
        for (severity, number) in there {
            let (name, id) = (severity.name(), format!("show-{}", severity.name()));
            html.element("label", &[("class", name)], |html| {
                // Without autocomplete, lest a browser brings back what somebody hid an hour ago.
                html.void(
                    "input",
                    &[("type", "checkbox"), ("id", &id), ("checked", ""), ("autocomplete", "off")],
                );
                html.text(&format!("{number} {name}"));
            });
        }
        html.leaf("p", &[("class", "hiding")], "Some incidents are hidden.");
    });
}

fn all(html: &mut Html, shown: &Shown<'_>) {
    let incidents = &shown.report.incidents;
    let mut alike = BTreeMap::<_, Vec<usize>>::new();
    for (n, incident) in incidents.iter().enumerate() {
        alike.entry(form(incident)).or_default().push(n);
    }
    let mut told = BTreeMap::<_, usize>::new();
    html.element("ol", &[("class", "incidents")], |html| {
        for (n, incident) in incidents.iter().enumerate() {
            let group = alike.get(&form(incident)).map_or(&[][..], Vec::as_slice);
            let is_folded = incidents.len() > FEW && group.len() > ALIKE + 1;
            let nth = told.entry(form(incident)).or_default();
            *nth += 1;
            if is_folded && *nth > ALIKE {
                continue;
            }
            item(html, shown, n, incidents.len() == 1);
            if is_folded && *nth == ALIKE {
                more(html, shown, incident.severity, group.get(ALIKE..).unwrap_or_default());
            }
        }
    });
}

/// Those like the ones before, to be opened.
fn more(html: &mut Html, shown: &Shown<'_>, severity: Severity, group: &[usize]) {
    html.element("li", &[("class", severity.name())], |html| {
        rest::folded(html, group.len(), "more like it", |html| {
            html.element("ol", &[("class", "incidents")], |html| {
                for n in group {
                    item(html, shown, *n, false);
                }
            });
        });
    });
}

/// What makes incidents alike.
fn form(incident: &Incident) -> (Severity, &str, &str) {
    (incident.severity, &incident.root.lesson, &incident.root.variant)
}

fn item(html: &mut Html, shown: &Shown<'_>, n: usize, is_open: bool) {
    let Some(one) = shown.report.incidents.get(n) else { return };
    html.newline();
    html.element("li", &[("class", one.severity.name())], |html| {
        incident::write(html, shown, one, &format!("i{}", n + 1), is_open);
    });
}
