//! What can be asked on the command line.

mod act;
mod explain;
mod lint;

use std::{path::PathBuf, time::Duration};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use rutter_lessons::Severity;
use rutter_source::files::Limits;

pub(crate) use self::{
    act::{
        Acting, Again, Drain, DryRun, Fix, Journal, JournalForm, Journals, Node, NodeWork, PlanForm, Restore,
        RunPlan, UntilArgument,
    },
    explain::{Explain, ExplainForm},
    lint::{FindingForm, Lint, LintForm},
};
use crate::{
    complete::{Words, groups, lessons},
    values::{Bytes, duration},
};

/// Says what is wrong with a Kubernetes cluster, what causes it, and what to do.
#[derive(Debug, Parser)]
#[command(name = "rutter", version, propagate_version = true, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  rutter diagnose --demo                      look around in a recorded, broken cluster
  rutter diagnose                             the cluster of the current kubeconfig context
  rutter diagnose ./dump must-gather.tar.gz   whatever there is of a cluster, as one cluster
  rutter explain pod/web-0 -n shop            why an object is as it is
  rutter explain \"exit code 137\"              what a text from a cluster means
  rutter explain disk-pressure                what a lesson knows
  rutter lint deploy/                         manifests, before they are applied
  rutter node drain node-b --dry-run=client   what draining a node would do, and what is in its way";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is wrong with a cluster, what causes it, and what to do
    #[command(after_help = DIAGNOSE_EXAMPLES)]
    Diagnose(Box<Diagnose>),
    /// Tell why an object is as it is, what a text from a cluster means, or what a lesson knows
    #[command(after_help = explain::EXAMPLES)]
    Explain(Box<Explain>),
    /// List the lessons
    Lessons(Lessons),
    /// Say what would go wrong with manifests, before they are applied
    #[command(after_help = lint::EXAMPLES)]
    Lint(Box<Lint>),
    /// Take nodes out of work and back as a guarded plan: drain, maintain, restore, delete
    #[command(subcommand, after_help = act::NODE_EXAMPLES)]
    Node(Node),
    /// Do what the remedy of an incident says, as a guarded plan
    #[command(after_help = act::FIX_EXAMPLES)]
    Fix(Box<Fix>),
    /// Run a plan that was saved to a file
    #[command(after_help = act::RUN_EXAMPLES)]
    Run(RunPlan),
    /// See what plans did; resume or undo them
    #[command(subcommand, after_help = act::JOURNAL_EXAMPLES)]
    Journal(Journal),
    /// Print a shell's completion script
    #[command(after_help = COMPLETION_EXAMPLES)]
    Completion {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  rutter man > /usr/local/share/man/man1/rutter.1")]
    Man,
}

const COMPLETION_EXAMPLES: &str = "\
Examples:
  source <(rutter completion bash)
  ln -s \"$(command -v rutter || command -v kubectl-rutter)\" ~/bin/kubectl_complete-rutter    for `kubectl rutter`";

const DIAGNOSE_EXAMPLES: &str = "\
Sources (several are one cluster):
  a folder or file of `kubectl cluster-info dump`, `kubectl get … -o json|yaml`, a must-gather, an `oc adm inspect`, a
  troubleshoot.sh support bundle, or any of these in tar, tar.gz, tar.zst or zip; `-` is standard input.
  `/etc/kubernetes/manifests`, on a control-plane node, tells what is wrong with its static pods while there is no API.
  Without a source, the cluster of the kubeconfig is read, or the one that rutter runs in. Nothing is ever changed.

Examples:
  rutter diagnose --demo
  rutter diagnose -n shop --context prod
  rutter diagnose -w                                      and go on: what opens, changes, closes
  rutter diagnose support-bundle.tar.gz -o wide
  rutter diagnose -o html > report.html                   one file for a browser: nothing is fetched, no script runs
  rutter diagnose -o dot | dot -Tsvg > incidents.svg
  rutter diagnose --since yesterday.tar.gz today.tar.gz   and what changed between the two; without the second, until now
  kubectl get nodes,pods,events,deployments,services -A -o json | rutter diagnose -
  rutter diagnose --fail-on high --require-complete -o json > report.json

Exit codes:
  0  done, and nothing at or above --fail-on
  1  something at or above --fail-on
  2  wrong usage, or nothing that can be read
  3  done, but not all was seen, with --require-complete
  130, 143  interrupted (Ctrl-C) or terminated, as shells count it; while a cluster is read, there is no report";

#[derive(Debug, Args)]
pub(crate) struct Diagnose {
    /// Files, folders or archives; `-` for standard input; nothing for the live cluster
    #[arg(value_name = "SOURCE", conflicts_with = "demo", conflicts_with_all = LIVE)]
    pub(crate) sources: Vec<PathBuf>,
    /// Go on watching the live cluster: tell incidents as they open, change and close
    #[arg(long, short, conflicts_with_all = ["sources", "demo", "fail_on", "require_complete", "kubelets"])]
    pub(crate) watch: bool,
    /// Also tell what became different since an earlier dump of the same cluster: versions, what nodes offer, images,
    /// replicas, configuration, incidents (several are one state)
    #[arg(long, value_name = "EARLIER", conflicts_with_all = ["watch", "demo"])]
    pub(crate) since: Vec<PathBuf>,
    /// Diagnose a recorded, broken cluster that is part of the program
    #[arg(long, conflicts_with_all = LIVE)]
    pub(crate) demo: bool,
    #[command(flatten)]
    pub(crate) scope: ScopeArguments,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) live: Live,
    #[command(flatten)]
    pub(crate) limits: LimitArguments,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Scope")]
pub(crate) struct ScopeArguments {
    /// Only what concerns these namespaces (and, live, read no others)
    #[arg(long, short, value_delimiter = ',', value_name = "NAME", value_parser = crate::namespaces::name)]
    pub(crate) namespace: Vec<String>,
    /// All namespaces that may be read: the default
    #[arg(long, short = 'A', conflicts_with = "namespace")]
    pub(crate) all_namespaces: bool,
    /// Only what concerns objects with these labels (`app=web,tier in (a,b),!legacy`)
    #[arg(long, short = 'l', value_name = "SELECTOR")]
    pub(crate) selector: Option<String>,
    /// Only incidents at least this bad
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) min_severity: Option<SeverityArgument>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// The form of the report
    #[arg(long = "output", short = 'o', value_enum, default_value_t, value_name = "FORM")]
    pub(crate) form: Form,
    /// Exit with 1 if an incident is at least this bad
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<SeverityArgument>,
    /// Exit with 3 if not all was seen that the lessons read
    #[arg(long)]
    pub(crate) require_complete: bool,
}

/// The arguments of [`Live`]: beside a file they would be ignored, and whoever gives them expects another cluster.
const LIVE: [&str; 11] = [
    "kubeconfig",
    "context",
    "cluster",
    "user",
    "as_user",
    "as_groups",
    "token",
    "insecure_skip_tls_verify",
    "request_timeout",
    "timeout",
    "kubelets",
];

#[derive(Debug, Args)]
#[command(next_help_heading = "Live cluster")]
pub(crate) struct Live {
    #[command(flatten)]
    pub(crate) connect: Connect,
    /// How long reading may take; what was read until then is diagnosed (`2m`)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Ask kubelets what fills their nodes, and for their settings; needs `get nodes/proxy`, a right that reaches much more
    #[arg(long)]
    pub(crate) kubelets: bool,
}

/// How to reach a cluster.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Live cluster")]
pub(crate) struct Connect {
    /// The kubeconfig file
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Option<String>,
    /// The cluster of the kubeconfig
    #[arg(long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// The user of the kubeconfig
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// The user to impersonate
    #[arg(long = "as", value_name = "USER")]
    pub(crate) as_user: Option<String>,
    /// A group to impersonate; may be repeated
    #[arg(long = "as-group", value_name = "GROUP", requires = "as_user")]
    pub(crate) as_groups: Vec<String>,
    /// A bearer token
    #[arg(long, value_name = "TOKEN")]
    pub(crate) token: Option<String>,
    /// Don't check the server's certificate
    #[arg(long)]
    pub(crate) insecure_skip_tls_verify: bool,
    /// How long the server may send nothing (`30s`)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) request_timeout: Option<Duration>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits on archives")]
#[expect(clippy::struct_field_names, reason = "they are the names of the flags")]
pub(crate) struct LimitArguments {
    /// The largest document: a number of bytes, or one with Ki, Mi, Gi
    #[arg(long, value_name = "BYTES", default_value_t = Bytes(Limits::default().max_entry_bytes))]
    pub(crate) max_entry_bytes: Bytes,
    /// All that may be decompressed
    #[arg(long, value_name = "BYTES", default_value_t = Bytes(Limits::default().max_total_bytes))]
    pub(crate) max_total_bytes: Bytes,
    /// The number of entries
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().max_entries)]
    pub(crate) max_entries: u64,
    /// How many times its size an archive may expand
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().max_ratio)]
    pub(crate) max_ratio: u64,
    /// How many archives may lie in one another
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().max_depth)]
    pub(crate) max_depth: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Lessons {
    /// Only those about this: node, pod, workload, service, storage, control-plane, cloud
    #[arg(long, value_name = "GROUP", value_parser = Words(groups), hide_possible_values = true)]
    pub(crate) group: Option<String>,
    /// The form of the list
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) output: ListForm,
    /// Only those with this word in their id or title, or among their signs (`OOMKilled`)
    #[arg(value_name = "WORD", value_parser = Words(lessons), hide_possible_values = true)]
    pub(crate) word: Option<String>,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For a person: what matters
    #[default]
    Text,
    /// For a person: all there is
    Wide,
    /// For programs: the whole report
    Json,
    /// For programs: the same in YAML
    Yaml,
    /// One line for each incident
    Name,
    /// For a person: one file for a browser, to be opened, mailed or printed
    Html,
    /// What explains what, for Graphviz
    Dot,
    /// The same for Mermaid, which wikis and code forges draw
    Mermaid,
}

/// The form of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListForm {
    /// A table
    #[default]
    Text,
    /// A table with versions and the scenarios that prove each lesson on a real cluster
    Wide,
    /// For programs, with versions and sources, too
    Json,
    /// The ids
    Name,
}

/// How bad, from worst to least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SeverityArgument {
    /// Something on which others depend doesn't work
    Critical,
    /// Something doesn't work
    High,
    /// Something is degraded
    Medium,
    /// A risk, or a fault without effect so far
    Low,
    /// Worth knowing
    Info,
}

impl From<SeverityArgument> for Severity {
    fn from(argument: SeverityArgument) -> Self {
        match argument {
            SeverityArgument::Critical => Severity::Critical,
            SeverityArgument::High => Severity::High,
            SeverityArgument::Medium => Severity::Medium,
            SeverityArgument::Low => Severity::Low,
            SeverityArgument::Info => Severity::Info,
        }
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Also into files and pipes
    Always,
    /// Not at all
    Never,
}

impl Color {
    /// Makes everything that is printed from now on follow it.
    pub(crate) fn apply(self) {
        match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// The command line, under the name by which it was called: kubectl runs plugins as `kubectl-rutter`.
pub(crate) fn command() -> clap::Command {
    let command = Arguments::command();
    if called_as("kubectl-rutter") { command.bin_name("kubectl rutter") } else { command }
}

/// Whether the program was started under that name.
pub(crate) fn called_as(name: &str) -> bool {
    let called = std::env::args_os().next().map(PathBuf::from);
    called.as_ref().and_then(|path| path.file_stem()).is_some_and(|stem| stem == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_holds() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_flag_of_the_live_cluster_is_refused_beside_a_file() {
        let live = Live::augment_args(clap::Command::new("live"));
        assert_eq!(live.get_arguments().map(|arg| arg.get_id().as_str()).collect::<Vec<_>>(), LIVE);
    }
}
