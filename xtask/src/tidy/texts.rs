//! Sizes, words and paths.

use std::path::{Path, PathBuf};

use super::Problems;
use crate::new_lesson::MARK;
use crate::repository::{name, read, shown};

/// The lines from which on a source file is more than one thing.
const MOST_LINES: usize = 400;

/// What a text of this repository doesn't hold, and why. In two parts, so that this file may stand beside the others.
const UNWANTED: &[(&str, &str)] = &[
    (MARK, "something is left to do"),
    (concat!("FIX", "ME"), "something is left to do"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/."), "a path of one machine"),
    (concat!("crates", ".io/"), "the host of a registry: mirrors are a matter of configuration"),
    (concat!("proxy.golang", ".org"), "the host of a registry: mirrors are a matter of configuration"),
    (concat!("deb.debian", ".org"), "the host of a registry: mirrors are a matter of configuration"),
];

pub(super) fn check(files: &[PathBuf]) -> anyhow::Result<Problems> {
    let mut problems = Problems::new();
    for file in files.iter().filter(|file| is_ours(file)) {
        let text = read(file)?;
        problems.extend(unwanted(file, &text));
        if file.extension().is_some_and(|extension| extension == "rs") {
            problems.extend(too_long(&shown(file), text.lines().count()));
        }
        if !text.is_empty() && !text.ends_with('\n') {
            problems.push(format!("{}: no newline at its end", shown(file)));
        }
    }
    Ok(problems)
}

/// Texts that are written here; not inputs of tests, which are as they were found.
fn is_ours(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default().to_string_lossy();
    let known = ["rs", "md", "toml", "sh", "yml"].contains(&&*extension)
        || name(file) == "Makefile"
        || file.ends_with(".ci/run")
        || file.parent().is_some_and(|folder| folder.ends_with("scripts"));
    let input =
        ["cases", "data", "demo", "seeds"].iter().any(|folder| file.iter().any(|part| part == *folder));
    known && (!input || extension == "md")
}

fn unwanted(file: &Path, text: &str) -> Problems {
    let mut problems = Problems::new();
    for (number, line) in text.lines().enumerate() {
        for (word, why) in UNWANTED.iter().filter(|(word, _)| line.contains(word)) {
            problems.push(format!("{}:{}: `{word}`: {why}", shown(file), number + 1));
        }
    }
    problems
}

fn too_long(file: &str, lines: usize) -> Option<String> {
    // The index of checks is written by a program, and is as long as there are checks.
    (lines > MOST_LINES && file != crate::codegen::checks::PATH)
        .then(|| format!("{file}: {lines} lines, more than {MOST_LINES}; make two things of it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_paths_are_found_with_their_lines() {
        let text = format!("fine\n// {MARK}: later\n");
        let found = unwanted(Path::new("x.rs"), &text);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("x.rs:2: "));
        assert!(unwanted(Path::new("x.md"), "see /var/lib/kubelet and docs/\n").is_empty());
    }

    #[test]
    fn long_files_are_told() {
        assert!(too_long("a.rs", MOST_LINES).is_none() && too_long("a.rs", MOST_LINES + 1).is_some());
    }

    #[test]
    fn inputs_of_tests_are_left_alone() {
        assert!(is_ours(Path::new("docs/a.md")) && is_ours(Path::new("x/.ci/run")));
        assert!(!is_ours(Path::new("lessons/a/cases/fires-x/input.rs")) && !is_ours(Path::new("a.json")));
    }
}
