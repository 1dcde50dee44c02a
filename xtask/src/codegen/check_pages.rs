//! The book's pages about checks: all of them, and what others check and where that is here.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use rutter_lint::{CHECKS, Check, Topic};

use super::{Generated, generated};
use crate::repository::{read, root};

const MARK: &str = "<!-- Written by `cargo xtask codegen`. Do not edit. -->\n";
const ALL: &str = "docs/book/src/checks.md";
const COMPARED: &str = "docs/book/src/checks-compared.md";
/// Tool, its check, and ours that say the same (with commas between them), or `-` and why there is none.
const PEERS: &str = "crates/rutter-lint/peers.tsv";

pub(super) fn generate() -> anyhow::Result<Vec<Generated>> {
    Ok(vec![generated(ALL, all()), generated(COMPARED, compared(&read(&root().join(PEERS))?)?)])
}

fn all() -> String {
    let mut by_topic: BTreeMap<Topic, Vec<&Check>> = BTreeMap::new();
    for check in CHECKS {
        by_topic.entry(check.topic).or_default().push(check);
    }
    let asked = CHECKS.iter().filter(|check| check.default).count();
    let mut text = format!(
        "{MARK}# All checks\n\n{} checks, of which {asked} are asked unless [somebody says otherwise](lint.md#accepting-a-finding). \
         `rutter lint --list` lists them, `rutter explain CHECK` shows one.\n",
        CHECKS.len()
    );
    for (topic, checks) in by_topic {
        text += &format!(
            "\n## {}\n\n| check | severity | asked | what |\n| --- | --- | --- | --- |\n",
            topic.name()
        );
        for check in &checks {
            let asked = if check.default { "yes" } else { "no" };
            text += &format!(
                "| [{0}](#{0}) | {1} | {asked} | {2} |\n",
                check.id,
                check.severity.name(),
                check.title
            );
        }
        for check in checks {
            text += &section(check);
        }
    }
    text
}

/// A check's own text, its headings below the topic's.
fn section(check: &Check) -> String {
    let body = check.text.split_once('\n').map_or("", |(_, body)| body);
    let links = check.prevents.iter().map(|lesson| format!("[{lesson}](lessons/{lesson}.md)"));
    let links: Vec<String> = links.collect();
    let prevents =
        if links.is_empty() { String::new() } else { format!("\n\nPrevents {}.", links.join(", ")) };
    let lines: Vec<String> = body
        .lines()
        .map(|line| {
            line.strip_prefix("## ").map_or_else(|| line.to_owned(), |heading| format!("**{heading}**"))
        })
        .collect();
    format!(
        "\n### {}\n\n{}: {}.{prevents}\n{}\n",
        check.id,
        check.severity.name(),
        check.title,
        lines.join("\n")
    )
}

fn compared(peers: &str) -> anyhow::Result<String> {
    let mut tools: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for line in peers.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let mut next = || cells.next().with_context(|| format!("{PEERS}: `{line}` has not three cells"));
        let (tool, theirs, ours) = (next()?, next()?, next()?);
        tools.entry(tool).or_default().push((theirs, ours));
    }
    let mut text = format!(
        "{MARK}# Beside other linters\n\nWhat other linters check, as their sources had it in 2026, and which [check](checks.md) says it here. Where there is \
         none, it says why.\n"
    );
    text += "\n| tool | its checks | here, too | share |\n| --- | --- | --- | --- |\n";
    for (tool, rows) in &tools {
        let here = rows.iter().filter(|(_, ours)| !ours.starts_with('-')).count();
        text += &format!("| {tool} | {} | {here} | {} % |\n", rows.len(), here * 100 / rows.len());
    }
    for (tool, rows) in &tools {
        text += &format!("\n## {tool}\n\n| its check | here |\n| --- | --- |\n");
        for (theirs, ours) in rows {
            text += &format!("| {theirs} | {} |\n", here(ours)?);
        }
    }
    let only: Vec<&&Check> = CHECKS
        .iter()
        .filter(|check| !peers.split(['\t', ',', '\n', ' ']).any(|word| word == check.id))
        .collect();
    text += &format!("\n## Only here\n\n{} checks that none of them has:\n\n", only.len());
    for check in only {
        text += &format!("- [{0}](checks.md#{0}): {1}\n", check.id, check.title);
    }
    Ok(text)
}

fn here(ours: &str) -> anyhow::Result<String> {
    if let Some(why) = ours.strip_prefix('-') {
        return Ok(format!("— {}", why.trim()));
    }
    let mut links = Vec::new();
    for id in ours.split(',').map(str::trim) {
        ensure!(rutter_lint::check(id).is_some(), "{PEERS} names the check {id}, which isn't there");
        links.push(format!("[{id}](checks.md#{id})"));
    }
    Ok(links.join(", "))
}
