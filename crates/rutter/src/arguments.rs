//! What can be asked on the command line.

use std::{path::PathBuf, time::Duration};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use rutter_lessons::Severity;

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
  rutter explain disk-pressure                what a lesson knows";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is wrong with a cluster, what causes it, and what to do
    #[command(after_help = DIAGNOSE_EXAMPLES)]
    Diagnose(Box<Diagnose>),
    /// Tell what a lesson knows: how it looks, why it happens, what to do, how to prevent it
    Explain(Explain),
    /// List the lessons
    Lessons(Lessons),
    /// Print a shell's completion script
    #[command(after_help = "Example:\n  source <(rutter completion bash)")]
    Completion {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  rutter man > /usr/local/share/man/man1/rutter.1")]
    Man,
}

const DIAGNOSE_EXAMPLES: &str = "\
Sources (several are one cluster):
  a folder or file of `kubectl cluster-info dump`, `kubectl get … -o json|yaml`, a must-gather, an `oc adm inspect`, a
  troubleshoot.sh support bundle, or any of these in tar, tar.gz, tar.zst or zip; `-` is standard input.
  Without a source, the cluster of the kubeconfig is read, or the one that rutter runs in. Nothing is ever changed.

Examples:
  rutter diagnose --demo
  rutter diagnose -n shop --context prod
  rutter diagnose support-bundle.tar.gz -o wide
  kubectl get nodes,pods,events,deployments,replicasets,services,endpointslices -A -o json | rutter diagnose -
  rutter diagnose --fail-on high --require-complete -o json > report.json

Exit codes:
  0  done, and nothing at or above --fail-on
  1  something at or above --fail-on
  2  wrong usage, or nothing that can be read
  3  done, but not all was seen, with --require-complete";

#[derive(Debug, Args)]
pub(crate) struct Diagnose {
    /// Files, folders or archives; `-` for standard input; nothing for the live cluster
    #[arg(value_name = "SOURCE", conflicts_with = "demo")]
    pub(crate) sources: Vec<PathBuf>,
    /// Diagnose a recorded, broken cluster that is part of the program
    #[arg(long)]
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

#[derive(Debug, Args)]
#[command(next_help_heading = "Live cluster")]
pub(crate) struct Live {
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
    /// How long reading may take; what was read until then is diagnosed (`2m`)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits on archives")]
#[expect(clippy::struct_field_names, reason = "they are the names of the flags")]
pub(crate) struct LimitArguments {
    /// The largest document, in bytes
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_entry_bytes: Option<u64>,
    /// All that may be decompressed, in bytes
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_total_bytes: Option<u64>,
    /// The number of entries
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_entries: Option<u64>,
    /// How many times its size an archive may expand
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_ratio: Option<u64>,
    /// How many archives may lie in one another
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_depth: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The lesson's id, as `rutter lessons` lists it
    #[arg(value_name = "LESSON")]
    pub(crate) lesson: String,
}

#[derive(Debug, Args)]
pub(crate) struct Lessons {
    /// Only those about this: node, pod, workload, service, storage
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Option<String>,
    /// The form of the list
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) output: ListForm,
    /// Only those with this word in their id or title
    #[arg(value_name = "WORD")]
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
}

/// The form of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListForm {
    /// A table
    #[default]
    Text,
    /// For programs
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
    let called = std::env::args_os().next().map(PathBuf::from);
    let plugin =
        called.as_ref().and_then(|path| path.file_stem()).is_some_and(|stem| stem == "kubectl-rutter");
    let command = Arguments::command();
    if plugin { command.bin_name("kubectl rutter") } else { command }
}

/// `30s`, `2m`, `1h30m`, or a bare number of seconds, as kubectl takes them.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time: give 30s, 2m or 1h30m");
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let mut total = 0u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        let factor = match rest[digits..].chars().next() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            _ => return Err(wrong()),
        };
        total = number.checked_mul(factor).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        rest = &rest[digits + 1..];
    }
    if text.is_empty() { Err(wrong()) } else { Ok(Duration::from_secs(total)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_holds() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn durations_are_kubectls() {
        let seconds = |text| duration(text).ok().map(|time| time.as_secs());
        assert_eq!([seconds("30s"), seconds("1h30m"), seconds("45")], [Some(30), Some(5400), Some(45)]);
        for bad in ["", "s", "5x", "5", "99999999999999999999h", "5ms"].iter().filter(|text| **text != "5") {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
