//! A plan for a person: what stands in its way, what to know before, and what it does step by step.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use rutter_lessons::words;
use rutter_plan::{Action, Plan, Remark, RemarkKind, Step, Undo};

use super::{BOLD, COMMAND, DIM, Options, PLAIN};
use crate::page::Page;

const BLOCKER: Style = AnsiColor::Red.on_default().bold();
const RISK: Style = AnsiColor::Yellow.on_default();
/// So many remarks of a kind, and steps of a stage, are told unless all is asked for.
const FEW: usize = 8;

/// Writes the plan with ANSI styles, which the caller takes out where they are not wanted.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, plan: &Plan, options: &Options) -> io::Result<()> {
    let mut page = Page::new(out, options.width);
    page.lines(&[], BOLD, &summary(plan))?;
    row(&mut page, "cluster", &format!("{}, as of {}", plan.cluster.name, plan.made))?;
    row(&mut page, "operation", &plan.operation)?;
    for (kind, label, style) in [
        (RemarkKind::Blocker, "BLOCKER", BLOCKER),
        (RemarkKind::Risk, "RISK", RISK),
        (RemarkKind::Note, "note", DIM),
    ] {
        remarks(&mut page, plan, kind, (style, label), options)?;
    }
    if !plan.steps.is_empty() {
        page.blank()?;
    }
    for (number, stage) in plan.steps.chunk_by(|a, b| a.stage == b.stage).enumerate() {
        write_stage(&mut page, plan, number + 1, stage, options)?;
    }
    Ok(())
}

fn summary(plan: &Plan) -> String {
    let evictions = plan.steps.iter().filter(|step| moves(step)).count();
    let pods =
        if evictions > 0 { format!(", {} moved", words::count(evictions, "pod")) } else { String::new() };
    match plan.blockers().count() {
        0 => format!("{}: {}{pods}", plan.title, words::count(plan.steps.len(), "step")),
        blockers => format!(
            "{}: not as it stands, {} in the way",
            plan.title,
            if blockers == 1 { "1 thing is".to_owned() } else { format!("{blockers} things are") }
        ),
    }
}

fn moves(step: &Step) -> bool {
    match &step.action {
        Action::Evict { .. } => true,
        Action::Delete { object, .. } => object.kind == "Pod",
        _ => false,
    }
}

fn row(page: &mut Page<'_>, name: &str, text: &str) -> io::Result<()> {
    page.lines(&[(DIM, &format!("  {name:<10}"))], PLAIN, text).map(drop)
}

fn remarks(
    page: &mut Page<'_>,
    plan: &Plan,
    kind: RemarkKind,
    (style, label): (Style, &str),
    options: &Options,
) -> io::Result<()> {
    let of: Vec<&Remark> = plan.remarks.iter().filter(|remark| remark.kind == kind).collect();
    if of.is_empty() {
        return Ok(());
    }
    page.blank()?;
    // What blocks is told whole: each has to be dealt with.
    let most = if options.wide || kind == RemarkKind::Blocker { usize::MAX } else { FEW };
    for remark in of.iter().take(most) {
        let text = format!("{}: {}", remark.about, remark.text);
        page.lines(&[(style, &format!("{label:<8} "))], PLAIN, &text)?;
        if !remark.unless.is_empty() {
            page.lines(&[(PLAIN, "         unless ")], DIM, &remark.unless)?;
        }
    }
    match of.len().saturating_sub(most) {
        0 => Ok(()),
        more => page.lines(&[], DIM, &format!("         and {more} more; -o wide tells all")).map(drop),
    }
}

fn write_stage(
    page: &mut Page<'_>,
    plan: &Plan,
    number: usize,
    stage: &[Step],
    options: &Options,
) -> io::Result<()> {
    let lead = format!("{number:>3}  ");
    match stage {
        [] => Ok(()),
        [step] => write_step(page, &lead, step, options),
        steps => {
            let text = format!(
                "{}, {} at a time",
                words::count(steps.len(), "step"),
                plan.parallel.min(steps.len())
            );
            page.lines(&[(BOLD, &lead)], BOLD, &text)?;
            let most = if options.wide { usize::MAX } else { FEW };
            for step in steps.iter().take(most) {
                write_step(page, "       ", step, options)?;
            }
            match steps.len().saturating_sub(most) {
                0 => Ok(()),
                more => page.lines(&[], DIM, &format!("       and {more} more; -o wide tells all")).map(drop),
            }
        }
    }
}

fn write_step(page: &mut Page<'_>, lead: &str, step: &Step, options: &Options) -> io::Result<()> {
    page.lines(&[(BOLD, lead)], PLAIN, &step.title)?;
    let indent = " ".repeat(lead.len() + 2);
    if let Action::Person { ask, commands, .. } = &step.action {
        if *ask != step.title {
            page.lines(&[(PLAIN, &indent)], PLAIN, ask)?;
        }
        for command in commands {
            page.verbatim(indent.len(), COMMAND, command)?;
        }
    }
    if !options.wide {
        return Ok(());
    }
    let undo = match &step.undo {
        Undo::Nothing => return Ok(()),
        Undo::Never { why } => format!("can't be undone: {why}"),
        Undo::Act { title, .. } => format!("undo: {title}"),
    };
    page.lines(&[(PLAIN, &indent)], DIM, &format!("{undo}; within {} s", step.deadline_seconds)).map(drop)
}
