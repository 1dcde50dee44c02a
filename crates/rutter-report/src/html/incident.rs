//! One incident: what, where, since when, why, what follows from it, whom it harms, what to do, how sure that is.

use rutter_lessons::words;

use super::{Html, Shown, head::badge, rest, tree};
use crate::{
    Evidence, Finding, Incident, ObjectRef, Remedy,
    page::clip_middle,
    text::{comparison, incident as said, times},
};

/// A value with more letters is folded.
const LONG: usize = 500;
/// So much of it stands there before it is opened.
const SHORT: usize = 240;
/// So many objects are named before the rest is folded.
const OBJECTS: usize = 6;
/// So many changes are told before the rest is folded.
const CHANGES: usize = 8;

pub(super) fn write(html: &mut Html, shown: &Shown<'_>, incident: &Incident, id: &str, is_open: bool) {
    let open: &[(&'static str, &str)] = &[("class", "incident"), ("open", "")];
    html.element("details", if is_open { open } else { &open[..1] }, |html| {
        html.element("summary", &[], |html| summary(html, shown, incident));
        html.newline();
        html.element("div", &[("class", "body"), ("id", id)], |html| {
            part(html, "Where", |html| instances(html, &incident.root));
            part(html, "What proves it", |html| evidence(html, shown, &incident.root));
            part(html, "What changed", |html| changes(html, shown, incident));
            part(html, "What follows", |html| tree::write(html, shown, incident));
            part(html, "What it harms", |html| harms(html, incident));
            part(html, "Hosts", |html| hosts(html, incident));
            part(html, "Budgets", |html| {
                rest::listed(html, &incident.short_budgets, OBJECTS, |html, budget| {
                    html.leaf("li", &[], &said::short_budget(budget));
                });
            });
            part(html, "What to do", |html| remedies(html, &incident.remedies));
            part(html, "What then", |html| html.leaf("p", &[], &said::afterwards(incident, usize::MAX)));
            part(html, "How sure", |html| html.leaf("p", &[], &sureness(incident)));
            html.element("p", &[("class", "more")], |html| {
                html.leaf("code", &[], &format!("rutter explain {}", incident.root.lesson));
                html.text(" tells what is known of it. Incident ");
                html.leaf("code", &[], &incident.id);
                html.text(".");
            });
        });
    });
}

/// What can be seen while it is closed.
fn summary(html: &mut Html, shown: &Shown<'_>, incident: &Incident) {
    html.leaf("span", &[("class", "rank")], &incident.rank.to_string());
    html.text(" ");
    badge(html, incident.severity);
    html.text(" ");
    html.leaf("h3", &[], &incident.title);
    html.text(" ");
    let since =
        incident.since.as_deref().map(|since| format!("since {}", times::with_age(since, shown.snapshot)));
    let until = incident
        .until
        .as_deref()
        .map(|until| format!("over since {}", times::with_age(until, shown.snapshot)));
    let explains = match incident.explains.len() {
        0 => None,
        number => Some(format!("explains {}", words::count(number, "more finding"))),
    };
    let meta: Vec<String> = [since, until, explains].into_iter().flatten().collect();
    html.leaf("span", &[("class", "meta")], &meta.join(" · "));
}

/// A part with its name beside it; none at all where nothing is written into it.
fn part(html: &mut Html, name: &'static str, inner: impl FnOnce(&mut Html)) {
    let mut content = Html::default();
    inner(&mut content);
    if content.is_empty() {
        return;
    }
    html.element("div", &[("class", "part")], |html| {
        html.leaf("h4", &[], name);
        html.element("div", &[], |html| html.append(&content));
    });
    html.newline();
}

/// The pods behind a workload; many of them folded behind the first.
pub(super) fn instances(html: &mut Html, finding: &Finding) {
    if finding.instances.len() <= OBJECTS {
        html.leaf("p", &[], &said::instances(finding, true));
    } else {
        opening(html, &said::instances(finding, false), |html| {
            html.leaf("p", &[], &said::instances(finding, true));
        });
    }
}

/// Something short that opens to the whole.
fn opening(html: &mut Html, short: &str, whole: impl FnOnce(&mut Html)) {
    html.element("details", &[("class", "long")], |html| {
        html.leaf("summary", &[], short);
        whole(html);
    });
}

pub(super) fn evidence(html: &mut Html, shown: &Shown<'_>, finding: &Finding) {
    if finding.evidence.is_empty() {
        return;
    }
    html.element("ul", &[("class", "evidence")], |html| {
        for evidence in &finding.evidence {
            html.element("li", &[], |html| one_evidence(html, shown, finding, evidence));
        }
    });
}

fn one_evidence(html: &mut Html, shown: &Shown<'_>, of: &Finding, evidence: &Evidence) {
    html.leaf("span", &[("class", "place")], &said::place(of, evidence));
    if let Some(time) = evidence.time.as_deref() {
        html.text(" ");
        html.leaf("span", &[("class", "time")], &times::short(time, shown.snapshot));
    }
    html.text(" ");
    if evidence.value.len() <= LONG {
        html.leaf("bdi", &[("class", "value")], &evidence.value);
    } else {
        opening(html, &clip_middle(&evidence.value, SHORT), |html| {
            html.leaf("bdi", &[("class", "value")], &evidence.value);
        });
    }
}

/// What became different of that which it is about.
fn changes(html: &mut Html, shown: &Shown<'_>, incident: &Incident) {
    let Some(since) = shown.report.since.as_ref().filter(|_| !incident.changes.is_empty()) else { return };
    html.leaf("p", &[("class", "aside")], &format!("since {}", comparison::earlier(since)));
    rest::listed(html, &incident.changes, CHANGES, |html, change| {
        html.leaf("li", &[], &comparison::one(change, true));
    });
}

/// Who suffers, beyond the object that it is about.
fn harms(html: &mut Html, incident: &Incident) {
    let others = incident.harms.iter().filter(|object| **object != incident.root.object);
    let others: Vec<ObjectRef> = others.cloned().collect();
    if others.len() <= OBJECTS {
        html.leaf("p", &[], &said::objects(&others, usize::MAX));
    } else {
        opening(html, &said::objects(&others, OBJECTS), |html| {
            html.leaf("p", &[], &said::objects(&others, usize::MAX));
        });
    }
}

/// What people type who don't get what they want.
fn hosts(html: &mut Html, incident: &Incident) {
    let hosts = incident.hosts.as_slice();
    if hosts.len() <= OBJECTS {
        html.leaf("p", &[], &words::list(hosts, usize::MAX));
    } else {
        opening(html, &words::list(hosts, OBJECTS), |html| {
            html.leaf("p", &[], &words::list(hosts, usize::MAX));
        });
    }
}

fn remedies(html: &mut Html, remedies: &[Remedy]) {
    if remedies.is_empty() {
        return;
    }
    html.element("ol", &[("class", "remedies")], |html| {
        for remedy in remedies {
            html.element("li", &[], |html| {
                html.text(&remedy.title);
                html.text(" ");
                html.leaf("span", &[("class", &format!("risk {}", remedy.risk.name()))], remedy.risk.name());
                let mut commands = remedy.plan.iter().chain(&remedy.commands).peekable();
                if commands.peek().is_some() {
                    html.element("pre", &[], |html| {
                        commands.for_each(|command| html.leaf("code", &[], command));
                    });
                }
            });
            html.newline();
        }
    });
}

fn sureness(incident: &Incident) -> String {
    match said::sureness(incident.confidence, &incident.root) {
        sure if sure.is_empty() => "certain: the evidence says so itself".to_owned(),
        unsure => unsure,
    }
}
