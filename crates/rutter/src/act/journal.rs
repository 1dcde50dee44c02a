//! `rutter journal`.

use std::{fmt::Write as _, path::PathBuf};

use rutter_plan::rights;
use rutter_remedy::{
    Journal as Record, Run,
    journal::{Entry, Error, Folder, Line, Outcome, Summary, read},
};

use super::{
    attendant::Person,
    carry_out::{agreed, ending, same_cluster, show, told},
    rbac,
    reach::{self, block_on},
};
use crate::{
    arguments::{Again, DryRun, Journal, JournalForm},
    exit::{DONE, Failure},
    output,
};

pub(super) fn run(arguments: &Journal) -> Result<u8, Failure> {
    match arguments {
        Journal::List { journals } => list(&reach::folder(journals)?),
        Journal::Show { operation, output, journals } => tell(&reach::folder(journals)?, operation, *output),
        Journal::Resume(again) => block_on(take_up(again, false, None)),
        Journal::Undo(again) => block_on(take_up(again, true, None)),
    }
}

fn list(folder: &Folder) -> Result<u8, Failure> {
    let all = folder.list().map_err(told)?;
    if all.is_empty() {
        output::note(&format!("no plan has run yet: there is no journal in {}", folder.as_path().display()));
        return Ok(DONE);
    }
    let mut rows = vec![["BEGUN".to_owned(), "OPERATION".into(), "PLAN".into(), "STATE".into()]];
    rows.extend(all.iter().map(|of| [second(&of.begun), of.operation.clone(), title(of), state(of)]));
    output::table(&rows)?;
    Ok(DONE)
}

fn title(of: &Summary) -> String {
    let plan = of.history.as_ref().ok().and_then(|history| history.plan());
    plan.map_or_else(|| "-".to_owned(), |plan| plan.title.clone())
}

fn state(of: &Summary) -> String {
    let history = match &of.history {
        Ok(history) => history,
        Err(error) => return error.to_string(),
    };
    match (history.outcome(), history.halted()) {
        (Some(Outcome::Done), _) => "done".into(),
        (Some(Outcome::Undone), _) => "undone".into(),
        (None, Some((step, why))) => format!("stopped at {step:?}: {why}"),
        (None, None) if history.plan().is_none() => "not begun".into(),
        (None, None) => "runs, or was killed".into(),
    }
}

/// A time to the second.
fn second(time: &str) -> String {
    time.split_once('.').map_or_else(|| time.to_owned(), |(whole, _)| format!("{whole}Z"))
}

fn tell(folder: &Folder, operation: &str, form: JournalForm) -> Result<u8, Failure> {
    let path = find(folder, operation)?;
    let lines = read(&path).map_err(told)?;
    if form == JournalForm::Json {
        let text = std::fs::read_to_string(&path).map_err(|why| told(Error::Io { path, why }))?;
        output::raw(&text)?;
        return Ok(DONE);
    }
    let mut text = String::new();
    for line in &lines {
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "{:>4}  {}  {}",
            line.number,
            second(&line.time),
            rutter_report::plain(&words(line))
        );
    }
    output::raw(&text)?;
    Ok(DONE)
}

fn words(line: &Line) -> String {
    let of = |step: &str, undo: bool| if undo { format!("undo of {step}") } else { step.to_owned() };
    match &line.entry {
        Entry::Begun { plan, by } => format!("begun: {}, on {}, by {by}", plan.title, plan.cluster.name),
        Entry::Resumed { by } => format!("resumed by {by}"),
        Entry::Undoing { why } if why.is_empty() => "undoing".into(),
        Entry::Undoing { why } => format!("undoing: {why}"),
        Entry::Sending { step, undo } => format!("{}: sending", of(step, *undo)),
        Entry::Sent { step, undo } => format!("{}: taken by the API server", of(step, *undo)),
        Entry::Refused { step, undo, why } => format!("{}: refused: {why}", of(step, *undo)),
        Entry::Told { step, words } => format!("{step}: a person says: {words}"),
        Entry::Done { step, undo, found: false } => format!("{}: done", of(step, *undo)),
        Entry::Done { step, undo, found: true } => format!("{}: was so already", of(step, *undo)),
        Entry::Halted { step, why, wanted: true } => format!("{step}: stopped: {why}"),
        Entry::Halted { step, why, wanted: false } => format!("{step}: holds: {why}"),
        Entry::Ended { outcome: Outcome::Done } => "all is done".into(),
        Entry::Ended { outcome: Outcome::Undone } => "all is undone that can be".into(),
    }
}

/// The journal of that operation, by its id or the beginning of it.
fn find(folder: &Folder, operation: &str) -> Result<PathBuf, Failure> {
    let all = folder.list().map_err(told)?;
    let exact = all.iter().find(|of| of.operation == operation);
    let alike: Vec<&Summary> = all.iter().filter(|of| of.operation.starts_with(operation)).collect();
    match (exact, alike.as_slice()) {
        (Some(one), _) => Ok(folder.path(&one.operation)),
        (None, [one]) => Ok(folder.path(&one.operation)),
        (None, []) => Err(Failure::Told(format!(
            "there is no operation {operation:?} in {}: `rutter journal list` tells which there are",
            folder.as_path().display()
        ))),
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|of| of.operation.as_str()).collect();
            Err(Failure::Told(format!("{operation:?} may be {}", names.join(" or "))))
        }
    }
}

/// Goes on with a run, or takes it back. With `beforehand`, what a person is asked at that step is done.
pub(super) async fn take_up(again: &Again, undo: bool, beforehand: Option<String>) -> Result<u8, Failure> {
    let acting = &again.acting;
    let folder = reach::folder(&acting.journals)?;
    let record = Record::open(&find(&folder, &again.operation)?).map_err(told)?;
    let Some(plan) = record.history().plan().cloned() else { return Ok(DONE) };
    if acting.show_rbac {
        rbac::print(&rights(&plan))?;
        return Ok(DONE);
    }
    if acting.dry_run != DryRun::None {
        show(&plan, acting.output)?;
        return Ok(DONE);
    }
    match (record.history().outcome(), undo) {
        (Some(Outcome::Undone), _) => {
            return Err(Failure::Told(format!("{} is over: what it did was undone", plan.title)));
        }
        (Some(Outcome::Done), false) => {
            return Err(Failure::Told(format!("{} is over: all is done", plan.title)));
        }
        _ => {}
    }
    let (api, server) = reach::api(&acting.connect, false).await?;
    same_cluster(&plan, &reach::identity(&api, &server).await?.uid, &server)?;
    let person = Person::attend(beforehand).map_err(Failure::Output)?;
    if undo && !acting.yes {
        let question = format!("Undo \"{}\" on {} ({})? [yes/no] ", plan.title, server.name, server.address);
        if !agreed(&question, &person)? {
            output::note("nothing was changed");
            return Ok(DONE);
        }
    }
    let run = Run::take_up(api, record, reach::by(), &person).map_err(told)?;
    let ended = if undo { run.undo("").await } else { run.go_on().await };
    Ok(ending(&ended.map_err(told)?, &plan, &person, &folder))
}
