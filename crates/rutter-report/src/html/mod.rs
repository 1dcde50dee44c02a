//! `-o html`: one file for a person, to be opened, mailed or printed.
//!
//! | module | writes |
//! | --- | --- |
//! | `markup` | elements, attributes and text: the only way into the document |
//! | `head` | which cluster, as of when, what is wrong, what was not seen |
//! | `list` | the incidents in their order, alike ones together |
//! | `incident` | one of them in full |
//! | `tree` | what follows from it |
//! | `rest` | what became different, what is over, what was not decided, what was seen |
//!
//! The file asks for nothing from anywhere: a policy in its head allows no script, no image, no font, and no style but its own.
//! Without scripts, what opens and closes is the browser's own `details`, and the filter is a matter of style.

mod head;
mod incident;
mod list;
mod markup;
mod rest;
mod tree;

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use crate::Report;
use markup::Html;

const STYLE: &str = include_str!("style.css");

/// The hash of [`STYLE`], by which the policy knows it: no other style is applied, whoever wrote it. A test compares.
const STYLE_HASH: &str = "sha256-5xPWKnvNAsI0Ol1sBMGtPjeA7AdMrFdHiJ6opppl2L4=";

/// Writes the report as a document of its own.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    out.write_all(document(report).as_bytes())
}

/// What the parts of the document know of the whole.
struct Shown<'r> {
    report: &'r Report,
    /// The time of the snapshot.
    snapshot: Option<&'r str>,
    /// What each finding is called, and the open incident that it is part of.
    findings: BTreeMap<&'r str, (&'r crate::Finding, Option<usize>)>,
}

impl<'r> Shown<'r> {
    fn of(report: &'r Report) -> Self {
        let open = report.incidents.iter().enumerate().map(|(n, incident)| (incident.id.as_str(), n));
        let open: BTreeMap<&str, usize> = open.collect();
        let findings = report
            .findings
            .iter()
            .map(|finding| (finding.id.as_str(), (finding, open.get(finding.incident.as_str()).copied())));
        Self { report, snapshot: report.cluster.time.as_deref(), findings: findings.collect() }
    }
}

fn document(report: &Report) -> String {
    let shown = Shown::of(report);
    let mut html = Html::new();
    html.element("html", &[("lang", "en"), ("dir", "ltr")], |html| {
        html.newline();
        html.element("head", &[], |html| meta(html, report));
        html.newline();
        html.element("body", &[], |html| {
            html.newline();
            html.leaf("a", &[("class", "skip"), ("href", "#incidents")], "Skip to the incidents");
            head::write(html, report);
            html.element("main", &[], |html| {
                list::write(html, &shown);
                rest::write(html, &shown);
            });
            foot(html, report);
        });
    });
    html.newline();
    html.into_string()
}

fn meta(html: &mut Html, report: &Report) {
    let policy = format!("default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'");
    html.void("meta", &[("charset", "utf-8")]);
    html.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
    html.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    html.void("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    html.void("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    html.void("meta", &[("name", "robots"), ("content", "noindex")]);
    let cluster = if report.cluster.name.is_empty() { "a cluster" } else { &report.cluster.name };
    html.leaf("title", &[], &format!("{} – Rutter’s report on {cluster}", head::verdict(report)));
    html.newline();
    html.style(STYLE);
}

fn foot(html: &mut Html, report: &Report) {
    html.newline();
    html.element("footer", &[], |html| {
        html.leaf(
            "p",
            &[],
            "Written by rutter diagnose -o html. What looks like a credential was taken out; names, addresses and images \
             are the cluster’s own. This file asks for nothing from the network and runs no script.",
        );
        html.leaf("p", &[], &format!("The same for programs: -o json ({}).", report.api_version));
    });
    html.newline();
}
