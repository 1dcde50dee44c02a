//! From a plan to its end.

use std::io::{self, Write as _};

use rutter_plan::{Plan, RemarkKind, rights};
use rutter_remedy::{Ended, Journal, Run, journal::Folder, rehearse};
use rutter_source::live::Server;

use super::{
    attendant::{Person, is_yes},
    rbac,
    reach::{self, block_on},
};
use crate::{
    arguments::{Acting, DryRun, PlanForm},
    exit::{DONE, Failure, HELD, INTERRUPTED},
    output,
};

/// Shows a plan, and unless it is only to be shown, asks and runs it.
pub(super) fn plan(plan: &Plan, acting: &Acting) -> Result<u8, Failure> {
    carried_out(plan, acting).map(|(code, _)| code)
}

/// The same; also how the run ended, if it ran.
pub(super) fn carried_out(plan: &Plan, acting: &Acting) -> Result<(u8, Option<Ended>), Failure> {
    let blocked = plan.blockers().next().is_some();
    if acting.show_rbac {
        rbac::print(&rights(plan))?;
        return Ok((DONE, None));
    }
    if acting.dry_run == DryRun::Client || blocked {
        match show(plan, acting.output) {
            // Whoever reads has seen enough; that doesn't take what is in the way out of it.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
            _ => {}
        }
        return Ok((if blocked { blocked_said(acting) } else { DONE }, None));
    }
    if plan.steps.is_empty() {
        show(plan, acting.output)?;
        output::note("there is nothing to do");
        return Ok((DONE, None));
    }
    block_on(run(plan, acting))
}

fn blocked_said(acting: &Acting) -> u8 {
    if acting.dry_run == DryRun::None {
        output::note("something is in the way, so nothing was changed");
    }
    HELD
}

async fn run(plan: &Plan, acting: &Acting) -> Result<(u8, Option<Ended>), Failure> {
    let dry = acting.dry_run == DryRun::Server;
    let (api, server) = reach::api(&acting.connect, dry).await?;
    let missing = api.missing(rights(plan)).await.map_err(|refused| Failure::Told(refused.to_string()))?;
    if !missing.is_empty() {
        let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
        return Err(Failure::Told(format!(
            "you may not do all of this, so nothing was changed; missing: {}\n\
             With --show-rbac the roles are printed that it needs.",
            missing.join("; ")
        )));
    }
    same_cluster(plan, &reach::identity(&api, &server).await?.uid, &server)?;
    let person = Person::attend(None).map_err(Failure::Output)?;
    show_whole(plan, acting.output)?;
    if dry {
        rehearse(&api, plan, &person).await.map_err(|refused| Failure::Told(refused.to_string()))?;
        return Ok((DONE, None));
    }
    if !acting.yes && !agreed(&question(plan, &server), &person)? {
        output::note("nothing was changed");
        return Ok((if person.is_stopped() { INTERRUPTED } else { DONE }, None));
    }
    let folder = reach::folder(&acting.journals)?;
    folder.prepare().map_err(told)?;
    let journal = Journal::create(&folder.path(&plan.operation)).map_err(told)?;
    let run = Run::begin(api, journal, plan.clone(), reach::by(), &person).map_err(told)?;
    let ended = run.go_on().await.map_err(told)?;
    Ok((ending(&ended, plan, &person, &folder), Some(ended)))
}

/// Refuses to run a plan on another cluster than that which it was made for.
pub(super) fn same_cluster(plan: &Plan, uid: &str, server: &Server) -> Result<(), Failure> {
    if plan.cluster.uid.is_empty() || uid.is_empty() {
        return Err(Failure::Told(format!(
            "whether the plan was made for {} ({}) can't be told, so nothing was changed: the namespace kube-system, whose uid \
             tells clusters apart, could not be read when it was made or now. Make the plan again with the right to `get` it",
            server.name, server.address
        )));
    }
    if plan.cluster.uid == uid {
        return Ok(());
    }
    Err(Failure::Told(format!(
        "the plan was made for another cluster ({}), not for {} ({}): nothing was changed",
        plan.cluster.name, server.name, server.address
    )))
}

fn question(plan: &Plan, server: &Server) -> String {
    let risks = plan.remarks.iter().filter(|remark| remark.kind == RemarkKind::Risk).count();
    let risks = if risks == 0 { String::new() } else { format!(" The risks above ({risks}) are yours.") };
    format!("\n{} on {} ({})?{risks} [yes/no] ", plan.title, server.name, server.address)
}

/// Asks whether to go on. Where nobody can be asked, that is an error: a script must not take it for done.
pub(super) fn agreed(question: &str, person: &Person) -> Result<bool, Failure> {
    if !io::IsTerminal::is_terminal(&io::stdin()) {
        return Err(Failure::Told(
            "there is no terminal to ask at, so nothing was changed: add --yes, or --dry-run=client to only look".to_owned(),
        ));
    }
    Ok(person.read(question).is_some_and(|answer| is_yes(&answer)))
}

/// Tells how a run ended and what can be done now.
pub(super) fn ending(ended: &Ended, plan: &Plan, person: &Person, folder: &Folder) -> u8 {
    let id = &plan.operation;
    let again = format!(
        "  rutter journal resume {id}   go on\n  rutter journal undo {id}     take back what was done\n  journal: {}",
        folder.path(id).display()
    );
    match ended {
        Ended::Done => {
            say(&format!("{}: done. Journal: {}", plan.title, folder.path(id).display()));
            DONE
        }
        Ended::Undone { left, why } => {
            let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
            say(&format!("{}: undone{why}", plan.title));
            for (step, why) in left {
                say(&format!("  left: {step}: {why}"));
            }
            if why.is_empty() { DONE } else { HELD }
        }
        Ended::Held { step, why } => {
            say(&format!(
                "{} holds at \"{step}\": {why}\nAll stays as it is until you decide:\n{again}",
                plan.title
            ));
            HELD
        }
        Ended::Paused { step, why } => {
            say(&format!("{} has stopped at \"{step}\": {why}\n{again}", plan.title));
            if person.is_stopped() { INTERRUPTED } else { DONE }
        }
    }
}

fn say(text: &str) {
    // Nobody is left to be told if this fails.
    let _ = text.lines().try_for_each(|line| writeln!(anstream::stderr(), "{}", rutter_report::plain(line)));
}

pub(super) fn told(error: impl std::fmt::Display) -> Failure {
    Failure::Told(error.to_string())
}

/// Prints a plan that is about to run: what nobody has seen, nobody has agreed to, and a script must not take it for done.
fn show_whole(plan: &Plan, form: PlanForm) -> Result<(), Failure> {
    show(plan, form).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Told(
            "the output was closed before the plan was shown, so nothing was changed".to_owned(),
        ),
        _ => Failure::Output(error),
    })
}

/// Prints a plan.
pub(super) fn show(plan: &Plan, form: PlanForm) -> io::Result<()> {
    match form {
        PlanForm::Text => output::plan(plan, false),
        PlanForm::Wide => output::plan(plan, true),
        PlanForm::Json => output::json(plan),
        PlanForm::Yaml => output::yaml(plan),
    }
}
