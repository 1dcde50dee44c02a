//! Tests of the whole module, from the outside. Archives are built in memory with the crates that read them.

mod build;
mod documents;
mod folders;
mod hostile;
mod random;

use std::path::Path;

use super::*;

/// A visitor that keeps everything.
#[derive(Debug, Default)]
struct Seen {
    asked: Vec<String>,
    documents: Vec<(String, String, Vec<u8>, Option<i64>)>,
    skipped: Vec<Skipped>,
    /// Paths that contain one of these are not wanted.
    refused: Vec<&'static str>,
    /// Content isn't kept, only its length is.
    forget: bool,
    lengths: Vec<usize>,
}

impl Visitor for Seen {
    fn wants(&mut self, path: &str, _size: u64) -> bool {
        self.asked.push(path.to_owned());
        !self.refused.iter().any(|refused| path.contains(refused))
    }

    fn wants_archive(&mut self, path: &str, size: u64) -> bool {
        self.wants(path, size)
    }

    fn document(&mut self, document: Document<'_>) {
        self.lengths.push(document.bytes.len());
        let bytes = if self.forget { Vec::new() } else { document.bytes.to_vec() };
        self.documents.push((document.path.to_owned(), document.origin.to_owned(), bytes, document.modified));
    }

    fn skipped(&mut self, skipped: Skipped) {
        self.skipped.push(skipped);
    }
}

impl Seen {
    fn paths(&self) -> Vec<&str> {
        self.documents.iter().map(|(path, ..)| path.as_str()).collect()
    }

    fn origins(&self) -> Vec<&str> {
        self.documents.iter().map(|(_, origin, ..)| origin.as_str()).collect()
    }

    fn texts(&self) -> Vec<&str> {
        self.documents.iter().map(|(_, _, bytes, _)| std::str::from_utf8(bytes).unwrap()).collect()
    }

    fn reasons(&self) -> Vec<&SkipReason> {
        self.skipped.iter().map(|skipped| &skipped.why).collect()
    }

    fn has_limit(&self) -> bool {
        self.reasons().iter().any(|why| matches!(why, SkipReason::LimitExceeded(_)))
    }
}

/// What is seen of `bytes` on standard input.
fn stdin(bytes: &[u8]) -> Seen {
    limited(bytes, &Limits::default())
}

fn limited(bytes: &[u8], limits: &Limits) -> Seen {
    let mut seen = Seen::default();
    let summary = walk_reader("-", bytes, limits, &mut seen).unwrap();
    check(&seen, summary);
    seen
}

/// What is seen of `bytes` in a file of this name, which has to be the same as on standard input but for the names.
fn file(name: &str, bytes: &[u8]) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    walked(&path)
}

fn walked(path: &Path) -> Seen {
    let mut seen = Seen::default();
    let summary = walk(path, &Limits::default(), &mut seen).unwrap();
    check(&seen, summary);
    seen
}

fn check(seen: &Seen, summary: Summary) {
    let bytes: usize = seen.lengths.iter().sum();
    assert_eq!(summary.documents, seen.documents.len() as u64);
    assert_eq!(summary.bytes, bytes as u64);
    assert_eq!(summary.skipped, seen.skipped.len() as u64);
}
