//! What is to say of one object: what is the matter, the way up to the root and down to the harm, what to do, what happened.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use rutter_lessons::words;

use super::{
    BOLD, DIM, Options, PLAIN,
    incident::{evidence, instances, label, objects, remedies, row, sureness},
    severity_style, timeline, times, without_number,
};
use crate::{
    Bond, Confidence, Explained, Explanation, Finding, Harm, ObjectRef, Step, Thread,
    page::{Page, clip_words},
};

/// So much is told, unless all is asked for.
const EFFECTS: usize = 6;
const NEARBY: usize = 3;
const HARMS: usize = 5;

/// Writes the explanation with ANSI styles, which the caller takes out where they are not wanted.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, explanation: &Explanation, options: &Options) -> io::Result<()> {
    let mut page = Page::new(out, options.width);
    summary(&mut page, explanation)?;
    page.blank()?;
    head(&mut page, explanation)?;
    let mut told = Vec::new();
    for of in &explanation.threads {
        page.blank()?;
        thread(&mut page, explanation, of, !told.contains(&&of.incident), options)?;
        told.push(&of.incident);
    }
    findings(&mut page, "Near it", &explanation.nearby, options)?;
    findings(&mut page, "Over, worth knowing", &explanation.over, options)?;
    timeline::write(&mut page, explanation, options)?;
    undecided(&mut page, explanation, options)
}

/// The first line says what somebody needs who reads no further.
fn summary(page: &mut Page<'_>, explanation: &Explanation) -> io::Result<()> {
    let worst = explanation.threads.first().map(|thread| thread.severity);
    let severity = worst.map_or_else(String::new, |severity| format!("{} ", severity.name().to_uppercase()));
    let style = worst.map_or(BOLD, severity_style);
    page.lines(&[(style, &severity)], BOLD, &explanation.summary).map(drop)
}

fn head(page: &mut Page<'_>, explanation: &Explanation) -> io::Result<()> {
    let cluster = &explanation.cluster;
    let name = if cluster.name.is_empty() { String::new() } else { format!("{}, ", cluster.name) };
    let version = if cluster.version.is_empty() { "unknown version" } else { &cluster.version };
    let time = cluster
        .time
        .as_deref()
        .map_or_else(|| "an unknown time".to_owned(), |time| format!("as of {}", times::full(time)));
    row(
        page,
        "cluster",
        &format!("{name}{version}, {time}; read from {}", words::list(&explanation.scope.sources, 3)),
    )?;
    // Of a healthy object the first line has told that already.
    let facts = if explanation.threads.is_empty() { String::new() } else { explanation.facts.join("; ") };
    row(page, "status", &facts)?;
    row(page, "belongs", &kin(explanation, &[Bond::Owner]))?;
    row(page, "node", &kin(explanation, &[Bond::Node]))?;
    row(page, "claims", &kin(explanation, &[Bond::Claim]))?;
    row(page, "has", &kin(explanation, &[Bond::Part, Bond::Pod]))?;
    row(page, "used by", &kin(explanation, &[Bond::User]))?;
    for problem in explanation.problems.iter().take(3) {
        row(page, "problem", problem)?;
    }
    Ok(())
}

fn kin(explanation: &Explanation, bonds: &[Bond]) -> String {
    let of = explanation.kin.iter().filter(|kin| bonds.contains(&kin.bond)).map(|kin| kin.object.clone());
    let of: Vec<ObjectRef> = of.collect();
    // Its pods are all bound to it alike, so those that are not told are too.
    let pods = explanation.kin.iter().map(|kin| kin.bond).find(|bond| matches!(bond, Bond::Pod | Bond::User));
    let more = match explanation.more_pods {
        more @ 1.. if pods.is_some_and(|bond| bonds.contains(&bond)) => {
            format!(" and {}", words::count(more, "other pod"))
        }
        _ => String::new(),
    };
    format!("{}{more}", objects(&of, 6))
}

fn thread(
    page: &mut Page<'_>,
    explanation: &Explanation,
    of: &Thread,
    is_first: bool,
    options: &Options,
) -> io::Result<()> {
    let snapshot = explanation.cluster.time.as_deref();
    let Some(head) = of.up.first() else { return Ok(()) };
    // Where there is only one, the first line of all has told it.
    if explanation.threads.len() > 1 {
        let lead = format!("{:9}", of.severity.name().to_uppercase());
        page.lines(&[(severity_style(of.severity), &lead)], BOLD, &head.finding.title())?;
    }
    row(page, "where", &instances(&head.finding, options.wide))?;
    if let Some(since) = &head.finding.since {
        row(page, "since", &times::with_age(since, snapshot))?;
    }
    evidence(page, &head.finding, snapshot, &label("seen"), options)?;
    up(page, explanation, &of.up, options)?;
    down(page, of, options)?;
    row(page, "harms", &harms(explanation, &of.harms, options))?;
    if is_first {
        remedies(page, &of.remedies, options)?;
    }
    let root = of.up.last().map_or(&head.finding, |step| &step.finding);
    row(page, "sure", &sureness(root.confidence, root))?;
    let again = if is_first { "" } else { "; what to do stands above" };
    let text = format!(
        "rutter explain {} (incident {}, number {} by rank{again})",
        root.lesson, of.incident, of.rank
    );
    page.lines(&[(DIM, &label("more"))], DIM, &text).map(drop)
}

/// From the finding up to the root, a step below the other.
fn up(page: &mut Page<'_>, explanation: &Explanation, steps: &[Step], options: &Options) -> io::Result<()> {
    let snapshot = explanation.cluster.time.as_deref();
    for (n, step) in steps.iter().enumerate() {
        if n > 0 {
            let name = label(if n + 1 == steps.len() { "root" } else { "" });
            let since =
                step.finding.since.as_deref().map_or_else(String::new, |since| {
                    format!(" (since {})", times::with_age(since, snapshot))
                });
            page.lines(&[(DIM, &name)], BOLD, &format!("{}{since}", step.finding.title()))?;
            evidence(page, &step.finding, snapshot, &label(""), options)?;
        }
        if let Some(why) = &step.why {
            let text = format!("{why}{}", unsure(step.cause_confidence));
            row(page, "because", &text)?;
        }
        for also in &step.also_explained_by {
            row(page, "also by", &format!("{} (incident {})", also.title, also.incident))?;
        }
    }
    Ok(())
}

fn unsure(confidence: Option<Confidence>) -> String {
    match confidence {
        None | Some(Confidence::Certain) => String::new(),
        Some(unsure) => format!(" [{}]", unsure.name()),
    }
}

/// What follows, as a tree; long ones are cut.
fn down(page: &mut Page<'_>, of: &Thread, options: &Options) -> io::Result<()> {
    let Some(head) = of.up.first() else { return Ok(()) };
    let mut depths: BTreeMap<&str, usize> = [(head.finding.id.as_str(), 0)].into();
    let most = if options.wide { usize::MAX } else { EFFECTS };
    for (n, effect) in of.down.iter().enumerate() {
        let name = label(if n == 0 { "so" } else { "" });
        if n >= most {
            let more = of.down.len() - n;
            return page
                .lines(&[(DIM, &name)], DIM, &format!("and {more} more; -o wide shows all"))
                .map(drop);
        }
        let depth = depths.get(effect.by.as_str()).copied().unwrap_or_default();
        depths.insert(&effect.finding.id, depth + 1);
        let indent = format!("{:1$}- ", "", 2 * depth.min(8));
        page.lines(&[(DIM, &name), (DIM, &indent)], PLAIN, &one_effect(effect, page.width, options))?;
    }
    Ok(())
}

fn one_effect(effect: &Explained, width: usize, options: &Options) -> String {
    let title = effect.finding.title();
    let title = clip_words(&title, if options.wide { usize::MAX } else { width + width / 4 }).into_owned();
    let over = if effect.finding.until.is_some() { " (over)" } else { "" };
    format!("{title}{over}, because {}{}", effect.why, unsure(Some(effect.cause_confidence)))
}

fn harms(explanation: &Explanation, harms: &[Harm], options: &Options) -> String {
    let others: Vec<&Harm> = harms.iter().filter(|harm| harm.object != explanation.object).collect();
    let said = others.iter().map(|harm| match harm.what.as_str() {
        "" => harm.object.to_string(),
        what => format!("{} ({what})", harm.object),
    });
    words::list(&said.collect::<Vec<_>>(), if options.wide { usize::MAX } else { HARMS })
}

/// Findings in a line each, with the lesson to read.
fn findings(page: &mut Page<'_>, heading: &str, findings: &[Finding], options: &Options) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.lines(&[], BOLD, heading)?;
    let most = if options.wide { usize::MAX } else { NEARBY };
    for finding in findings.iter().take(most) {
        let until = finding
            .until
            .as_deref()
            .map_or_else(String::new, |until| format!(", until {}", times::full(until)));
        let text = format!("{} ({}, incident {}{until})", finding.title(), finding.lesson, finding.incident);
        page.lines(&[(PLAIN, "  - ")], PLAIN, &text)?;
    }
    match findings.len().saturating_sub(most) {
        0 => Ok(()),
        more => page.lines(&[], DIM, &format!("  and {more} more; -o wide shows all")).map(drop),
    }
}

/// Which lessons could not decide, each reason once.
fn undecided(page: &mut Page<'_>, explanation: &Explanation, options: &Options) -> io::Result<()> {
    let mut by_reason = BTreeMap::<&str, Vec<&str>>::new();
    for undecided in &explanation.undecided {
        by_reason.entry(without_number(&undecided.why)).or_default().push(&undecided.lesson);
    }
    if by_reason.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.lines(&[], BOLD, "Not decided about it")?;
    for (why, lessons) in by_reason {
        let most = if options.wide { usize::MAX } else { 6 };
        page.lines(&[(PLAIN, "  ")], PLAIN, &format!("{why}: {}", words::list(&lessons, most)))?;
    }
    Ok(())
}
