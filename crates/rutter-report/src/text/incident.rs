//! One incident: what, where, since when, why, what follows from it, whom it harms, what to do, how sure that is.

use std::{collections::BTreeMap, io};

use anstyle::Style;
use rutter_lessons::words;

use super::{BOLD, COMMAND, DIM, Options, PLAIN, comparison, severity_style, times};
use crate::{
    Confidence, Evidence, Explained, Finding, Incident, ObjectRef, Remedy, Report, ShortBudget,
    page::{Page, clip_middle, clip_words},
};

/// So much of an incident is shown, unless all is asked for.
const EVIDENCE: usize = 2;
const EFFECT_LINES: usize = 8;
const CHANGES: usize = 4;
const OBJECTS: usize = 4;
const REMEDIES: usize = 4;
const STAYING: usize = 2;

pub(super) fn write(
    page: &mut Page<'_>,
    report: &Report,
    incident: &Incident,
    options: &Options,
) -> io::Result<()> {
    let snapshot = report.cluster.time.as_deref();
    write_line(page, incident, BOLD, &incident.title)?;
    row(page, "where", &instances(&incident.root, options.wide))?;
    if let Some(since) = &incident.since {
        row(page, "since", &times::with_age(since, snapshot))?;
    }
    evidence(page, &incident.root, snapshot, &label("why"), options)?;
    changes(page, report, incident, options)?;
    effects(page, report, incident, options)?;
    row(page, "harms", &harms(incident, options.wide))?;
    row(page, "hosts", &words::list(&incident.hosts, if options.wide { usize::MAX } else { OBJECTS }))?;
    row(page, "budgets", &budgets(incident, if options.wide { usize::MAX } else { OBJECTS }))?;
    remedies(page, &incident.remedies, options)?;
    row(page, "then", &afterwards(incident, if options.wide { usize::MAX } else { STAYING }))?;
    row(page, "sure", &sureness(incident.confidence, &incident.root))?;
    let (lesson, id, sure) = (&incident.root.lesson, &incident.id, incident.confidence.name());
    let text = format!("rutter explain {lesson} (incident {id}, {sure})");
    page.lines(&[(DIM, &label("more"))], DIM, &text)?;
    Ok(())
}

/// The number, the severity and what is wrong.
fn write_line(page: &mut Page<'_>, incident: &Incident, style: Style, text: &str) -> io::Result<()> {
    let number = format!("{:<3}", incident.rank);
    let severity = format!("{:9}", incident.severity.name().to_uppercase());
    let lead = [(BOLD, number.as_str()), (severity_style(incident.severity), severity.as_str())];
    page.lines(&lead, style, text).map(drop)
}

/// All of them, a line or two each; of those that are alike only the first few.
pub(super) fn write_overview(page: &mut Page<'_>, incidents: &[Incident]) -> io::Result<()> {
    const ALIKE: usize = 3;
    let form = |incident: &Incident| {
        (incident.severity, incident.root.lesson.clone(), incident.root.variant.clone())
    };
    let mut numbers = BTreeMap::new();
    for incident in incidents {
        *numbers.entry(form(incident)).or_insert(0_usize) += 1;
    }
    let mut written = BTreeMap::new();
    for incident in incidents {
        let form = form(incident);
        let nth: &mut usize = written.entry(form.clone()).or_default();
        *nth += 1;
        if *nth > ALIKE {
            continue;
        }
        // The cause stands at the end, so two lines; words that don't fit into the first leave some room there.
        let room = page.width.saturating_sub(12);
        let most = (2 * room).saturating_sub(room / 8);
        write_line(page, incident, PLAIN, &clip_words(&incident.title, most))?;
        let more = numbers.get(&form).map_or(0, |number| number.saturating_sub(ALIKE));
        if *nth == ALIKE && more > 0 {
            page.lines(&[(DIM, &format!("{:12}", ""))], DIM, &format!("… and {more} more like it"))?;
        }
    }
    Ok(())
}

/// What is over: what it was, when, and what followed.
pub(super) fn write_past(
    page: &mut Page<'_>,
    report: &Report,
    incident: &Incident,
    options: &Options,
) -> io::Result<()> {
    let snapshot = report.cluster.time.as_deref();
    let ended = incident.until.as_deref().map_or_else(String::new, |until| {
        format!(", over {}", times::before(until, snapshot).unwrap_or_else(|| times::full(until)))
    });
    let text = format!("{} ({}{ended})", incident.title, incident.root.lesson);
    page.lines(&[(PLAIN, "  - ")], PLAIN, &text)?;
    if options.wide {
        row(page, "where", &instances(&incident.root, true))?;
        evidence(page, &incident.root, snapshot, &label("why"), options)?;
    }
    effects(page, report, incident, options)
}

pub(super) fn label(name: &str) -> String {
    format!("   {name:9}")
}

pub(super) fn row(page: &mut Page<'_>, name: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    page.lines(&[(DIM, &label(name))], PLAIN, text).map(drop)
}

/// The pods behind a workload: `6 pods: web-1, web-2 and 4 more`.
pub(crate) fn instances(finding: &Finding, all: bool) -> String {
    let most = if all { usize::MAX } else { OBJECTS - 1 };
    match finding.instances.as_slice() {
        [] => String::new(),
        [one] => one.to_string(),
        many if many
            .iter()
            .all(|one| one.kind == many[0].kind && one.namespace == finding.object.namespace) =>
        {
            let names: Vec<&str> = many.iter().map(|one| one.name.as_str()).collect();
            format!(
                "{}: {}",
                words::count(many.len(), &many[0].kind.to_lowercase()),
                words::list(&names, most)
            )
        }
        many => format!("{}: {}", words::count(many.len(), "object"), objects(many, most)),
    }
}

/// Objects by kind, which is said once: `Pods shop/web-1, shop/web-2; Node a`.
pub(crate) fn objects(all: &[ObjectRef], most: usize) -> String {
    let mut groups = BTreeMap::<&str, Vec<String>>::new();
    for object in all.iter().take(most) {
        let slash = if object.namespace.is_empty() { "" } else { "/" };
        groups.entry(&object.kind).or_default().push(format!("{}{slash}{}", object.namespace, object.name));
    }
    let said = groups.iter().map(|(kind, names)| match names.as_slice() {
        [one] => format!("{kind} {one}"),
        many => format!("{} {}", plural(kind), many.join(", ")),
    });
    let said: Vec<String> = said.collect();
    match all.len().saturating_sub(most) {
        0 => said.join("; "),
        more => format!("{} and {more} more", said.join("; ")),
    }
}

fn plural(kind: &str) -> String {
    match (kind.strip_suffix('y'), kind.ends_with("ss")) {
        (Some(stem), _) => format!("{stem}ies"),
        (None, true) => format!("{kind}es"),
        (None, false) => format!("{}s", kind.trim_end_matches('s')),
    }
}

pub(super) fn evidence(
    page: &mut Page<'_>,
    finding: &Finding,
    snapshot: Option<&str>,
    lead: &str,
    options: &Options,
) -> io::Result<()> {
    let most = if options.wide { usize::MAX } else { EVIDENCE };
    let blank = " ".repeat(lead.len());
    for (n, evidence) in finding.evidence.iter().take(most).enumerate() {
        let text = one_evidence(finding, evidence, snapshot, page.width, options.wide);
        page.lines(&[(DIM, if n == 0 { lead } else { &blank })], PLAIN, &text)?;
    }
    Ok(())
}

/// `status.message: "…" (23:20:11Z)`.
fn one_evidence(
    of: &Finding,
    evidence: &Evidence,
    snapshot: Option<&str>,
    width: usize,
    wide: bool,
) -> String {
    let time = evidence.time.as_deref();
    let time = time.map_or_else(String::new, |time| format!(" ({})", times::short(time, snapshot)));
    let most = if wide { usize::MAX } else { width * 2 };
    format!("{}: {}{time}", place(of, evidence), clip_middle(&evidence.value, most))
}

/// Where a piece of evidence was read: the object only where the reader can't tell it from what was said before.
pub(crate) fn place(of: &Finding, evidence: &Evidence) -> String {
    let same = |other: &ObjectRef| other.kind == evidence.object.kind && other.name == evidence.object.name;
    let known = same(&of.object) || matches!(of.instances.as_slice(), [one] if same(one));
    let object = if known { String::new() } else { format!("{} ", evidence.object) };
    let place = match (&evidence.path, &evidence.event, &evidence.log) {
        (Some(path), ..) => path.clone(),
        (_, Some(reason), _) => format!("event {reason}"),
        (_, _, Some(container)) => format!("log of {container}"),
        _ => "says".to_owned(),
    };
    object + &place
}

/// What became different of that which it is about: what a person would ask for first.
fn changes(page: &mut Page<'_>, report: &Report, incident: &Incident, options: &Options) -> io::Result<()> {
    let Some(since) = report.since.as_ref().filter(|_| !incident.changes.is_empty()) else { return Ok(()) };
    let most = if options.wide { usize::MAX } else { CHANGES };
    for (n, change) in incident.changes.iter().take(most).enumerate() {
        row(page, if n == 0 { "changed" } else { "" }, &comparison::one(change, options.wide))?;
    }
    let more = match incident.changes.len().saturating_sub(most) {
        0 => String::new(),
        more => format!("and {more} more "),
    };
    row(page, "", &format!("{more}(since {})", comparison::earlier(since)))
}

/// What follows, as a tree; long ones are cut.
fn effects(page: &mut Page<'_>, report: &Report, incident: &Incident, options: &Options) -> io::Result<()> {
    let mut depths = BTreeMap::<&str, usize>::new();
    depths.insert(&incident.root.id, 0);
    let (mut lines, mut before) = (0, None);
    for (n, effect) in incident.explains.iter().enumerate() {
        let left = incident.explains.len() - n;
        if !options.wide && lines >= EFFECT_LINES && left > 1 {
            page.lines(&[(DIM, &label(""))], DIM, &format!("and {left} more; -o wide shows all"))?;
            break;
        }
        let depth = depths.get(effect.by.as_str()).copied().unwrap_or_default();
        depths.insert(&effect.finding.id, depth + 1);
        let name = label(if n == 0 { "so" } else { "" });
        let indent = format!("{:1$}- ", "", 2 * depth.min(8));
        let text = one_effect(report, effect, before, page.width, options.wide);
        before = Some(effect);
        lines += page.lines(&[(DIM, &name), (DIM, &indent)], PLAIN, &text)?;
        if options.wide {
            // Under its words, not under the label: what follows belongs to this branch of the tree.
            let lead = " ".repeat(name.len() + indent.len());
            page.lines(&[(DIM, &lead)], PLAIN, &instances(&effect.finding, true))?;
            evidence(page, &effect.finding, report.cluster.time.as_deref(), &lead, options)?;
        }
    }
    Ok(())
}

fn one_effect(
    report: &Report,
    effect: &Explained,
    before: Option<&Explained>,
    width: usize,
    wide: bool,
) -> String {
    let finding = &effect.finding;
    let title = finding.title();
    let title = clip_words(&title, if wide { usize::MAX } else { width + width / 4 });
    let over = if finding.until.is_some() { " (over)" } else { "" };
    let same = before.is_some_and(|before| before.by == effect.by && before.why == effect.why);
    let why = if same { "for the same reason".to_owned() } else { format!("because {}", effect.why) };
    let sure = match effect.cause_confidence {
        Confidence::Certain => String::new(),
        unsure => format!(" [{}]", unsure.name()),
    };
    let also = |id: &String| report.findings.iter().find(|finding| finding.id == *id);
    let also: Vec<String> =
        effect.also_explained_by.iter().filter_map(also).map(ToString::to_string).collect();
    let also = if also.is_empty() { String::new() } else { format!("; also by {}", words::list(&also, 2)) };
    format!("{title}{over}, {why}{sure}{also}")
}

impl std::fmt::Display for Finding {
    /// `image-pull of Pod shop/web-0`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.lesson, self.object)
    }
}

pub(super) fn remedies(page: &mut Page<'_>, remedies: &[Remedy], options: &Options) -> io::Result<()> {
    let most = if options.wide { usize::MAX } else { REMEDIES };
    for (n, remedy) in remedies.iter().take(most).enumerate() {
        let name = label(if n == 0 { "do" } else { "" });
        let number = format!("{}. ", n + 1);
        let text = format!("{} [{}]", remedy.title, remedy.risk.name());
        page.lines(&[(DIM, &name), (BOLD, &number)], PLAIN, &text)?;
        for command in remedy.plan.iter().chain(&remedy.commands) {
            page.verbatim(name.len() + 3, COMMAND, command)?;
        }
    }
    match remedies.len().saturating_sub(most) {
        0 => Ok(()),
        more => {
            page.lines(&[(DIM, &label(""))], DIM, &format!("and {more} more; -o wide shows all")).map(drop)
        }
    }
}

/// What becomes of what follows when the root is fixed; nothing where nothing follows.
pub(crate) fn afterwards(incident: &Incident, most: usize) -> String {
    let live: Vec<&Explained> =
        incident.explains.iter().filter(|effect| effect.finding.until.is_none()).collect();
    let staying: Vec<(&ObjectRef, &str)> =
        live.iter().filter_map(|effect| Some((&effect.finding.object, effect.stays.as_deref()?))).collect();
    if live.is_empty() || incident.until.is_some() {
        return String::new();
    }
    let heals = "once this is fixed, what follows from it should heal by itself";
    let told: Vec<String> =
        staying.iter().take(most).map(|(object, what)| format!("{object}: {what}")).collect();
    let more = match staying.len().saturating_sub(most) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    match (told.is_empty(), staying.len() == live.len()) {
        (true, _) => heals.to_owned(),
        (false, false) => format!("{heals}, but for {}{more}", told.join("; ")),
        (false, true) => format!("once this is fixed, this is left: {}{more}", told.join("; ")),
    }
}

/// A word of warning where the evidence is not proof, or the root may be none.
pub(crate) fn sureness(confidence: Confidence, root: &Finding) -> String {
    if let Some(why) = &root.hidden_by {
        return format!("undecided whether this is the cause or follows from another: {why}");
    }
    let words = match confidence {
        Confidence::Certain => "",
        Confidence::Likely => "likely: other explanations are improbable",
        Confidence::Possible => "possible: something else fits too; check before you change anything",
    };
    words.to_owned()
}

/// `PodDisruptionBudget shop/web allows no disruption: 1 of 2 demanded pods is healthy`.
pub(crate) fn short_budget(of: &ShortBudget) -> String {
    let are = if of.healthy == 1 { "is" } else { "are" };
    let ShortBudget { budget, healthy, demanded, .. } = of;
    format!("{budget} allows no disruption: {healthy} of {demanded} demanded pods {are} healthy")
}

fn budgets(incident: &Incident, most: usize) -> String {
    let said: Vec<String> = incident.short_budgets.iter().take(most).map(short_budget).collect();
    match incident.short_budgets.len().saturating_sub(most) {
        0 => said.join("; "),
        more => format!("{}; and {more} more", said.join("; ")),
    }
}

/// Who suffers, beyond the object that it is about.
fn harms(incident: &Incident, all: bool) -> String {
    let others = incident.harms.iter().filter(|object| **object != incident.root.object);
    let others: Vec<ObjectRef> = others.cloned().collect();
    objects(&others, if all { usize::MAX } else { OBJECTS })
}
