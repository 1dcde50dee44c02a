//! The arguments of `rutter explain`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Connect, LIVE, LimitArguments, Live};
use crate::complete::{Words, lessons};

pub(super) const EXAMPLES: &str = "\
What to explain:
  KIND/NAME or KIND NAME   an object, kinds as kubectl takes them (po, deploy, sts, ds, svc, no, pvc, …): what is the matter with
                           it, from which root that comes, what it harms, what to do, and what happened to it
  \"TEXT\"                   the message of an event or a condition, an error, a line of a log: what it means
  LESSON                   a lesson by its id, as `rutter lessons` lists it
  Behind an object stand the sources, as for `rutter diagnose`; without any, the live cluster is read. All of it, as far as it may
  be: the root may lie in another namespace.

Examples:
  rutter explain pod/web-0 -n shop
  rutter explain deploy web -n shop --context prod
  rutter explain node/node-a must-gather.tar.gz -o wide
  rutter explain deploy/api --demo
  rutter explain \"0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {x: y}\"
  rutter explain crash-loop

Exit codes:
  0  done
  2  wrong usage, nothing that can be read, no such object, or a text that nothing here knows";

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// An object as KIND/NAME, or its kind alone with the name behind it; a text; or the id of a lesson
    #[arg(value_name = "WHAT", value_parser = Words(lessons), hide_possible_values = true)]
    pub(crate) what: String,
    /// Behind an object: files, folders or archives to read, `-` for standard input; nothing for the live cluster
    #[arg(value_name = "SOURCE")]
    pub(crate) rest: Vec<PathBuf>,
    /// Look in a recorded, broken cluster that is part of the program
    #[arg(long, conflicts_with_all = LIVE)]
    pub(crate) demo: bool,
    /// The namespace of the object; needed only where several have an object of that name
    #[arg(long, short, value_name = "NAME", value_parser = crate::namespaces::name)]
    pub(crate) namespace: Option<String>,
    /// The form of the explanation of an object
    #[arg(long, short, value_enum, value_name = "FORM")]
    pub(crate) output: Option<ExplainForm>,
    #[command(flatten)]
    pub(crate) live: Live,
    #[command(flatten)]
    pub(crate) limits: LimitArguments,
}

/// The form of an explanation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainForm {
    /// For a person: what matters
    #[default]
    Text,
    /// For a person: all there is
    Wide,
    /// For programs
    Json,
    /// For programs: the same in YAML
    Yaml,
}

impl Explain {
    /// A flag that was given and that only a live cluster takes. Beside a source it would be ignored; clap can't say so, since what
    /// stands behind the kind may be a name.
    pub(crate) fn live_flag(&self) -> Option<&'static str> {
        let Live { connect, timeout, kubelets } = &self.live;
        let Connect {
            kubeconfig,
            context,
            cluster,
            user,
            as_user,
            as_groups,
            token,
            insecure_skip_tls_verify,
            request_timeout,
        } = connect;
        let given = [
            (kubeconfig.is_some(), "--kubeconfig"),
            (context.is_some(), "--context"),
            (cluster.is_some(), "--cluster"),
            (user.is_some(), "--user"),
            (as_user.is_some(), "--as"),
            (!as_groups.is_empty(), "--as-group"),
            (token.is_some(), "--token"),
            (*insecure_skip_tls_verify, "--insecure-skip-tls-verify"),
            (request_timeout.is_some(), "--request-timeout"),
            (timeout.is_some(), "--timeout"),
            (*kubelets, "--kubelets"),
        ];
        given.into_iter().find(|(is_given, _)| *is_given).map(|(_, flag)| flag)
    }

    /// A flag that was given and that only goes with an object.
    pub(crate) fn object_flag(&self) -> Option<&'static str> {
        let own = [
            (self.demo, "--demo"),
            (self.namespace.is_some(), "--namespace"),
            (self.output.is_some(), "--output"),
        ];
        let own = own.into_iter().find(|(is_given, _)| *is_given).map(|(_, flag)| flag);
        own.or_else(|| self.live_flag())
    }
}
