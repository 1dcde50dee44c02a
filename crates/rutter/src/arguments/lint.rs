//! What can be asked of `rutter lint`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};

use super::{Connect, LimitArguments, SeverityArgument};
use crate::values::duration;

pub(crate) const EXAMPLES: &str = "\
Paths:
  files and folders with YAML or JSON, also lists and several documents; a chart of Helm and a folder with a kustomization are rendered first, if `helm`
  or `kustomize` (or `kubectl`) is installed, and findings stand where they were written; `-` is standard input.

Examples:
  rutter lint deploy/
  rutter lint deploy/ --against live -n shop            would it work in the cluster of the current context?
  rutter lint deploy/ --against dump.tar.gz             or in the one that was dumped?
  helm template web ./chart | rutter lint -
  rutter lint . --fix --diff                            what would be mended; without --diff it is
  rutter lint . -o github -o sarif=rutter.sarif         several forms at once
  rutter lint . --write-baseline known.json             from then on, with --baseline known.json, only what is new fails
  rutter explain image-tag                              what a check is about

Accepting a finding: an annotation `rutter.dev/ignore.CHECK: REASON` (or `until 2027-01-31: REASON`; `ignore.CHECK.CONTAINER` for one container) on the
object or its pods, or a rule in `.rutter.yaml`.

Exit codes:
  0  done, and nothing open at or above --fail-on
  1  something open at or above --fail-on
  2  wrong usage, nothing to look at, or something that can't be read
  3  done, but something was left out, with --require-complete";

#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// Files and folders; `-` for standard input
    #[arg(value_name = "PATH", required_unless_present = "list")]
    pub(crate) paths: Vec<PathBuf>,
    /// List the checks instead
    #[arg(long, conflicts_with_all = ["paths", "sources", "fix"])]
    pub(crate) list: bool,
    #[command(flatten)]
    pub(crate) checks: Checks,
    #[command(flatten)]
    pub(crate) accepted: Accepting,
    #[command(flatten)]
    pub(crate) mending: Mending,
    #[command(flatten)]
    pub(crate) output: LintOutput,
    #[command(flatten)]
    pub(crate) against: Against,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Checks")]
pub(crate) struct Checks {
    /// Ask these, too: ids, globs or `TOPIC/*`
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub(crate) include: Vec<String>,
    /// Ask only these
    #[arg(long, value_name = "CHECK", value_delimiter = ',', conflicts_with_all = ["include", "all"])]
    pub(crate) only: Vec<String>,
    /// Don't ask these
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub(crate) exclude: Vec<String>,
    /// Ask all, also those that are a matter of taste
    #[arg(long = "all-checks")]
    pub(crate) all: bool,
    /// The Kubernetes that the manifests are for [default: that of --against, else 1.34]
    #[arg(long, value_name = "VERSION")]
    pub(crate) kubernetes_version: Option<String>,
    /// The namespace of manifests that name none
    #[arg(long, short, value_name = "NAME", value_parser = crate::namespaces::name)]
    pub(crate) namespace: Option<String>,
    /// Values for charts, as Helm takes them; may be repeated
    #[arg(long, short = 'f', value_name = "FILE")]
    pub(crate) values: Vec<PathBuf>,
    /// The configuration [default: .rutter.yaml of the working folder or of one above it]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long)]
    pub(crate) no_config: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What is accepted or known")]
pub(crate) struct Accepting {
    /// Findings in this file are known: only what is new counts
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write the findings of this run as a baseline
    #[arg(long, value_name = "FILE")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Show accepted and known findings, too, with who accepted them and why
    #[arg(long)]
    pub(crate) show_suppressed: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Mending")]
pub(crate) struct Mending {
    /// Mend in place what is certain; comments and order stay
    #[arg(long)]
    pub(crate) fix: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long)]
    pub(crate) diff: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct LintOutput {
    /// The form, and a file for it: text, wide, short, json, yaml, sarif, junit, github, markdown, name; may be repeated
    #[arg(long = "output", short = 'o', value_name = "FORM[=FILE]", value_parser = form)]
    pub(crate) forms: Vec<LintForm>,
    /// Exit with 1 if an open finding is at least this bad [default: medium]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<SeverityArgument>,
    /// Show only findings at least this bad
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) min_severity: Option<SeverityArgument>,
    /// Exit with 3 if something was left out: a chart that could not be rendered
    #[arg(long)]
    pub(crate) require_complete: bool,
    /// Nothing to look at is no error
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct Against {
    /// Hold the manifests against a cluster: `live`, or files, folders or archives as `rutter diagnose` takes them; may be repeated
    #[arg(long = "against", value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) connect: Connect,
    /// How long reading a live cluster may take
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) limits: LimitArguments,
}

/// A form, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LintForm {
    pub(crate) form: FindingForm,
    /// Standard output, if there is none.
    pub(crate) file: Option<PathBuf>,
}

/// The form of a report about manifests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingForm {
    /// For a person: each finding with its line
    #[default]
    Text,
    /// The same with accepted and known findings
    Wide,
    /// A line each, as compilers write them
    Short,
    /// For programs
    Json,
    /// The same in YAML
    Yaml,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit's XML
    Junit,
    /// Annotations of GitHub's workflows
    Github,
    /// A table
    Markdown,
    /// The checks' ids, with the number of their findings
    Name,
}

fn form(text: &str) -> Result<LintForm, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("no file behind the `=`".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    Ok(LintForm { form: FindingForm::from_str(name, true)?, file })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_may_go_to_files() {
        assert_eq!(form("text"), Ok(LintForm { form: FindingForm::Text, file: None }));
        assert_eq!(form("sarif=a=b"), Ok(LintForm { form: FindingForm::Sarif, file: Some("a=b".into()) }));
        assert!(form("sarif=").is_err());
        assert!(form("xml").is_err());
    }
}
