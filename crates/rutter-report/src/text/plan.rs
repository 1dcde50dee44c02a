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
    if let Some(text) = for_good(plan, options) {
        row(&mut page, "undo", &text)?;
    }
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
    let pods = match plan.steps.iter().filter(|step| ends_pod(step)).count() {
        0 => String::new(),
        1 => ", 1 pod goes".to_owned(),
        pods => format!(", {pods} pods go"),
    };
    match plan.blockers().count() {
        0 => format!("{}: {}{pods}", plan.title, words::count(plan.steps.len(), "step")),
        blockers => format!(
            "{}: not as it stands, {} in the way",
            plan.title,
            if blockers == 1 { "1 thing is".to_owned() } else { format!("{blockers} things are") }
        ),
    }
}

/// What can't be taken back, in a line.
fn for_good(plan: &Plan, options: &Options) -> Option<String> {
    let never = plan.steps.iter().filter(|step| matches!(step.undo, Undo::Never { .. })).count();
    let which = match (never, plan.steps.len()) {
        (0, _) => return None,
        (1, 1) => "it can't be undone".to_owned(),
        (never, all) => format!("{never} of {} can't be undone", words::count(all, "step")),
    };
    Some(if options.wide { which } else { format!("{which}; -o wide tells why") })
}

fn ends_pod(step: &Step) -> bool {
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

#[cfg(test)]
mod tests {
    use rutter_plan::{Changes, ClusterIdentity, Draft, Object};

    use super::*;

    fn written(draft: Draft) -> String {
        let plan = draft.plan("fix-1", ClusterIdentity::default(), "2026-01-01T00:00:00Z");
        let mut out = Vec::new();
        write(&mut out, &plan, &Options { width: 100, now: None, wide: false }).unwrap();
        anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
    }

    #[test]
    fn what_cannot_be_undone_is_told_without_being_asked() {
        let pod = Object::pod("shop", "db-1", "u1");
        let delete = Step::delete(&pod, "it is gone", 60);
        let change = Step::change(&pod, "Change it", &Changes::new().set("/x", 1, 2), 60);
        let one = written(Draft::new("Do").then(delete.clone()));
        assert!(one.starts_with("Do: 1 step, 1 pod goes\n"), "{one}");
        assert!(one.contains("  undo      it can't be undone; -o wide tells why\n"), "{one}");
        let both = written(Draft::new("Do").then(change.clone()).then(delete));
        assert!(both.contains("  undo      1 of 2 steps can't be undone; -o wide tells why\n"), "{both}");
        assert!(!written(Draft::new("Do").then(change)).contains("undone"));
    }
}
