//! What follows from an incident's root, as lists within lists.

use std::collections::BTreeMap;

use super::{Html, Shown, incident, rest};
use crate::{Confidence, Explained, Incident};

/// Beyond this depth, what follows stands on one level: a chain may be as long as there are findings.
const DEEPEST: usize = 6;
/// So many of one cause are told before the rest is folded.
const MOST: usize = 8;

/// A finding with the depth at which it stands.
type Row<'r> = (usize, &'r Explained);

pub(super) fn write(html: &mut Html, shown: &Shown<'_>, incident: &Incident) {
    let rows = rows(incident);
    if !rows.is_empty() {
        write_branches(html, shown, &rows, 0);
    }
}

/// Each finding behind its cause, and at most one level deeper than the one before it.
fn rows(incident: &Incident) -> Vec<Row<'_>> {
    let mut depths = BTreeMap::<&str, usize>::new();
    let (mut rows, mut deepest) = (Vec::with_capacity(incident.explains.len()), 0);
    for effect in &incident.explains {
        let under = depths.get(effect.by.as_str()).copied().unwrap_or_default();
        let depth = under.min(deepest).min(DEEPEST);
        deepest = depth + 1;
        depths.insert(&effect.finding.id, deepest);
        rows.push((depth, effect));
    }
    rows
}

/// Writes rows of which the first has the depth `level`, and none is higher.
fn write_branches(html: &mut Html, shown: &Shown<'_>, rows: &[Row<'_>], level: usize) {
    let branches: Vec<&[Row<'_>]> = rows.chunk_by(|_, (next, _)| *next > level).collect();
    rest::listed(html, &branches, MOST, |html, branch| {
        html.element("li", &[], |html| {
            let [(_, effect), below @ ..] = *branch else { return };
            one(html, shown, effect);
            if !below.is_empty() {
                write_branches(html, shown, below, level + 1);
            }
        });
        html.newline();
    });
}

/// What it is, why it follows, how sure that is; what proves it is folded.
fn one(html: &mut Html, shown: &Shown<'_>, effect: &Explained) {
    let finding = &effect.finding;
    html.leaf("span", &[("class", "effect")], &finding.title());
    html.text(if finding.until.is_some() { " (over), " } else { ", " });
    html.leaf("span", &[("class", "because")], &format!("because {}", effect.why));
    if effect.cause_confidence != Confidence::Certain {
        html.text(" ");
        html.leaf("span", &[("class", "risk")], effect.cause_confidence.name());
    }
    also(html, shown, effect);
    if finding.evidence.is_empty() && finding.instances.is_empty() {
        return;
    }
    html.element("details", &[("class", "long")], |html| {
        html.leaf("summary", &[], "evidence");
        incident::instances(html, finding);
        incident::evidence(html, shown, finding);
    });
}

/// Other causes that would do as well, with the way to their incidents.
fn also(html: &mut Html, shown: &Shown<'_>, effect: &Explained) {
    for id in &effect.also_explained_by {
        let Some((finding, incident)) = shown.findings.get(id.as_str()) else { continue };
        html.text("; also by ");
        match incident {
            Some(n) => html.leaf("a", &[("href", &format!("#i{}", n + 1))], &finding.to_string()),
            None => html.text(&finding.to_string()),
        }
    }
}
