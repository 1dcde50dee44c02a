//! From arguments to a cluster.

use std::path::{Path, PathBuf};

use rutter_cluster::{Cluster, Kind, KindSet, State, Time};
use rutter_lessons::LESSONS;
use rutter_source::{Input, files::Limits, live};

use crate::{
    arguments::{Connect, Diagnose, LimitArguments},
    exit::Failure,
    interrupt,
    progress::Progress,
};

/// A broken cluster, recorded: see `demo/README.md`.
const DEMO: &[u8] = include_bytes!("../demo/cluster.json");

/// A cluster, and what it was read from, in words.
pub(crate) struct Source {
    pub(crate) cluster: Cluster,
    pub(crate) names: Vec<String>,
}

/// Where to read a cluster from, and how much of it.
pub(crate) struct Wanted<'a> {
    /// The demo's recording.
    pub(crate) demo: bool,
    /// Files, folders and archives; none for the demo or a live cluster.
    pub(crate) sources: &'a [PathBuf],
    pub(crate) connect: &'a Connect,
    /// How long reading a live cluster may take.
    pub(crate) timeout: Option<std::time::Duration>,
    /// Whether to ask kubelets, too.
    pub(crate) kubelets: bool,
    pub(crate) limits: &'a LimitArguments,
    /// Live, no others are read; if there are any here.
    pub(crate) namespaces: &'a [String],
    /// Live, where not all namespaces may be read, this one is.
    pub(crate) home: Option<&'a String>,
}

impl<'a> From<&'a Diagnose> for Wanted<'a> {
    fn from(arguments: &'a Diagnose) -> Self {
        Self {
            demo: arguments.demo,
            sources: &arguments.sources,
            connect: &arguments.live.connect,
            timeout: arguments.live.timeout,
            kubelets: arguments.live.kubelets,
            limits: &arguments.limits,
            namespaces: &arguments.scope.namespace,
            home: None,
        }
    }
}

/// Reads what the arguments name.
pub(crate) fn read(wanted: &Wanted<'_>) -> Result<Source, Failure> {
    let progress = Progress::new();
    let source = if wanted.demo {
        files(&[Input::Bytes("the demo's recording".to_owned(), DEMO.into())], &Limits::default())
    } else if wanted.sources.is_empty() {
        live(wanted, &progress)
    } else {
        let inputs: Vec<Input> = wanted.sources.iter().map(|path| input(path)).collect();
        files(&inputs, &limits(wanted.limits))
    };
    progress.end();
    source
}

/// Reads the earlier state that `--since` names, if it names one, and makes sure that it is one of the same cluster.
pub(crate) fn read_earlier(arguments: &Diagnose, now: &Cluster) -> Result<Option<Source>, Failure> {
    if arguments.since.is_empty() {
        return Ok(None);
    }
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    if arguments.since.iter().any(is_stdin) && arguments.sources.iter().any(is_stdin) {
        return Err(Failure::Told("standard input can be only one of the two states".to_owned()));
    }
    let progress = Progress::new();
    let inputs: Vec<Input> = arguments.since.iter().map(|path| input(path)).collect();
    let earlier = files(&inputs, &limits(&arguments.limits));
    progress.end();
    let earlier = earlier?;
    let names = earlier.names.join(", ");
    match rutter_diagnosis::is_same_cluster(&earlier.cluster, now) {
        Some(true) => {}
        Some(false) => {
            return Err(Failure::Told(format!(
                "{names} is a dump of another cluster: its Namespace kube-system has another uid"
            )));
        }
        None => crate::output::note(&format!(
            "whether {names} is of the same cluster can't be told: the two have no Namespace kube-system and no node in common"
        )),
    }
    let (then, time) = (earlier.cluster.time(), now.time());
    if then != Time::EPOCH && time != Time::EPOCH && then > time {
        return Err(Failure::Told(format!(
            "{names} is the newer of the two ({then}, the other {time}): the earlier one comes after --since"
        )));
    }
    Ok(Some(earlier))
}

fn input(path: &Path) -> Input {
    if path.as_os_str() == "-" { Input::Stdin } else { Input::Path(path.to_owned()) }
}

fn files(inputs: &[Input], limits: &Limits) -> Result<Source, Failure> {
    let cluster = rutter_source::load(inputs, limits).map_err(|error| Failure::Told(error.to_string()))?;
    let name = |input: &Input| match input {
        Input::Path(path) => path.display().to_string(),
        Input::Stdin => "standard input".to_owned(),
        Input::Bytes(name, _) => name.clone(),
    };
    Ok(Source { cluster, names: inputs.iter().map(name).collect() })
}

fn limits(arguments: &LimitArguments) -> Limits {
    Limits {
        max_entry_bytes: arguments.max_entry_bytes.0,
        max_total_bytes: arguments.max_total_bytes.0,
        max_entries: arguments.max_entries,
        max_ratio: arguments.max_ratio,
        max_depth: arguments.max_depth,
    }
}

/// The kinds that a lesson reads; and Namespaces, which say how far the lists reach.
pub(crate) fn kinds() -> Vec<Kind> {
    let all = LESSONS.iter().map(|lesson| lesson.inputs());
    all.fold(KindSet::of(&[Kind::Namespace]), KindSet::union).iter().collect()
}

/// How to reach the live cluster, and what of it to read.
pub(crate) fn options(wanted: &Wanted<'_>) -> live::Options {
    live::Options {
        timeout: wanted.timeout,
        namespaces: Some(wanted.namespaces.to_vec()).filter(|names| !names.is_empty()),
        default_namespace: wanted.home.cloned(),
        config_map_keys: true,
        kubelets: wanted.kubelets,
        ..connect(wanted.connect)
    }
}

/// How to reach the live cluster, and all of it to read.
pub(crate) fn connect(given: &Connect) -> live::Options {
    live::Options {
        kubeconfig: given.kubeconfig.clone(),
        context: given.context.clone(),
        cluster: given.cluster.clone(),
        user: given.user.clone(),
        as_user: given.as_user.clone(),
        as_groups: given.as_groups.clone(),
        token: given.token.clone(),
        insecure_skip_tls_verify: given.insecure_skip_tls_verify,
        request_timeout: given.request_timeout,
        ..live::Options::default()
    }
}

/// Says how far the reading is.
pub(crate) fn tell(progress: &Progress, done: live::Progress) {
    let megabytes = done.bytes as f64 / 1e6;
    progress.say(format!("reading: {} of {} kinds, {megabytes:.1} MB", done.kinds_done, done.kinds));
}

fn live(wanted: &Wanted<'_>, progress: &Progress) -> Result<Source, Failure> {
    let watch = interrupt::watch(progress.clone());
    progress.say("connecting");
    let mut tell = |done: live::Progress| tell(progress, done);
    let loaded = live::load(&options(wanted), &kinds(), &mut tell);
    watch.end();
    let cluster = loaded.map_err(|error| unreachable(&error))?;
    refused(&cluster)?;
    let name = format!("live cluster {}", cluster.info().name);
    Ok(Source { cluster, names: vec![name] })
}

/// Refuses to report on a cluster of which nothing at all may be read.
pub(crate) fn refused(cluster: &Cluster) -> Result<(), Failure> {
    let coverage = cluster.coverage();
    let unread = |kind: &Kind| matches!(coverage.state(*kind), State::Forbidden | State::Absent);
    if !kinds().iter().all(unread) {
        return Ok(());
    }
    let first = kinds().into_iter().find_map(|kind| coverage.of(kind)?.notes.first().cloned());
    let why = first.map_or_else(String::new, |note| format!(": {note}"));
    Err(Failure::Told(format!(
        "could not look: the API server let nothing be read that lessons need{why}\n\n\
         With rights in some namespaces only, name them with -n. The ClusterRole to ask for is in the book, \
         under \"Live clusters and rights\"."
    )))
}

/// Whoever has no cluster at hand may have a dump, or only want to look.
pub(crate) fn unreachable(error: &live::Error) -> Failure {
    Failure::Told(format!(
        "{error}\n\nWithout a live cluster, try\n  \
         rutter diagnose --demo            a recorded, broken cluster: nothing else is needed\n  \
         rutter diagnose SOURCE            a dump, must-gather, support bundle or `kubectl get -o json`, as folder, file or archive\n  \
         rutter diagnose --context NAME    another context (kubectl config get-contexts lists them)"
    ))
}
