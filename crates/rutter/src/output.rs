//! Where reports go: standard output, styled if that is a terminal.

use std::{
    env,
    io::{self, BufWriter, Write},
    time::SystemTime,
};

use rutter_cluster::Time;
use rutter_lessons::Lesson;
use rutter_lint::Check;
use rutter_plan::Plan;
use rutter_report::{
    Explanation, Report,
    changes::{self as as_changes, Change},
    graph as as_graph, html as as_html, json as as_json, lesson as as_lesson, name as as_name, plain,
    text as as_text, yaml as as_yaml,
};
use serde::Serialize;

use crate::{arguments::Form, meanings::Meaning};

/// The width where nothing tells, and the most that reads well.
const WIDTH: usize = 100;
/// What a report needs at least.
const NARROWEST: usize = 40;

/// What a person sets in COLUMNS counts before what the terminal says, as POSIX has it, and is all that tells where there is none.
fn width() -> usize {
    let asked =
        env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    asked.or_else(terminal).map_or(WIDTH, |columns| columns.clamp(NARROWEST, WIDTH))
}

fn now() -> Option<Time> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Time::from_unix(i64::try_from(since.as_secs()).ok()?)
}

/// Gathers what `write` writes and prints it at once; colours go where they are wanted.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(anstream::stdout().lock());
    write(&mut out)?;
    out.flush()
}

/// For a person; `wide` with all there is.
pub(crate) fn text(report: &Report, wide: bool) -> io::Result<()> {
    let options = as_text::Options { width: width(), now: now(), wide };
    print(|out| as_text::write(out, report, &options))
}

/// What is to say of one object, for a person.
pub(crate) fn explanation(explanation: &Explanation, wide: bool) -> io::Result<()> {
    let options = as_text::Options { width: width(), now: now(), wide };
    print(|out| as_text::explanation::write(out, explanation, &options))
}

/// A plan, for a person; `wide` with all there is.
pub(crate) fn plan(plan: &Plan, wide: bool) -> io::Result<()> {
    let options = as_text::Options { width: width(), now: now(), wide };
    print(|out| as_text::plan::write(out, plan, &options))
}

/// Columns side by side, the first row as heading.
pub(crate) fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> io::Result<()> {
    let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..COLUMNS).map(widest).collect();
    print(|out| {
        rows.iter().try_for_each(|row| {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| format!("{:<width$}", plain(cell))).collect();
            writeln!(out, "{}", cells.join("  ").trim_end())
        })
    })
}

/// As it is.
pub(crate) fn raw(text: &str) -> io::Result<()> {
    print(|out| out.write_all(text.as_bytes()))
}

/// Bytes, as they are.
pub(crate) fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Text with styles, which are taken out where they aren't wanted.
pub(crate) fn styled(bytes: &[u8]) -> io::Result<()> {
    print(|out| out.write_all(bytes))
}

/// What a text means.
pub(crate) fn meaning(meaning: &Meaning) -> io::Result<()> {
    told(&meaning.says, meaning.look, meaning.lessons)
}

/// What something means, what to look at, and the lessons about it.
pub(crate) fn told(says: &str, look: &str, lessons: &[&str]) -> io::Result<()> {
    let lessons: Vec<String> = lessons.iter().map(|lesson| format!("rutter explain {lesson}")).collect();
    let rows = [("look at", look.to_owned()), ("lessons", lessons.join("; "))];
    print(|out| as_text::write_rows(out, says, &rows, width()))
}

/// For programs.
pub(crate) fn json(report: &impl Serialize) -> io::Result<()> {
    // Not through the styles: they would cost as much as the report.
    let mut out = BufWriter::new(io::stdout().lock());
    as_json::write(&mut out, report)?;
    out.flush()
}

/// The same in YAML.
pub(crate) fn yaml(report: &impl Serialize) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    as_yaml::write(&mut out, report)?;
    out.flush()
}

/// A line for each incident.
pub(crate) fn name(report: &Report) -> io::Result<()> {
    print(|out| as_name::write(out, report))
}

/// For a person with a browser.
pub(crate) fn html(report: &Report) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    as_html::write(&mut out, report)?;
    out.flush()
}

/// What explains what, as a graph for Graphviz.
pub(crate) fn dot(report: &Report) -> io::Result<()> {
    print(|out| as_graph::write_dot(out, report))
}

/// The same for Mermaid.
pub(crate) fn mermaid(report: &Report) -> io::Result<()> {
    print(|out| as_graph::write_mermaid(out, report))
}

/// What became different.
pub(crate) fn changes(changes: &[Change], form: Form) -> io::Result<()> {
    let options = as_text::Options { width: width(), now: now(), wide: form == Form::Wide };
    match form {
        Form::Json => {
            let mut out = io::stdout().lock();
            as_changes::write_json(&mut out, changes)?;
            out.flush()
        }
        Form::Name => print(|out| as_changes::write_name(out, changes)),
        _ => print(|out| as_text::changes::write(out, changes, &options)),
    }
}

/// The text of a lesson.
pub(crate) fn lesson(lesson: &Lesson) -> io::Result<()> {
    print(|out| as_lesson::write(out, lesson.text, width()))
}

/// The text of a check on manifests, and what it would have prevented.
pub(crate) fn check(check: &Check) -> io::Result<()> {
    let asked = if check.default { "" } else { "; asked only if it is included (`rutter lint --include`)" };
    let prevents: Vec<String> =
        check.prevents.iter().map(|lesson| format!("`rutter explain {lesson}`")).collect();
    let prevents = if prevents.is_empty() {
        String::new()
    } else {
        format!("\n\n## What it prevents\n\n{}", prevents.join(", "))
    };
    let (title, text) = check.text.split_once('\n').unwrap_or((check.text, ""));
    let text = format!(
        "{title}\n\nA check of `rutter lint`; severity {}{asked}. Accept it with the annotation `rutter.dev/ignore.{}: REASON`.\n{text}{prevents}\n",
        check.severity.name(),
        check.id
    );
    print(|out| as_lesson::write(out, &text, width()))
}

/// Something that a person should know and a pipe should not carry.
pub(crate) fn note(text: &str) {
    // Nobody is left to be told if this fails.
    drop(writeln!(anstream::stderr(), "rutter: {}", plain(text)));
}
