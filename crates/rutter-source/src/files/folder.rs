//! Folders: every file at any depth, in the sorted order of their paths.

use std::ffi::OsString;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::gauge::Limits;
use super::mapped::{self, Contents};
use super::names;
use super::skip::SkipReason;
use super::walker::{Place, Walker};
use super::{Summary, Visitor};

/// Walks the folder at `root`, shown as `origin`. Fails only if it can't be listed at all.
///
/// Links to folders are not followed, so there are no loops, and depth is bounded by the longest path that the
/// operating system takes.
pub(super) fn walk(
    root: &Path,
    origin: &str,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> io::Result<Summary> {
    let canonical = fs::canonicalize(root)?;
    let listing = list(root, "")?;
    let walker = Walker::new(limits, visitor);
    let mut walk = FolderWalk { root: canonical, origin: origin.trim_end_matches('/'), walker };
    walk.unreadable_entries(origin, listing.failed);
    let mut stack = vec![listing.items.into_iter()];
    while let Some(top) = stack.last_mut() {
        let Some(item) = top.next() else {
            stack.pop();
            continue;
        };
        if let Some(listing) = walk.visit(&item) {
            stack.push(listing.into_iter());
        }
    }
    Ok(walk.walker.finish(origin))
}

/// One item of a folder.
struct Item {
    name: OsString,
    kind: FileType,
    /// As the operating system is asked for it.
    real: PathBuf,
    /// Relative to the root, and safe.
    path: String,
}

struct Listing {
    items: Vec<Item>,
    /// Items that could not be looked at.
    failed: Vec<io::ErrorKind>,
}

fn list(real: &Path, path: &str) -> io::Result<Listing> {
    let mut listing = Listing { items: Vec::new(), failed: Vec::new() };
    for entry in fs::read_dir(real)? {
        match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?, entry.path()))) {
            Ok((name, kind, real)) => {
                let shown = names::printable(&name.to_string_lossy());
                let path = if path.is_empty() { shown } else { format!("{path}/{shown}") };
                listing.items.push(Item { name, kind, real, path });
            }
            Err(error) => listing.failed.push(error.kind()),
        }
    }
    listing.items.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(listing)
}

struct FolderWalk<'w> {
    /// The real path of the root.
    root: PathBuf,
    origin: &'w str,
    walker: Walker<'w>,
}

impl FolderWalk<'_> {
    /// Deals with one item; answers what a folder holds.
    fn visit(&mut self, item: &Item) -> Option<Vec<Item>> {
        if item.kind.is_dir() {
            return self.enter(item);
        }
        if item.kind.is_file() {
            match fs::symlink_metadata(&item.real) {
                Ok(metadata) => self.file(item, &item.real, &metadata),
                Err(error) => self.skip(item, unreadable(&error)),
            }
        } else if item.kind.is_symlink() {
            self.link(item);
        } else if self.walker.wants(&item.path, 0) {
            self.skip(item, SkipReason::Special);
        }
        None
    }

    fn enter(&mut self, item: &Item) -> Option<Vec<Item>> {
        match list(&item.real, &item.path) {
            Ok(listing) => {
                self.unreadable_entries(&self.origin_of(item), listing.failed);
                Some(listing.items)
            }
            Err(error) => {
                self.skip(item, unreadable(&error));
                None
            }
        }
    }

    fn file(&mut self, item: &Item, real: &Path, metadata: &Metadata) {
        if !self.walker.wants(&item.path, metadata.len()) {
            return;
        }
        match Contents::open(real, self.walker.limits().max_entry_bytes) {
            Ok(contents) => {
                let place = Place::file(&item.path, self.origin_of(item), mapped::modified(metadata));
                self.walker.open_input(&place, contents.bytes());
            }
            Err(error) => self.skip(item, unreadable(&error)),
        }
    }

    /// Reads a link to a file if that file is inside the root, or the visitor follows links out of it.
    fn link(&mut self, item: &Item) {
        match self.link_target(item) {
            Ok((target, metadata)) => self.file(item, &target, &metadata),
            Err(why) => {
                if self.walker.wants(&item.path, 0) {
                    self.skip(item, why);
                }
            }
        }
    }

    fn link_target(&self, item: &Item) -> Result<(PathBuf, Metadata), SkipReason> {
        let target = fs::canonicalize(&item.real).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SkipReason::DanglingLink,
            _ => unreadable(&error),
        })?;
        if !target.starts_with(&self.root) && !self.walker.follows_links_out() {
            return Err(SkipReason::LinkLeavesRoot);
        }
        // The real path has no links left in it; if one took its place meanwhile, this refuses it.
        let metadata = fs::symlink_metadata(&target).map_err(|error| unreadable(&error))?;
        if metadata.is_dir() {
            return Err(SkipReason::LinkToFolder);
        }
        if !metadata.is_file() {
            return Err(SkipReason::Special);
        }
        Ok((target, metadata))
    }

    fn origin_of(&self, item: &Item) -> String {
        format!("{}/{}", self.origin, item.path)
    }

    fn skip(&mut self, item: &Item, why: SkipReason) {
        self.walker.skip(&self.origin_of(item), why);
    }

    fn unreadable_entries(&mut self, folder: &str, failed: Vec<io::ErrorKind>) {
        for kind in failed {
            self.walker.skip(folder, SkipReason::Unreadable(kind));
        }
    }
}

fn unreadable(error: &io::Error) -> SkipReason {
    SkipReason::Unreadable(error.kind())
}
