//! What the commands of the lab do.

mod arguments;

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
use lab::accuracy::{Making, Scoring};
use lab::process;
use lab::scenario::{self, Scenario};
use lab::toolchain::{self, Program};
use lab::{Addon, Addons, Cluster, Folder, Form, Member, NodeOptions, Options, cache, host, interrupt};

use arguments::{Accuracy, Cli, Commands, Does, Kept, Place};

/// How long processes may take to stop by themselves.
const PATIENCE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = interrupt::watch().context("cannot watch for signals").and_then(|()| run(cli.command));
    interrupt::give_way();
    outcome.unwrap_or_else(|error| {
        let _ = writeln!(io::stderr(), "error: {error:#}");
        ExitCode::FAILURE
    })
}

/// Prints a line. A reader that went (`| head -1`) has all that it wants.
fn say(line: impl Display) -> Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot print"),
        _ => Ok(()),
    }
}

fn run(command: Commands) -> Result<ExitCode> {
    match command {
        Commands::Build { with } => build(with.unwrap_or_default()),
        Commands::Up { place, timeout, nodes, with, fake_nodes, scenario, version: _ } => {
            let options = match scenario {
                Some(name) => Scenario::read(&name)?.cluster(),
                None => Options {
                    nodes: vec![NodeOptions::default(); nodes.into()],
                    addons: with.unwrap_or_default(),
                    fake_nodes,
                    ..Options::default()
                },
            };
            up(&place.folder()?, &Options { timeout: Duration::from_secs(timeout), ..options })
        }
        Commands::Addon { place, does, addon } => {
            let folder = place.folder()?;
            check_running(&folder)?;
            match does {
                Does::Stop => folder.stop_addon(addon)?,
                Does::Start => folder.start_addon(addon)?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Commands::Push { place, image, name } => {
            let folder = place.folder()?;
            check_running(&folder)?;
            folder.push(&image, &name)?;
            Ok(ExitCode::SUCCESS)
        }
        Commands::Node { place, name, args } => run_on_node(&place.folder()?, &name, &args),
        Commands::Status(place) => status(&place.folder()?),
        Commands::Load { place, recording } => load(&place.folder()?, &recording),
        Commands::Kubectl { place, args } => kubectl(&place.folder()?, &args),
        Commands::Record { place, to, form } => {
            let folder = place.folder()?;
            check_running(&folder)?;
            lab::record(&folder, &to, if form == "dump" { Form::Dump } else { Form::Get })?;
            Ok(ExitCode::SUCCESS)
        }
        Commands::Case { place, scenario, case, from, logs } => {
            make_case(&place.folder()?, &scenario, &case, from, logs)
        }
        Commands::Break { place, scenario } => break_cluster(&place.folder()?, &scenario),
        Commands::Heal { place, scenario } => heal(&place.folder()?, &scenario),
        Commands::Test { scenarios, rutter, dir } => test(&scenarios, rutter, dir),
        Commands::Accuracy { command } => accuracy(command),
        Commands::Down(place) => down(&place.folder()?),
        Commands::Clean { place, orphans } => clean(&place, orphans),
    }
}

fn build(with: Addons) -> Result<ExitCode> {
    host::install_packages()?;
    let mut programs = Program::CONTROL_PLANE.to_vec();
    programs.extend(Program::NODES);
    programs.extend(with.0.into_iter().map(Addon::program));
    for program in programs {
        say(toolchain::ensure(program)?.display())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn up(folder: &Folder, options: &Options) -> Result<ExitCode> {
    let begin = Instant::now();
    let folder = Cluster::start_detached(folder.path(), options)?;
    say(format_args!("ready after {:.1} s", begin.elapsed().as_secs_f64()))?;
    status(&folder)
}

fn status(folder: &Folder) -> Result<ExitCode> {
    if folder.running().is_empty() {
        say(nothing_runs(folder))?;
        return Ok(ExitCode::FAILURE);
    }
    let members = folder.members()?;
    for member in &members {
        say(member)?;
    }
    for addon in folder.state()?.unwrap_or_default().addons.beside() {
        if folder.addon(addon)?.is_none() {
            say(format_args!("{} is stopped", addon.name()))?;
        }
    }
    say(format_args!("admin   {}", folder.admin_kubeconfig().display()))?;
    say(format_args!("viewer  {}", folder.viewer_kubeconfig().display()))?;
    say(format_args!("audit   {}", folder.audit_log().display()))?;
    let dead: Vec<_> = dead(&members).collect();
    if dead.is_empty() && !members.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let dead = if dead.is_empty() { "what was started is not known".to_owned() } else { dead.join(", ") };
    say(format_args!("not all of it runs: {dead}; `{}` ends the rest", folder.command("down")))?;
    Ok(ExitCode::FAILURE)
}

fn dead(members: &[Member]) -> impl Iterator<Item = &str> {
    members.iter().filter(|member| !member.process.is_alive()).map(|member| member.name.as_str())
}

fn nothing_runs(folder: &Folder) -> String {
    format!("no cluster runs in {}: `{}` starts one", folder.path().display(), folder.command("up"))
}

fn load(folder: &Folder, recording: &std::path::Path) -> Result<ExitCode> {
    check_running(folder)?;
    let loaded = lab::load(&folder.admin_kubeconfig(), recording)?;
    say(loaded.to_string().trim_end())?;
    Ok(if loaded.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn kubectl(folder: &Folder, args: &[String]) -> Result<ExitCode> {
    check_running(folder)?;
    let mut command = Command::new(toolchain::ensure(Program::Kubectl)?);
    let error = command.args(args).env("KUBECONFIG", folder.admin_kubeconfig()).exec();
    Err(error).context("cannot run kubectl")
}

fn run_on_node(folder: &Folder, name: &str, args: &[String]) -> Result<ExitCode> {
    check_running(folder)?;
    let [program, args @ ..] = args else { bail!("which program is to run on {name}?") };
    Err(folder.node(name)?.command_of(program).args(args).exec()).context("cannot run nsenter")
}

fn make_case(
    folder: &Folder,
    scenario: &str,
    case: &str,
    from: Option<PathBuf>,
    logs: bool,
) -> Result<ExitCode> {
    let recording = if let Some(from) = from {
        from
    } else {
        check_running(folder)?;
        let to = folder.path().join("case");
        lab::record(folder, &to, if logs { Form::Dump } else { Form::Get })?;
        to
    };
    say(lab::make_case(&recording, scenario, case, logs)?.display())?;
    Ok(ExitCode::SUCCESS)
}

fn break_cluster(folder: &Folder, name: &str) -> Result<ExitCode> {
    check_running(folder)?;
    let scenario = Scenario::read(name)?;
    scenario.check_cluster(folder)?;
    scenario.break_it(folder)?;
    say(format_args!("{name} is reached; `{} {name}` mends it", folder.command("heal")))?;
    Ok(ExitCode::SUCCESS)
}

fn heal(folder: &Folder, name: &str) -> Result<ExitCode> {
    check_running(folder)?;
    let scenario = Scenario::read(name)?;
    scenario.heal(folder)?;
    scenario.remove(folder)?;
    Ok(ExitCode::SUCCESS)
}

fn test(names: &[String], rutter: Option<PathBuf>, dir: Option<PathBuf>) -> Result<ExitCode> {
    let named: Result<Vec<_>> = names.iter().map(|name| Scenario::read(name)).collect();
    let scenarios = if names.is_empty() { Scenario::all()? } else { named? };
    let rutter = rutter.map_or_else(scenario::rutter_beside, Ok)?;
    let dir = dir.map_or_else(|| Ok(cache::root()?.join("test")), Ok::<_, anyhow::Error>)?;
    scenario::test(scenarios, &rutter, &dir)?;
    Ok(ExitCode::SUCCESS)
}

fn accuracy(command: Accuracy) -> Result<ExitCode> {
    let places = |kept: Kept| -> Result<_> {
        let to = kept.dir.map_or_else(|| Ok(cache::root()?.join("accuracy")), Ok::<_, anyhow::Error>)?;
        // Scenarios on other nodes are written there, and kubectl runs in their folders.
        let to = std::path::absolute(to)?;
        Ok((to.clone(), kept.rutter.map_or_else(scenario::rutter_beside, Ok)?, to.join(".work")))
    };
    match command {
        Accuracy::Record { kept, names, fresh, lanes } => {
            let (to, rutter, work) = places(kept)?;
            let making = Making { to: &to, work: &work, rutter: &rutter, only: &names, fresh, lanes };
            lab::accuracy::make(&making)?;
        }
        Accuracy::Score { kept, write, no_cases } => {
            let (to, rutter, work) = places(kept)?;
            let (recordings, cases) = (to.as_path(), !no_cases);
            let scoring =
                Scoring { recordings, rutter: &rutter, work: &work, cases, write: write.as_deref() };
            say(lab::accuracy::score(&scoring)?.trim_end())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check_running(folder: &Folder) -> Result<()> {
    if folder.running().is_empty() {
        bail!(nothing_runs(folder));
    }
    let control_plane = folder.state()?.unwrap_or_default().processes;
    for process in control_plane.iter().filter(|process| !process.is_alive()) {
        let status = folder.command("status");
        let _ =
            writeln!(io::stderr(), "lab: {} of this cluster has ended; `{status}` tells more", process.name);
    }
    Ok(())
}

fn down(folder: &Folder) -> Result<ExitCode> {
    for process in folder.end(PATIENCE)? {
        say(format_args!("{process} ended"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn clean(place: &Place, orphans: bool) -> Result<ExitCode> {
    let mut folders = if orphans { Vec::new() } else { vec![place.folder()?] };
    if place.dir.is_none() {
        for orphaned in process::orphaned_folders() {
            folders.push(Folder::new(&orphaned)?);
        }
    }
    for folder in folders {
        down(&folder)?;
        folder.remove()?;
    }
    Ok(ExitCode::SUCCESS)
}
