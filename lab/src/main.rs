//! The command line of the lab.
#![expect(clippy::print_stdout, reason = "it is what the commands are for")]

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use lab::process;
use lab::scenario::{self, Scenario};
use lab::toolchain::{self, Program};
use lab::{Addon, Addons, Cluster, Folder, Form, NodeOptions, Options, cache, host};

/// How long processes may take to stop by themselves.
const PATIENCE: Duration = Duration::from_secs(2);

/// A real Kubernetes API server on this machine, for Rutter's tests
#[derive(Parser)]
#[command(name = "lab")]
struct Cli {
    #[command(subcommand)]
    command: Commands,
}

#[derive(Subcommand)]
enum Commands {
    /// Install what nodes need (apt-get) and build Kubernetes into the cache (minutes the first time)
    Build {
        /// The add-ons to build, too, with commas between; or all
        #[arg(long, value_name = "ADD-ONS")]
        with: Option<Addons>,
    },
    /// Start a cluster and leave it running; it starts empty
    Up {
        /// How many nodes it has, called node-a and so on; without any, it is an API server that nothing acts on
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=26))]
        nodes: u8,
        /// What it has besides: registry, metrics, storage, cloud, kwok, with commas between; or all
        #[arg(long, value_name = "ADD-ONS", requires = "nodes")]
        with: Option<Addons>,
        /// How many fake nodes it has, called fake-00000 and so on; kwok answers for them and runs their pods
        #[arg(long, value_name = "N", default_value_t = 0, requires = "nodes",
              value_parser = clap::value_parser!(u32).range(..=i64::from(lab::MOST_FAKE_NODES)))]
        fake_nodes: u32,
        /// The version of Kubernetes
        #[arg(long, default_value = toolchain::KUBERNETES, value_parser = [toolchain::KUBERNETES])]
        version: String,
        #[command(flatten)]
        place: Place,
        /// Seconds that the cluster may take to become ready
        #[arg(long, default_value_t = 120)]
        timeout: u64,
        /// The scenario whose nodes and add-ons it has
        #[arg(long, conflicts_with = "nodes")]
        scenario: Option<String>,
    },
    /// Say whether the cluster runs (exit status 1 if it does not)
    Status(Place),
    /// Create the objects of a recording: a folder of `kubectl get -o json` or of `kubectl cluster-info dump`
    Load {
        #[command(flatten)]
        place: Place,
        /// The folder or file to load
        recording: PathBuf,
    },
    /// Run kubectl as the cluster's administrator
    Kubectl {
        #[command(flatten)]
        place: Place,
        /// What to pass to kubectl
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Write what the cluster holds to a folder; values of Secrets are left out
    Record {
        #[command(flatten)]
        place: Place,
        /// The folder, which is made
        to: PathBuf,
        /// `get`: a list of each kind; `dump`: what `kubectl cluster-info dump` writes
        #[arg(long, default_value = "get", value_parser = ["get", "dump"])]
        form: String,
    },
    /// Run a program on a node, for example a shell
    Node {
        #[command(flatten)]
        place: Place,
        /// The node
        name: String,
        /// The program and what to pass to it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        args: Vec<String>,
    },
    /// Stop or start an add-on that is a process: registry, cloud, kwok
    Addon {
        #[command(flatten)]
        place: Place,
        /// What becomes of it
        does: Does,
        /// The add-on
        addon: Addon,
    },
    /// Put an image of the lab into the registry
    Push {
        #[command(flatten)]
        place: Place,
        /// The image, for example busybox
        image: String,
        /// Its name and tag there, for example shop/web:v1, which nodes pull as registry.lab:5000/shop/web:v1
        name: String,
    },
    /// Make a fault on the running cluster, and wait until Kubernetes shows it
    Break {
        #[command(flatten)]
        place: Place,
        /// The scenario
        scenario: String,
    },
    /// Mend what `break` broke, wait until Kubernetes shows it, and delete what the scenario made
    Heal {
        #[command(flatten)]
        place: Place,
        /// The scenario
        scenario: String,
    },
    /// Hold `rutter diagnose` against scenarios, on clusters made for them
    Test {
        /// The scenarios [default: all]
        scenarios: Vec<String>,
        /// The program that is tested [default: rutter beside this program]
        #[arg(long)]
        rutter: Option<PathBuf>,
        /// Where clusters work, and what is needed to understand a failure is left [default: one in the lab's cache]
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    /// End the cluster; its files stay
    Down(Place),
    /// End the cluster and delete its files; without --dir, also the clusters of tests that were killed
    Clean {
        #[command(flatten)]
        place: Place,
        /// Only the clusters of tests that were killed
        #[arg(long, conflicts_with = "dir")]
        orphans: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Does {
    Stop,
    Start,
}

#[derive(Args)]
struct Place {
    /// The folder that the cluster works in [default: one in the lab's cache]
    #[arg(long)]
    dir: Option<PathBuf>,
}

impl Place {
    fn folder(&self) -> Result<Folder> {
        match &self.dir {
            Some(dir) => Folder::new(dir),
            None => Folder::new(&cache::default_work_folder()?),
        }
    }
}

fn main() -> Result<ExitCode> {
    match Cli::parse().command {
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
        Commands::Break { place, scenario } => break_cluster(&place.folder()?, &scenario),
        Commands::Heal { place, scenario } => heal(&place.folder()?, &scenario),
        Commands::Test { scenarios, rutter, dir } => test(&scenarios, rutter, dir),
        Commands::Down(place) => down(&place.folder()?),
        Commands::Clean { place, orphans } => clean(&place, orphans),
    }
}

fn build(with: Addons) -> Result<ExitCode> {
    // Without root, there can be no nodes, but an API server.
    if rustix::process::geteuid().is_root() {
        host::install_packages()?;
    }
    let mut programs = Program::CONTROL_PLANE.to_vec();
    programs.extend(Program::NODES);
    programs.extend(with.0.into_iter().map(Addon::program));
    for program in programs {
        println!("{}", toolchain::ensure(program)?.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn up(folder: &Folder, options: &Options) -> Result<ExitCode> {
    let begin = Instant::now();
    let folder = Cluster::start_detached(folder.path(), options)?;
    println!("ready after {:.1} s", begin.elapsed().as_secs_f64());
    status(&folder)
}

fn status(folder: &Folder) -> Result<ExitCode> {
    let running = folder.running();
    for process in &running {
        println!("{process} runs");
    }
    let started = folder.state()?.unwrap_or_default().processes;
    if started.is_empty() || !started.iter().all(process::Process::is_alive) {
        println!("no cluster runs in {}", folder.path().display());
        return Ok(ExitCode::FAILURE);
    }
    for addon in folder.state()?.unwrap_or_default().addons.beside() {
        if folder.addon(addon)?.is_none() {
            println!("{} is stopped", addon.name());
        }
    }
    println!("admin   {}", folder.admin_kubeconfig().display());
    println!("viewer  {}", folder.viewer_kubeconfig().display());
    println!("audit   {}", folder.audit_log().display());
    Ok(ExitCode::SUCCESS)
}

fn load(folder: &Folder, recording: &std::path::Path) -> Result<ExitCode> {
    check_running(folder)?;
    let loaded = lab::load(&folder.admin_kubeconfig(), recording)?;
    print!("{loaded}");
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

fn break_cluster(folder: &Folder, name: &str) -> Result<ExitCode> {
    check_running(folder)?;
    let scenario = Scenario::read(name)?;
    scenario.check_cluster(folder)?;
    scenario.break_it(folder)?;
    println!("{name} is reached; `lab heal {name}` mends it");
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

fn check_running(folder: &Folder) -> Result<()> {
    if folder.running().is_empty() {
        bail!("no cluster runs in {}: `lab up` starts one", folder.path().display());
    }
    Ok(())
}

fn down(folder: &Folder) -> Result<ExitCode> {
    for process in folder.end(PATIENCE)? {
        println!("{process} ended");
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
