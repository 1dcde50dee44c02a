//! The book's pages about lessons: what the program knows of each, then its `lesson.md`.

use std::path::PathBuf;

use anyhow::ensure;
use rutter_cluster::KindSet;
use rutter_lessons::{Evaluate, Group, LESSONS, Lesson, Relation, SCENARIOS};

use super::{Generated, generated};
use crate::repository::{entries, read, root};

const FOLDER: &str = "docs/book/src/lessons";
const SUMMARY: &str = "docs/book/src/SUMMARY.md";
/// The line of the summary under which the lessons stand.
const PARENT: &str = "- [The lessons](lessons/index.md)";
const MARK: &str = "<!-- Written by `cargo xtask codegen`. Do not edit. -->\n";

pub(super) fn generate() -> anyhow::Result<Vec<Generated>> {
    let mut files: Vec<Generated> =
        LESSONS.iter().map(|lesson| generated(&format!("{FOLDER}/{}.md", lesson.id), page(lesson))).collect();
    files.push(generated(&format!("{FOLDER}/index.md"), index()));
    files.push(generated(SUMMARY, summary(&read(&root().join(SUMMARY))?)?));
    Ok(files)
}

/// Pages of lessons that are no more.
pub(super) fn unwanted() -> anyhow::Result<Vec<PathBuf>> {
    let mut pages = entries(&root().join(FOLDER))?;
    let stem = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    pages.retain(|path| stem(path) != "index" && !LESSONS.iter().any(|lesson| lesson.id == stem(path)));
    Ok(pages)
}

fn index() -> String {
    let mut text = format!(
        "{MARK}# The lessons\n\n{} lessons, by what they are about. `rutter lessons` lists them, `rutter explain LESSON` \
         shows one.\n",
        LESSONS.len()
    );
    let mut group: Option<Group> = None;
    for lesson in LESSONS {
        if group != Some(lesson.group) {
            group = Some(lesson.group);
            text += &format!("\n## {}\n\n| lesson | problem |\n| --- | --- |\n", lesson.group.name());
        }
        text += &format!("| [{0}]({0}.md) | {1} |\n", lesson.id, lesson.title);
    }
    text
}

fn summary(present: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut found = false;
    let mut lines = present.lines().peekable();
    while let Some(line) = lines.next() {
        text += line;
        text.push('\n');
        if line == PARENT {
            found = true;
            while lines.next_if(|line| line.starts_with("  - ")).is_some() {}
            for lesson in LESSONS {
                text += &format!("  - [{0}](lessons/{0}.md)\n", lesson.id);
            }
        }
    }
    ensure!(found, "{SUMMARY} lacks the line `{PARENT}`");
    Ok(text)
}

fn page(lesson: &Lesson) -> String {
    let mut text = format!("{MARK}# {}\n\n| | |\n| --- | --- |\n", lesson.id);
    let mut row = |name: &str, value: String| {
        if !value.is_empty() {
            text += &format!("| {name} | {value} |\n");
        }
    };
    row("problem", lesson.title.to_owned());
    row("group", lesson.group.name().to_owned());
    row("since", lesson.since.to_owned());
    row("earlier ids", code(lesson.aliases.iter().copied()));
    row("asked about", code(lesson.evaluate.iter().map(subject)));
    row("needs", kinds(lesson.requires));
    row("also reads", kinds(lesson.uses.without(lesson.requires)));
    row("can explain", explains(lesson));
    row("can be explained by", explained_by(lesson));
    row("proved on a real cluster by", proofs(lesson));
    let body = lesson.text.split_once('\n').map_or("", |(_, body)| body);
    text + body
}

fn code<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn kinds(kinds: KindSet) -> String {
    code(kinds.iter().map(rutter_cluster::Kind::name))
}

fn subject(evaluate: &Evaluate) -> &'static str {
    match evaluate {
        Evaluate::Node(_) => "Node",
        Evaluate::Pod(_) => "Pod",
        Evaluate::Service(_) => "Service",
        Evaluate::Deployment(_) => "Deployment",
        Evaluate::ReplicaSet(_) => "ReplicaSet",
        Evaluate::ReplicationController(_) => "ReplicationController",
        Evaluate::StatefulSet(_) => "StatefulSet",
        Evaluate::DaemonSet(_) => "DaemonSet",
        Evaluate::Job(_) => "Job",
        Evaluate::Claim(_) => "PersistentVolumeClaim",
        Evaluate::Volume(_) => "PersistentVolume",
        Evaluate::Namespace(_) => "Namespace",
        Evaluate::ValidatingWebhook(_) => "ValidatingWebhookConfiguration",
        Evaluate::MutatingWebhook(_) => "MutatingWebhookConfiguration",
        Evaluate::ApiService(_) => "APIService",
        Evaluate::Lease(_) => "Lease",
        Evaluate::Endpoints(_) => "Endpoints",
        Evaluate::Budget(_) => "PodDisruptionBudget",
        Evaluate::SigningRequest(_) => "CertificateSigningRequest",
        Evaluate::Ingress(_) => "Ingress",
        Evaluate::Autoscaler(_) => "HorizontalPodAutoscaler",
        Evaluate::StaticPod(_) => "file of a static pod",
    }
}

/// The scenarios of the lab, or that there is none.
fn proofs(lesson: &Lesson) -> String {
    let scenarios = SCENARIOS.iter().filter(|(id, _)| *id == lesson.id).map(|(_, scenario)| *scenario);
    let names = code(scenarios);
    if names.is_empty() { "nothing yet: its cases are constructed".to_owned() } else { names }
}

fn explains(lesson: &Lesson) -> String {
    links(lesson.causes.iter().map(|cause| (cause.explains, cause.relation)))
}

fn explained_by(lesson: &Lesson) -> String {
    let pairs = LESSONS.iter().flat_map(|other| other.causes.iter().map(move |cause| (*other, cause)));
    let mine = pairs.filter(|(_, cause)| cause.explains == lesson.id);
    links(mine.map(|(other, cause)| (other.id, cause.relation)))
}

fn links(lessons: impl Iterator<Item = (&'static str, Relation)>) -> String {
    let link = |(id, relation): (&str, Relation)| {
        let known = LESSONS.iter().any(|lesson| lesson.id == id);
        let name = if known { format!("[{id}]({id}.md)") } else { format!("`{id}`") };
        format!("{name} ({})", words(relation))
    };
    let mut all: Vec<String> = lessons.map(link).collect();
    all.sort();
    all.dedup();
    all.join(", ")
}

fn words(relation: Relation) -> &'static str {
    match relation {
        Relation::Same => "of the same object",
        Relation::Hosts => "node to what runs on it",
        Relation::PodToOwner => "pod to its owner",
        Relation::PodToService => "pod to its Service",
        Relation::ClaimToPod => "claim to its pod",
        Relation::Mentions => "object to what names it",
        Relation::MentionsPod => "pod to what names it",
    }
}

/// The names of lessons that causes explain and that are not there.
pub(crate) fn unknown_effects() -> Vec<String> {
    let pairs =
        LESSONS.iter().flat_map(|lesson| lesson.causes.iter().map(move |cause| (lesson.id, cause.explains)));
    let unknown = pairs.filter(|(_, explained)| rutter_lessons::find(explained).is_none());
    let mut told: Vec<String> =
        unknown.map(|(id, explained)| format!("{id} explains `{explained}`, which is no lesson")).collect();
    told.dedup();
    told
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn the_summary_keeps_what_is_not_generated() -> anyhow::Result<()> {
        let before = format!("# Summary\n\n{PARENT}\n  - [gone](lessons/gone.md)\n- [After](after.md)\n");
        let after = summary(&before)?;
        assert!(after.starts_with("# Summary\n\n") && after.ends_with("\n- [After](after.md)\n"));
        assert!(!after.contains("gone") && after.contains("  - [evicted](lessons/evicted.md)\n"));
        assert_eq!(summary(&after)?, after);
        summary("# Summary\n").unwrap_err();
        Ok(())
    }

    #[test]
    fn pages_link_both_ways() -> anyhow::Result<()> {
        let evicted = rutter_lessons::find("evicted").context("evicted")?;
        assert!(page(evicted).contains("[job-failing](job-failing.md) (pod to its owner)"));
        let job = rutter_lessons::find("job-failing").context("job-failing")?;
        assert!(page(job).contains("can be explained by") && page(job).contains("[evicted](evicted.md)"));
        Ok(())
    }
}
