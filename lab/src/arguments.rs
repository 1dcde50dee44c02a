//! The command line of the lab.

use std::path::PathBuf;

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use lab::scenario::Scenario;
use lab::{Addon, Addons, Folder, cache, toolchain};

/// A real Kubernetes on this machine, for Rutter's tests: an API server alone, or with nodes to be broken
#[derive(Parser)]
#[command(
    name = "lab",
    after_help = "Exit status: 0 if it was done, 1 if not, 2 if the command line is wrong; of `kubectl` and `node`, that of \
                  the program that they run."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Commands,
}

#[derive(Subcommand)]
pub(crate) enum Commands {
    /// Install what nodes need (apt-get, as root) and build Kubernetes into the cache (minutes the first time)
    Build {
        /// The add-ons to build, too, with commas between; or all
        #[arg(long, value_name = "ADD-ONS")]
        with: Option<Addons>,
    },
    /// Start a cluster and leave it running; it starts empty. With nodes, it needs root
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
        /// The version of Kubernetes, as v1.34 or v1.34.4; one is built, and lab/README.md tells how to choose another
        #[arg(long, default_value = toolchain::KUBERNETES, value_parser = version)]
        version: String,
        #[command(flatten)]
        place: Place,
        /// Seconds that the cluster may take to become ready
        #[arg(long, default_value_t = 120)]
        timeout: u64,
        /// The scenario whose nodes and add-ons it has
        #[arg(long, conflicts_with = "nodes", value_parser = scenarios())]
        scenario: Option<String>,
    },
    /// Say what of the cluster runs (exit status 1 if not all of it does)
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
    /// Make a case of a lesson of what a scenario made, without what is random or the machine's own
    Case {
        #[command(flatten)]
        place: Place,
        /// The scenario that is broken
        scenario: String,
        /// LESSON/fires-NAME or LESSON/silent-NAME; what was there before is replaced, except expect.json
        case: String,
        /// A folder that `lab record` wrote [default: the cluster is recorded]
        #[arg(long)]
        from: Option<PathBuf>,
        /// Keep the ends of logs, which only a recording of the form `dump` has
        #[arg(long)]
        logs: bool,
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
        #[arg(value_parser = scenarios())]
        scenario: String,
    },
    /// Mend what `break` broke, wait until Kubernetes shows it, and delete what the scenario made
    Heal {
        #[command(flatten)]
        place: Place,
        /// The scenario
        #[arg(value_parser = scenarios())]
        scenario: String,
    },
    /// Hold `rutter diagnose` against scenarios, on clusters made for them
    Test {
        /// The scenarios [default: all]
        #[arg(value_parser = scenarios())]
        scenarios: Vec<String>,
        /// The program that is tested [default: rutter beside this program]
        #[arg(long)]
        rutter: Option<PathBuf>,
        /// Where clusters work, and what is needed to understand a failure is left [default: one in the lab's cache]
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    /// Measure how well root causes are found
    Accuracy {
        #[command(subcommand)]
        command: Accuracy,
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

#[derive(Subcommand)]
pub(crate) enum Accuracy {
    /// Make clusters, break them, and record them with what was done to them
    Record {
        #[command(flatten)]
        kept: Kept,
        /// The recordings [default: all that are not there, or are of other scenarios]
        #[arg(value_parser = PossibleValuesParser::new(takes()))]
        names: Vec<String>,
        /// Make them anew
        #[arg(long)]
        fresh: bool,
        /// How many clusters run at a time; each takes 2 GB of memory
        #[arg(long, default_value_t = lab::scenario::LANES)]
        lanes: usize,
    },
    /// Ask Rutter about the recordings, and print what of it is right
    Score {
        #[command(flatten)]
        kept: Kept,
        /// Also write it between the marks in this page
        #[arg(long)]
        write: Option<PathBuf>,
        /// Leave out the cases of the lessons
        #[arg(long)]
        no_cases: bool,
    },
}

#[derive(Args)]
pub(crate) struct Kept {
    /// The folder of the recordings [default: one in the lab's cache]
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
    /// The program that is asked [default: rutter beside this program]
    #[arg(long)]
    pub(crate) rutter: Option<PathBuf>,
}

fn takes() -> Vec<&'static str> {
    let names = lab::accuracy::names().unwrap_or_default();
    names.into_iter().map(|name| -> &'static str { name.leak() }).collect()
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Does {
    Stop,
    Start,
}

#[derive(Args)]
pub(crate) struct Place {
    /// The folder that the cluster works in [default: one in the lab's cache]
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
}

impl Place {
    pub(crate) fn folder(&self) -> Result<Folder> {
        match &self.dir {
            Some(dir) => Folder::new(dir),
            None => Folder::new(&cache::default_work_folder()?),
        }
    }
}

/// Whether `asked` is the version that is built: all of it, or its minor version.
fn version(asked: &str) -> Result<String, String> {
    let built = toolchain::KUBERNETES.trim_start_matches('v');
    let minor = built.rsplit_once('.').map(|(minor, _)| minor);
    let asked = asked.trim_start_matches('v');
    if asked == built || Some(asked) == minor {
        return Ok(toolchain::KUBERNETES.to_owned());
    }
    Err(format!(
        "the lab builds v{built}; \"Another version of Kubernetes\" in lab/README.md tells how to change that"
    ))
}

/// Takes the name of a scenario, and tells those that there are.
fn scenarios() -> PossibleValuesParser {
    let names = Scenario::names().unwrap_or_default();
    names.into_iter().map(|name| -> &'static str { name.leak() }).into()
}
