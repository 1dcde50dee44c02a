//! Where cluster state comes from: dumps, bundles, manifests and archives of them, or a live API server.
//!
//! Whatever the source, the result is the same [`Cluster`]: the engine can't tell them apart.

mod decode;
pub mod files;
#[cfg(feature = "live")]
pub mod live;

/// Kubernetes' protobuf: lists, single objects and watches, as an API server sends them.
pub mod protobuf {
    pub use crate::decode::protobuf::{Bad, Error, Event, Frames, read_list, read_object, resource_version};
}

use std::{io::Read, path::PathBuf};

use decode::Decoder;
use rutter_cluster::Cluster;

/// One thing to read. Several in one call are one cluster.
#[derive(Debug, Clone)]
pub enum Input {
    /// A file, a folder or an archive.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// Bytes at hand, such as a recording inside the program, under the name to show.
    Bytes(String, &'static [u8]),
}

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path could not be opened.
    #[error(transparent)]
    Open(#[from] files::Error),
    /// There is nothing at all in what was given.
    #[error("nothing to read: {0}")]
    Empty(String),
    /// Nothing that was read holds Kubernetes objects.
    #[error("nothing to read in {inputs}: {looked_at}, and none holds Kubernetes objects{why}")]
    Nothing {
        /// What was given.
        inputs: String,
        /// How many documents were looked at, in words.
        looked_at: String,
        /// What was found instead, if that is known.
        why: String,
    },
}

/// Reads dumps, bundles, folders, archives and streams into one cluster.
///
/// # Errors
/// If a path can't be opened, or nothing holds a Kubernetes object. Anything less becomes part of the coverage.
pub fn load(inputs: &[Input], limits: &files::Limits) -> Result<Cluster, Error> {
    let mut decoder = Decoder::default();
    for input in inputs {
        // Several folders have files of the same names.
        let folder = (inputs.len() > 1).then(|| names(std::slice::from_ref(input)));
        let is_static_pods = is_static_pods(input);
        let is_here = is_static_pods && is_of_this_machine(input);
        decoder.begin_input(is_static_pods.then_some(folder.unwrap_or_default()), is_here);
        match input {
            Input::Path(path) => files::walk(path, limits, &mut decoder)?,
            Input::Stdin => files::walk_reader("-", std::io::stdin().lock(), limits, &mut decoder)?,
            Input::Bytes(name, bytes) => files::walk_reader(name, *bytes, limits, &mut decoder)?,
        };
    }
    settle(inputs, decoder)
}

/// Reads one stream, as [`load`] reads standard input.
///
/// # Errors
/// As for [`load`].
pub fn load_stream(name: &str, stream: impl Read, limits: &files::Limits) -> Result<Cluster, Error> {
    let mut decoder = Decoder::default();
    files::walk_reader(name, stream, limits, &mut decoder)?;
    settle(&[Input::Path(name.into())], decoder)
}

fn settle(inputs: &[Input], decoder: Decoder) -> Result<Cluster, Error> {
    let loaded = decoder.finish();
    if !loaded.found {
        if let ([input], 0, []) = (inputs, loaded.documents, loaded.coverage.problems.as_slice())
            && let Some(why) = empty(input)
        {
            return Err(Error::Empty(why));
        }
        let looked_at = match loaded.documents {
            0 => "no file in it could hold any".to_owned(),
            1 => "one document was looked at".to_owned(),
            many => format!("{many} documents were looked at"),
        };
        let problem = loaded.coverage.problems.into_iter().next().or_else(|| inputs.iter().find_map(html));
        let why = problem.map_or_else(String::new, |problem| format!(" ({problem})"));
        return Err(Error::Nothing { inputs: names(inputs), looked_at, why });
    }
    Ok(Cluster::new(loaded.info, loaded.tables, loaded.coverage, loaded.logs).with_kubelets(loaded.kubelets))
}

/// Whether an input is the folder from which a kubelet runs pods by itself, a file out of it, or a copy of one under its own name.
fn is_static_pods(input: &Input) -> bool {
    let Input::Path(path) = input else { return false };
    let is_by_path = |path: &std::path::Path| decode::static_pod::is_folder(&path.to_string_lossy());
    let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
    if path.is_dir() {
        return is_by_path(path) || is_by_path(&whole);
    }
    let lies_there = [path, &whole].into_iter().filter_map(|path| path.parent()).any(is_by_path);
    lies_there || is_copy_of_static_pod(path)
}

/// Whether an input is the very folder of this machine's kubelet, and not a copy of another's.
fn is_of_this_machine(input: &Input) -> bool {
    const FOLDER: &str = "/etc/kubernetes/manifests";
    let Input::Path(path) = input else { return false };
    path.canonicalize().is_ok_and(|whole| whole.starts_with(FOLDER))
}

/// Whether a file bears a well-known name, and is what a person edits: a dump of that pod has a status.
fn is_copy_of_static_pod(path: &std::path::Path) -> bool {
    if !decode::static_pod::WELL_KNOWN.iter().any(|name| path.ends_with(name)) {
        return false;
    }
    let mut bytes = Vec::new();
    let most = decode::static_pod::LARGEST as u64;
    let read = std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.is_ok() && decode::static_pod::is_definition(&bytes)
}

/// Says that `input`, in which no document was found, is empty, if it is.
fn empty(input: &Input) -> Option<String> {
    match input {
        Input::Stdin => Some("standard input is empty: did the command before it fail?".to_owned()),
        Input::Path(path) if std::fs::read_dir(path).is_ok_and(|mut all| all.next().is_none()) => {
            Some(format!("the folder {} is empty", path.display()))
        }
        Input::Path(path) if std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0) => {
            Some(format!("the file {} is empty: did the command that wrote it fail?", path.display()))
        }
        _ => None,
    }
}

/// Says that a file is a web page, if it is: one that is named so is not decoded, and a person may have saved a log-in page.
fn html(input: &Input) -> Option<String> {
    let Input::Path(path) = input else { return None };
    let mut head = Vec::new();
    std::fs::File::open(path).ok()?.take(512).read_to_end(&mut head).ok()?;
    let head =
        String::from_utf8_lossy(&head).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    let what = "this is HTML, not Kubernetes objects (the error page of a proxy or a log-in page?)";
    let is_html = head.starts_with("<!doctype html") || head.starts_with("<html");
    is_html.then(|| format!("{}: {what}", path.display()))
}

fn names(inputs: &[Input]) -> String {
    let name = |input: &Input| match input {
        Input::Path(path) => path.display().to_string(),
        Input::Stdin => "standard input".to_owned(),
        Input::Bytes(name, _) => name.clone(),
    };
    inputs.iter().map(name).collect::<Vec<_>>().join(", ")
}
