//! Where cluster state comes from: dumps, bundles, manifests and archives of them, or a live API server.
//!
//! Whatever the source, the result is the same [`Cluster`]: the engine can't tell them apart.

mod decode;
pub mod files;
mod given;
#[cfg(feature = "live")]
pub mod live;

/// Kubernetes' protobuf: lists, single objects and watches, as an API server sends them.
pub mod protobuf {
    pub use crate::decode::protobuf::{Bad, Error, Event, Frames, read_list, read_object, resource_version};
}

use std::{borrow::Cow, io::Read, path::PathBuf};

use decode::{Decoder, static_pod::Folder};
use given::Given;
use rutter_cluster::Cluster;

/// One thing to read. Several in one call are one cluster.
#[derive(Debug, Clone)]
pub enum Input {
    /// A file, a folder or an archive.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// Bytes at hand, such as a recording inside the program, under the name to show.
    Bytes(String, Cow<'static, [u8]>),
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
        let label = if inputs.len() > 1 { names(std::slice::from_ref(input)) } else { String::new() };
        match given::what(input) {
            Given::StaticPods(folder) => decoder.begin_input(Some(Folder { label, ..folder })),
            Given::Alone(folder) => decoder.begin_alone(Folder { label: String::new(), ..folder }),
            Given::Other => decoder.begin_input(None),
        }
        match input {
            Input::Path(path) => files::walk(path, limits, &mut decoder)?,
            Input::Stdin => files::walk_reader("-", std::io::stdin().lock(), limits, &mut decoder)?,
            Input::Bytes(name, bytes) => files::walk_reader(name, &**bytes, limits, &mut decoder)?,
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
