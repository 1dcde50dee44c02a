//! Links between the documents, and the book's summary.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Problems;
use crate::repository::{read, root, shown};

const BOOK: &str = "docs/book/src";

pub(super) fn check(files: &[PathBuf]) -> anyhow::Result<Problems> {
    let is_document = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "md");
    let mut problems = Problems::new();
    for file in files.iter().filter(is_document) {
        let text = read(file)?;
        for target in targets(&text) {
            problems.extend(check_link(file, &text, &target)?);
        }
    }
    problems.extend(check_summary(files)?);
    Ok(problems)
}

fn check_link(file: &Path, text: &str, target: &str) -> anyhow::Result<Option<String>> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let there = if path.is_empty() { file.to_owned() } else { file.parent().unwrap_or(root()).join(path) };
    if !there.exists() {
        return Ok(Some(format!("{}: the link to {target} leads nowhere", shown(file))));
    }
    if anchor.is_empty() || there.extension().is_none_or(|extension| extension != "md") {
        return Ok(None);
    }
    let anchors = if path.is_empty() { anchors(text) } else { anchors(&read(&there)?) };
    Ok((!anchors.contains(anchor)).then(|| format!("{}: {target} has no such heading", shown(file))))
}

/// The pages of the book and those that its summary names are the same.
fn check_summary(files: &[PathBuf]) -> anyhow::Result<Problems> {
    let book = root().join(BOOK);
    let summary = book.join("SUMMARY.md");
    let named: BTreeSet<PathBuf> =
        targets(&read(&summary)?).into_iter().map(|target| book.join(target)).collect();
    let pages = files.iter().filter(|file| file.starts_with(&book) && **file != summary);
    let pages = pages.filter(|file| file.extension().is_some_and(|extension| extension == "md"));
    Ok(pages
        .filter(|page| !named.contains(*page))
        .map(|page| format!("{}: not in {BOOK}/SUMMARY.md", shown(page)))
        .collect())
}

/// Where the links of a text lead that lead to files: `[text](target)`, not inside code.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in prose(text) {
        // Every second part stands between backquotes.
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for part in plain.split("](").skip(1) {
            let target = part.split_once(')').map_or("", |(target, _)| target);
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !target.is_empty() && !elsewhere {
                found.push(target.to_owned());
            }
        }
    }
    found
}

/// The lines that are not in a block of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// The names under which the headings of a text can be linked to.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter_map(|line| line.strip_prefix('#'));
    headings.map(|heading| anchor(heading.trim_start_matches('#').trim())).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_code() {
        let text = "[a](a.md) `[no](no.md)` [b](b.md#c)\n```\n[no](no.md)\n```\n[web](https://example.org) [d](d/)\n";
        assert_eq!(targets(text), ["a.md", "b.md#c", "d/"]);
    }

    #[test]
    fn anchors_are_made_as_readers_make_them() {
        let anchors = anchors("# Exit codes\n## What `-o wide` adds\n```\n# no\n```\n");
        assert_eq!(anchors.into_iter().collect::<Vec<_>>(), ["exit-codes", "what--o-wide-adds"]);
    }

    #[test]
    fn dead_links_are_told() -> anyhow::Result<()> {
        let file = root().join("README.md");
        assert!(check_link(&file, "# One\n", "#one")?.is_none());
        assert!(check_link(&file, "# One\n", "#two")?.is_some());
        assert!(check_link(&file, "", "no-such-file.md")?.is_some());
        Ok(())
    }
}
