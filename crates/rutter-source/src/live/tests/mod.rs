//! The live source against scripted API servers.

mod access;
mod faults;
mod follow;
mod kubelets;
mod paging;
mod scope;
mod server;

use rutter_cluster::Kind;

use super::{
    ContainerLog, ContainerRef, Encoding, Error, Notice, Options, Page, Progress, Server, Sink, connect,
    load, read_blocking,
};
use crate::decode::protobuf::tests::encode;

/// Everything that depends on how lists are written is held to the same in both.
const BOTH: [Encoding; 2] = [Encoding::Json, Encoding::Protobuf];

/// Keeps what comes.
#[derive(Debug, Default)]
struct Kept {
    pages: Vec<Page>,
    notices: Vec<Notice>,
    progress: Option<Progress>,
    wanted: Vec<ContainerRef>,
    logs: Vec<ContainerLog>,
}

impl Sink for Kept {
    fn page(&mut self, page: Page) {
        self.pages.push(page);
    }
    fn notice(&mut self, notice: Notice) {
        if let Notice::Restart { kind, namespace } = &notice {
            self.pages.retain(|page| page.kind != *kind || page.namespace != *namespace);
        }
        self.notices.push(notice);
    }
    fn progress(&mut self, progress: Progress) {
        self.progress = Some(progress);
    }
    fn wanted_logs(&mut self) -> Vec<ContainerRef> {
        std::mem::take(&mut self.wanted)
    }
    fn log(&mut self, log: ContainerLog) {
        self.logs.push(log);
    }
}

impl Kept {
    /// The names in the kind's lists, page by page.
    fn names(&self, kind: Kind) -> Vec<Vec<String>> {
        let pages = self.pages.iter().filter(|page| page.kind == kind);
        pages.map(names).collect()
    }

    /// The notices about a kind, shortly.
    fn said(&self, kind: Kind) -> Vec<String> {
        self.notices.iter().filter_map(|notice| shortly(notice, kind)).collect()
    }
}

fn names(page: &Page) -> Vec<String> {
    if page.encoding == Encoding::Protobuf {
        return encode::names(&page.bytes, page.kind);
    }
    let list: serde_json::Value = serde_json::from_slice(&page.bytes).unwrap();
    let name = |item: &serde_json::Value| item["metadata"]["name"].as_str().unwrap().to_owned();
    list["items"].as_array().unwrap().iter().map(name).collect()
}

fn shortly(notice: &Notice, wanted: Kind) -> Option<String> {
    let (kind, namespace, text) = match notice {
        Notice::Complete { kind, namespace } => (kind, namespace, "complete".into()),
        Notice::Restart { kind, namespace } => (kind, namespace, "restart".into()),
        Notice::Truncated { kind, namespace, note } => (kind, namespace, format!("cut: {note}")),
        Notice::Lost { kind, namespace, why } => (kind, namespace, format!("lost: {why}")),
        Notice::Slow { kind, why } => (kind, &None, format!("slow: {why}")),
        Notice::Back { kind, namespace } => (kind, namespace, "back".into()),
        Notice::Missed { kind, namespace, state, note } => (kind, namespace, format!("{state}: {note}")),
    };
    let place = namespace.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
    (*kind == wanted).then(|| format!("{place}{text}"))
}

/// Reads the kinds. Each must have ended in a notice.
fn read(options: &Options, kinds: &[Kind]) -> (Server, Kept) {
    let mut kept = Kept::default();
    let server = read_blocking(options, kinds, &mut kept).unwrap();
    for &kind in kinds {
        assert!(!kept.said(kind).is_empty(), "nothing was said of {kind}");
    }
    assert_eq!(kept.progress.unwrap().kinds_done, kinds.len());
    (server, kept)
}

fn error(options: &Options) -> Error {
    read_blocking(options, &[Kind::Pod], &mut Kept::default()).unwrap_err()
}
