//! Turns documents into decoded objects, and notes what they show of the cluster.
//!
//! | module | does |
//! | --- | --- |
//! | `layout` | what a path says: kind, namespace, whose log |
//! | `scan` | where JSON values end |
//! | `json`, `yaml` | lists and streams of objects in each format |
//! | `page` | a page of a live list |
//! | `protobuf` | pages and objects in Kubernetes' protobuf |
//! | `item`, `legacy` | one object, of any API version since 1.12 |
//! | `logs` | container logs in the forms that dumps hold |
//! | `kubelet` | what kubelets say of themselves |
//! | `extent` | which namespaces the lists together show |
//! | `static_pod` | files from which a kubelet runs pods by itself |
//! | `stray` | what stands where objects should: warnings, errors, tables |

mod eights;
mod extent;
mod fast;
mod item;
mod json;
pub(crate) mod kubelet;
mod layout;
mod legacy;
mod logs;
#[cfg(feature = "live")]
pub(crate) mod page;
pub(crate) mod protobuf;
pub(crate) mod scan;
pub(crate) mod static_pod;
mod stray;
mod yaml;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::{
    ClusterInfo, Coverage, Kind, KubeletAnswer, Kubelets, Logs, Meta, Pools, State, Str, Tables, Time,
};

use crate::files::{self, Document, SkipReason, Skipped};

/// At most so many problems are kept one by one.
const MOST_PROBLEMS: usize = 50;

/// A list of objects, or several objects, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListSeen {
    /// The folder that the document lies in.
    pub(crate) folder: String,
    pub(crate) kind: Kind,
    /// The namespaces of its items.
    pub(crate) namespaces: BTreeSet<Str>,
    /// The namespace that the path says the list is of.
    pub(crate) namespace: Option<Str>,
    /// Whether it is a list of its kind as the API server makes them (`PodList`); kubectl get makes plain Lists.
    pub(crate) typed: bool,
    /// Why it is not whole.
    pub(crate) truncated: Option<String>,
}

/// Objects of one kind given one by one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Singles {
    pub(crate) count: usize,
    /// Whether they lie in a folder that holds all of their kind.
    pub(crate) whole_folder: bool,
}

/// What was decoded so far.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    tables: Tables,
    pools: Pools,
    logs: Logs,
    kubelets: Kubelets,
    lists: Vec<ListSeen>,
    singles: BTreeMap<Kind, Singles>,
    refused: Vec<(Kind, State, String)>,
    /// Kinds of which something could not be read.
    incomplete: Vec<(Kind, State, String)>,
    /// The number of the input that is being read.
    input: usize,
    /// If that is a folder of static pods, or a file out of one.
    static_pods: Option<static_pod::Folder>,
    /// Where a manifest that is given alone lies.
    alone: Option<static_pod::Folder>,
    problems: Vec<String>,
    problems_left_out: usize,
    documents: u64,
    modified: Option<Time>,
    version: Str,
    /// An archive or a stream ended before its end: what came after is unknown.
    cut: Option<String>,
}

/// All that a source brought, before it is a cluster.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) info: ClusterInfo,
    pub(crate) tables: Tables,
    pub(crate) coverage: Coverage,
    pub(crate) logs: Logs,
    pub(crate) kubelets: Kubelets,
    /// How many documents were looked at.
    pub(crate) documents: u64,
    /// Whether anything was found that says something of a cluster.
    pub(crate) found: bool,
}

impl Decoder {
    /// Notes something that a person should know.
    pub(crate) fn problem(&mut self, problem: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.problems_left_out += 1;
        }
    }

    /// Notes that `meta` was kept, in the record of the list that it came in.
    fn saw(namespaces: &mut BTreeMap<Kind, BTreeSet<Str>>, kind: Kind, meta: &Meta) {
        let seen = namespaces.entry(kind).or_default();
        if !seen.contains(&meta.namespace) {
            seen.insert(meta.namespace.clone());
        }
    }

    fn single(&mut self, kind: Kind, path: &layout::Place) {
        let singles = self.singles.entry(kind).or_default();
        singles.count += 1;
        singles.whole_folder |= path.one_file_each;
    }

    /// Begins the next input: what lies in it was not necessarily made together with what lies in others.
    pub(crate) fn begin_input(&mut self, static_pods: Option<static_pod::Folder>) {
        self.input += 1;
        (self.static_pods, self.alone) = (static_pods, None);
    }

    /// Begins an input that is one stream or one file: should it be no more than the manifest of a Pod, that is no cluster's pod.
    pub(crate) fn begin_alone(&mut self, folder: static_pod::Folder) {
        self.input += 1;
        (self.static_pods, self.alone) = (None, Some(static_pod::Folder { is_guessed: true, ..folder }));
    }

    /// Reads a document as a file from which a kubelet runs a pod, if it is one.
    fn read_static_pod(&mut self, document: &Document<'_>) -> bool {
        let unknown = static_pod::Folder::default();
        let is_alone = || !document.origin.contains(files::INSIDE) && static_pod::is_manifest(document.bytes);
        let (folder, is_taken_for_one) = match (&self.static_pods, &self.alone) {
            (Some(folder), _) => (folder, false),
            _ if static_pod::is_path(document.path) => (&unknown, false),
            (None, Some(folder)) if is_alone() => (folder, true),
            _ => return false,
        };
        let file = static_pod::read(document, folder);
        if is_taken_for_one {
            self.problem(format!(
                "{}: a Pod without a status or a uid is none that an API server showed; it was taken for the file of a static pod",
                document.origin
            ));
        }
        self.tables.static_pods.push(file);
        true
    }

    /// Notes that an object could not be read where every object of its kind has a file of its own.
    fn lost_single(&mut self, place: &layout::Place, origin: &str) {
        if let Some(kind) = place.kind.filter(|_| place.one_file_each) {
            self.incomplete.push((kind, State::Partial, format!("{origin} could not be read")));
        }
    }

    /// Notes that a stream of several values ended early: what came after is unknown.
    fn cut(&mut self, origin: &str) {
        self.cut.get_or_insert_with(|| format!("{origin} was not read to its end"));
    }

    /// Decodes one document.
    fn read(&mut self, document: &Document<'_>) {
        self.documents += 1;
        self.modified = self.modified.max(document.modified.and_then(Time::from_unix));
        if self.read_static_pod(document) {
            return;
        }
        let mut place = layout::Place::of(document.path);
        place.folder = format!("{}/{}", self.input, place.folder);
        if let Some(owner) = &place.log {
            logs::read_file(document.bytes, owner, &mut self.logs);
            return;
        }
        let text = document.bytes;
        let start = stray::skip_chatter(text);
        match text.get(start) {
            Some(b'{' | b'[') => json::read(self, document, &place, start),
            Some(b'=') if text[start..].starts_with(logs::START) => {
                json::read(self, document, &place, start);
            }
            Some(b'<') if place.is_data => self.problem(format!(
                "{}: this is HTML, not Kubernetes objects (the error page of a proxy or a log-in page?)",
                document.origin
            )),
            Some(_) if place.is_data => match stray::what(&text[start..]) {
                Some(what) => self.problem(format!("{}: {what}", document.origin)),
                None => yaml::read(self, document, &place, start),
            },
            _ => {}
        }
    }

    /// Reads what a document tells that isn't a Kubernetes object: what a kubelet says of itself, or the version, in `kubectl
    /// version -o json` or as a support bundle has it.
    fn read_other(&mut self, value: &serde_json::Value, document: &Document<'_>) {
        let origin = document.origin;
        if let Some(answer) = kubelet::answer(value) {
            return self.heard_kubelet(answer, document);
        }
        if let Some(why) = stray::status(value) {
            self.problem(format!("{origin}: {why}"));
        }
        let found = value.pointer("/serverVersion/gitVersion").or_else(|| value.pointer("/info/gitVersion"));
        if let Some(version) = found.and_then(serde_json::Value::as_str) {
            self.version = version.into();
        }
    }

    /// Keeps what a kubelet said of itself.
    fn heard_kubelet(&mut self, answer: Result<KubeletAnswer, String>, document: &Document<'_>) {
        let why = match answer.map(|answer| kubelet::keep(answer, document.path, &mut self.kubelets)) {
            Ok(true) => return,
            Ok(false) => {
                "the settings of a kubelet, but not of which node: name the file configz-NODE.json".to_owned()
            }
            Err(why) => format!("what a kubelet says of itself could not be read: {why}"),
        };
        self.problem(format!("{}: {why}", document.origin));
    }

    /// What a bundle says it could not collect.
    fn refused(&mut self, kind: Kind, why: &str) {
        let state = if why.contains("forbidden") { State::Forbidden } else { State::Absent };
        self.refused.push((kind, state, why.to_owned()));
    }

    /// Settles what was seen.
    pub(crate) fn finish(mut self) -> Loaded {
        if self.problems_left_out > 0 {
            self.problems.push(format!("{} further problems of this kind", self.problems_left_out));
        }
        let namespaces: BTreeSet<Str> =
            self.tables.namespaces.iter().map(|namespace| namespace.meta.name.clone()).collect();
        let is_nothing = self.lists.is_empty() && self.singles.is_empty() && self.refused.is_empty();
        let found = !is_nothing || !self.tables.static_pods.is_empty();
        let mut coverage = extent::coverage(&self.lists, &self.singles, &namespaces, &self.incomplete);
        if !self.tables.static_pods.is_empty() {
            coverage.saw(Kind::StaticPod, rutter_cluster::coverage::Extent::All);
        }
        for (kind, state, why) in self.refused {
            coverage.missed(kind, state, why);
        }
        for kind in self
            .cut
            .iter()
            .flat_map(|_| Kind::ALL)
            .filter(|kind| coverage.has_any(**kind))
            .collect::<Vec<_>>()
        {
            coverage.truncated(*kind, self.cut.clone().unwrap_or_default());
        }
        coverage.problems = self.problems;
        let info = ClusterInfo { version: self.version, read_at: self.modified, ..ClusterInfo::default() };
        Loaded {
            info,
            tables: self.tables,
            coverage,
            logs: self.logs,
            kubelets: self.kubelets,
            documents: self.documents,
            found,
        }
    }
}

impl files::Visitor for Decoder {
    fn wants(&mut self, path: &str, _size: u64) -> bool {
        if self.static_pods.is_some() {
            return static_pod::is_read(path);
        }
        let place = layout::Place::of(path);
        place.is_data || place.log.is_some() || static_pod::is_path(path)
    }

    fn wants_archive(&mut self, _path: &str, _size: u64) -> bool {
        self.static_pods.is_none()
    }

    /// In its own folder, which its user named, the kubelet follows links wherever they lead. One that only looks like it may be
    /// anybody's.
    fn follows_links_out(&self) -> bool {
        self.static_pods.as_ref().is_some_and(|folder| !folder.is_guessed)
    }

    fn document(&mut self, document: Document<'_>) {
        self.read(&document);
    }

    fn skipped(&mut self, skipped: Skipped) {
        let harmless = matches!(skipped.why, SkipReason::Link | SkipReason::Special);
        let place = layout::Place::of(files::without_compression(&skipped.origin));
        // A link to a folder in here leads to what is read anyway.
        if !harmless && place.log.is_none() && skipped.why != SkipReason::LinkToFolder {
            let refused = skipped.why == SkipReason::Unreadable(std::io::ErrorKind::PermissionDenied);
            let state = if refused { State::Forbidden } else { State::Partial };
            match place.kind.filter(|_| place.is_data) {
                Some(kind) => self.incomplete.push((kind, state, skipped.to_string())),
                None => self.cut(&skipped.origin),
            }
        }
        if !harmless || skipped.origin.contains(".json") || skipped.origin.contains(".y") {
            self.problem(format!("{}: {}", skipped.origin, skipped.why));
        }
    }
}
