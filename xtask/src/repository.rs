//! Where things are in the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

/// Folders that hold nothing that a person wrote.
const BUILT: &[&str] = &["target", ".git", "corpus", "artifacts"];

/// The top of the working tree.
pub(crate) fn root() -> &'static Path {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.parent().unwrap_or(folder)
}

/// The cargo that runs this, at the top of the working tree.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// The folder of all lessons.
pub(crate) fn lessons_folder() -> PathBuf {
    root().join("crates/rutter-lessons/lessons")
}

/// A lesson, as its place says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LessonFolder {
    pub(crate) group: String,
    pub(crate) id: String,
}

impl LessonFolder {
    pub(crate) fn path(&self) -> PathBuf {
        lessons_folder().join(&self.group).join(&self.id)
    }

    /// The name of its Rust module.
    pub(crate) fn module(&self) -> String {
        self.id.replace('-', "_")
    }
}

/// Every lesson, by group and id: a folder with a `mod.rs`.
pub(crate) fn lessons() -> anyhow::Result<Vec<LessonFolder>> {
    let mut all = Vec::new();
    for group in entries(&lessons_folder())? {
        for folder in entries(&group)? {
            if folder.join("mod.rs").is_file() {
                all.push(LessonFolder { group: name(&group), id: name(&folder) });
            }
        }
    }
    Ok(all)
}

/// Which scenario of the lab proves which lesson: by lesson, then scenario.
pub(crate) fn scenarios() -> anyhow::Result<BTreeSet<(String, String)>> {
    let mut all = BTreeSet::new();
    for folder in entries(&root().join("lab/scenarios"))? {
        let text = read(&folder.join("scenario.yaml"))?;
        all.extend(expected(&text).into_iter().map(|lesson| (lesson.to_owned(), name(&folder))));
    }
    Ok(all)
}

/// The lessons that a scenario expects, by its lines: so that this needs nothing that might not compile.
fn expected(scenario: &str) -> Vec<&str> {
    let mut lessons = Vec::new();
    // The key that a line stands under.
    let mut key = "";
    for line in scenario.lines() {
        let bare = line.trim_start().trim_start_matches("- ");
        if let Some((name, _)) = bare.split_once(':').filter(|_| !bare.starts_with('{')) {
            key = name;
        }
        if !matches!(key, "root" | "explains" | "history") {
            continue;
        }
        let rest = line.split_once("{ lesson: ").map_or("", |(_, rest)| rest);
        lessons.extend(rest.split([',', ' ', '}']).next().filter(|lesson| !lesson.is_empty()));
    }
    lessons
}

/// What a folder holds, sorted; nothing if it isn't one.
pub(crate) fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let read = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = read.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Every file below a folder of the repository that isn't built.
pub(crate) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            if !BUILT.contains(&name(&path).as_str()) && !path.ends_with("docs/book/book") {
                found.append(&mut files(&path)?);
            }
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

/// The last part of a path.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A path, as seen from the top of the working tree.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", shown(path)))
}

pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", shown(folder)))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", shown(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_scenario_expects_is_what_it_proves() {
        let scenario = "title: a fault\nbreak: [{ apply: broken.yaml }]\nexpect:\n  - root: { lesson: crash-loop, object: a }\n    \
                        mayExplain:\n      - { lesson: probe-refused, object: a }\n  - root: { lesson: evicted, object: b }\n    \
                        explains:\n      - { lesson: replicas-unavailable, object: b }\nabsent: [image-pull]\n";
        assert_eq!(expected(scenario), ["crash-loop", "evicted", "replicas-unavailable"]);
    }
}
