//! The arguments of what changes a cluster: `rutter node`, `rutter run`, `rutter journal`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Subcommand, ValueEnum};

use super::{Connect, LimitArguments};
use crate::values::duration;

pub(super) const NODE_EXAMPLES: &str = "\
Before anything happens, all is looked at and told: each pod that moves, what stands in the way, what may be lost. Nothing is
changed until you say yes; each condition is looked at again at the moment of action. What was done is in the journal.

Examples:
  rutter node drain node-b --dry-run=client     what would be done, and what stands in its way
  rutter node drain node-b                      cordon it, move its pods, one disruption budget at a time
  rutter node maintain node-b                   drain it, wait until you are done, bring it back
  rutter node restore node-b                    bring back what maintain or drain took out
  rutter node delete node-b                     drain it and take it out of the cluster for good
  rutter node drain -l pool=old --max-unavailable 2

Exit codes:
  0  done; or it waits for a person, as it should
  2  wrong usage, no such node, no rights
  4  something is in the way and nothing was changed; or the plan stopped and holds: resume or undo it
  130  interrupted: it stopped where it was safe to";

pub(super) const RUN_EXAMPLES: &str = "\
Examples:
  rutter node drain node-b --dry-run=client -o yaml > plan.yaml
  rutter run plan.yaml

The plan runs only on the cluster that it was made for, and each of its conditions is looked at again.";

pub(super) const JOURNAL_EXAMPLES: &str = "\
Examples:
  rutter journal list
  rutter journal show drain-node-b-k3f9x2
  rutter journal resume drain-node-b-k3f9x2
  rutter journal undo drain-node-b-k3f9x2";

pub(super) const FIX_EXAMPLES: &str = "\
Each condition of the plan is looked at again at the moment of action. Afterwards it is looked whether the incident is over.

Examples:
  rutter fix 1 --dry-run=client                  what would be done about the first incident
  rutter fix 1
  rutter fix 1 dump.tar.gz --dry-run=client -o yaml > plan.yaml     to be read, and run later by `rutter run plan.yaml`

Exit codes:
  0  done, and the incident is over
  2  wrong usage, no such incident, no rights
  4  something is in the way; or the plan holds, or waits for you; or the incident is not over
  130  interrupted: it stopped where it was safe to";

/// How a plan is carried out.
#[derive(Debug, Clone, Args)]
pub(crate) struct Acting {
    /// Change nothing: `client` prints the plan, `server` also has the API server check every write
    #[arg(long, value_enum, value_name = "WHERE", default_value_t, num_args = 0..=1, default_missing_value = "client", require_equals = true)]
    pub(crate) dry_run: DryRun,
    /// Don't ask before the plan runs
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// The form of a plan that is printed
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) output: PlanForm,
    /// Print the rights that the plan needs, as a ClusterRole and Roles, and do nothing else
    #[arg(long)]
    pub(crate) show_rbac: bool,
    #[command(flatten)]
    pub(crate) journals: Journals,
    #[command(flatten)]
    pub(crate) connect: Connect,
}

/// Where journals are.
#[derive(Debug, Clone, Args)]
pub(crate) struct Journals {
    /// The folder of the journals; `rutter/journal` under `$XDG_STATE_HOME` or `~/.local/state` by default
    #[arg(long, value_name = "FOLDER", env = "RUTTER_JOURNAL")]
    pub(crate) journal: Option<PathBuf>,
}

/// Whether anything is changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DryRun {
    /// Do it
    #[default]
    None,
    /// Print the plan
    Client,
    /// Print it, and have the API server check every write
    Server,
}

/// The form of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanForm {
    /// For a person: what matters
    #[default]
    Text,
    /// For a person: every pod and remark, how each step is undone, its deadline
    Wide,
    /// The plan itself, which `rutter run` takes
    Json,
    /// The same in YAML
    Yaml,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Node {
    /// Cordon nodes and move their pods
    Drain(Box<Drain>),
    /// Drain nodes, wait until the work on them is done, and bring them back
    Maintain(Box<Maintain>),
    /// Bring back nodes that Rutter drained: wait until they are well, uncordon those that Rutter cordoned
    Restore(Box<Restore>),
    /// Drain nodes and take them out of the cluster for good
    Delete(Box<Drain>),
}

/// Which nodes, and how they are drained. The words are kubectl's.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "they are flags")]
pub(crate) struct Drain {
    #[command(flatten)]
    pub(crate) nodes: NodeWork,
    /// Drain although pods keep data in emptyDir volumes, which is lost
    #[arg(long)]
    pub(crate) delete_emptydir_data: bool,
    /// Drain although pods have no controller that makes them anew, or fit nowhere else
    #[arg(long)]
    pub(crate) force: bool,
    /// Pods of DaemonSets stay: always so, the flag is for kubectl's users
    #[arg(long, default_value_t = true, num_args = 0..=1, default_missing_value = "true", hide_possible_values = true)]
    pub(crate) ignore_daemonsets: bool,
    /// Seconds for pods to end; their own if not given
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(crate) grace_period: Option<i64>,
    /// How long one pod may take, with all waiting for budgets; then the plan holds
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10m")]
    pub(crate) timeout: Duration,
    /// Move only pods with these labels
    #[arg(long, value_name = "SELECTOR")]
    pub(crate) pod_selector: Option<String>,
    /// So many nodes may be away at once, counting those that others cordoned or that aren't ready (`2`, `10%`); 10 % and at least 1
    /// if not given
    #[arg(long, value_name = "NODES")]
    pub(crate) max_unavailable: Option<String>,
    /// Start a second pod of single-replica Deployments before the first one goes
    #[arg(long)]
    pub(crate) surge: bool,
    /// Delete the pods under this disruption budget in spite of it; may be repeated
    #[arg(long, value_name = "NAMESPACE/NAME")]
    pub(crate) bypass_budget: Vec<String>,
    /// So many pods are moved at once
    #[arg(long, value_name = "PODS", default_value_t = 5)]
    pub(crate) parallel: usize,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

/// Which nodes.
#[derive(Debug, Args)]
pub(crate) struct NodeWork {
    /// The nodes
    #[arg(value_name = "NODE", required_unless_present = "selector", conflicts_with = "selector")]
    pub(crate) nodes: Vec<String>,
    /// The nodes with these labels
    #[arg(long, short = 'l', value_name = "SELECTOR")]
    pub(crate) selector: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Maintain {
    #[command(flatten)]
    pub(crate) drain: Drain,
    /// What tells that the work is done
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    pub(crate) until: UntilArgument,
    /// For so long a node must be ready before it is used again
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "2m")]
    pub(crate) ready_for: Duration,
}

/// What tells that a node's maintenance is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum UntilArgument {
    /// You say so: at the prompt, or by `rutter node restore`
    #[default]
    Told,
    /// It was started again
    Reboot,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    pub(crate) nodes: NodeWork,
    /// For so long a node must be ready before it is used again
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "2m")]
    pub(crate) ready_for: Duration,
    /// How long to wait for that
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30m")]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

#[derive(Debug, Args)]
pub(crate) struct RunPlan {
    /// The plan, as YAML or JSON; `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) plan: PathBuf,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

#[derive(Debug, Args)]
pub(crate) struct Fix {
    /// The incident: its id or the beginning of it, as `rutter diagnose -o name` tells them, or its rank; 1 is the first
    #[arg(value_name = "INCIDENT")]
    pub(crate) incident: String,
    /// With --dry-run=client: files, folders or archives to read instead of the live cluster
    #[arg(value_name = "SOURCE", conflicts_with = "demo")]
    pub(crate) sources: Vec<PathBuf>,
    /// With --dry-run=client: a recorded, broken cluster that is part of the program
    #[arg(long)]
    pub(crate) demo: bool,
    /// The remedy, as the report numbers them; the first that has a plan if not given
    #[arg(long, value_name = "NUMBER")]
    pub(crate) remedy: Option<usize>,
    /// How long to wait after the plan for the incident to be over
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "5m")]
    pub(crate) wait: Duration,
    #[command(flatten)]
    pub(crate) acting: Acting,
    #[command(flatten)]
    pub(crate) limits: LimitArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// List the plans that ran on this machine
    List {
        #[command(flatten)]
        journals: Journals,
    },
    /// Show what a plan did
    Show {
        /// The operation's id; may be shortened
        operation: String,
        /// The form
        #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
        output: JournalForm,
        #[command(flatten)]
        journals: Journals,
    },
    /// Go on with a plan that was interrupted or holds
    Resume(Box<Again>),
    /// Take back what a plan did, as far as it can be
    Undo(Box<Again>),
}

/// The form of a journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum JournalForm {
    /// For a person
    #[default]
    Text,
    /// As it is kept: a line of JSON for each entry
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Again {
    /// The operation's id; may be shortened
    pub(crate) operation: String,
    #[command(flatten)]
    pub(crate) acting: Acting,
}
