//! `xtask new-lesson`: the directory of a lesson, ready to be written. What is left to write is marked, and
//! `cargo xtask tidy` fails while a mark remains.

use anyhow::{bail, ensure};

use crate::codegen::registry;
use crate::repository::{LessonFolder, lessons, lessons_folder, shown, write};

/// Marks what is left to write. In two parts, so that tidy doesn't find it here.
pub(crate) const MARK: &str = concat!("TO", "DO");

const GROUPS: [&str; 7] = ["cloud", "control-plane", "node", "pod", "service", "storage", "workload"];

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What it is about: cloud, control-plane, node, pod, service, storage, workload
    group: String,
    /// Its permanent id, such as disk-pressure
    id: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let lesson = LessonFolder { group: args.group.clone(), id: args.id.clone() };
    check(&lesson)?;
    let folder = lesson.path();
    for (name, text) in files(&lesson) {
        write(&folder.join(name), &text)?;
    }
    let registry = registry::generate()?;
    write(&registry.path, &registry.text)?;
    println!("made {}; next:", shown(&folder));
    println!("  1. cases/: replace the two inputs, and say in `origin` where they come from");
    println!("  2. mod.rs: what it reads, what it finds");
    println!("  3. UPDATE_CASES=1 cargo test -p rutter-diagnosis --test cases -- {}", lesson.id);
    println!("     and read every expect.json as the person on call would");
    println!("  4. lesson.md, then cargo xtask codegen && cargo xtask tidy");
    Ok(())
}

fn check(lesson: &LessonFolder) -> anyhow::Result<()> {
    let LessonFolder { group, id } = lesson;
    ensure!(GROUPS.contains(&group.as_str()), "there is no group `{group}`; there are {}", GROUPS.join(", "));
    let plain =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let starts = id.starts_with(|first: char| first.is_ascii_lowercase());
    ensure!(starts && id.split('-').all(plain), "`{id}` is no id: small letters and digits, joined by `-`");
    if let Some(other) = lessons()?.iter().find(|other| other.id == *id) {
        bail!("there is a lesson {id} already, in {}", shown(&lessons_folder().join(&other.group)));
    }
    Ok(())
}

/// The subject that lessons of a group are mostly asked about.
fn subject(group: &str) -> &'static str {
    match group {
        "pod" => "Pod",
        "service" => "Service",
        "workload" => "Deployment",
        "storage" => "PersistentVolumeClaim",
        _ => "Node",
    }
}

fn files(lesson: &LessonFolder) -> Vec<(&'static str, String)> {
    let (id, subject) = (lesson.id.as_str(), subject(&lesson.group));
    let evaluate = if subject == "PersistentVolumeClaim" { "Claim" } else { subject };
    let group: String = lesson.group.split('-').map(capitalised).collect();
    let expect = |origin: &str| {
        format!("{{\n  \"origin\": \"constructed: {MARK} {origin}\",\n  \"findings\": []\n}}\n")
    };
    let input =
        format!("# {MARK}: what `kubectl get -o yaml` shows\napiVersion: v1\nkind: List\nitems: []\n");
    vec![
        ("mod.rs", module(id, subject, evaluate, &group)),
        ("lesson.md", text(id)),
        ("cases/fires-plain/input.yaml", input.clone()),
        ("cases/fires-plain/expect.json", expect("why this shows the problem")),
        ("cases/silent-look-alike/input.yaml", input),
        ("cases/silent-look-alike/expect.json", expect("what looks like it and isn't")),
    ]
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

fn module(id: &str, subject: &str, evaluate: &str, group: &str) -> String {
    format!(
        r#"//! {MARK}: the problem in one sentence.
//!
//! Variants: {MARK}.

use rutter_cluster::{{Kind, KindSet, objects::{subject}}};

use crate::{{Context, Evaluate, Finding, Findings, Group, Lesson, Outcome, Remedy, heals}};

const ID: &str = "{id}";

pub(crate) const LESSON: Lesson = Lesson {{
    id: ID,
    aliases: &[],
    group: Group::{group},
    title: "{MARK}",
    since: "{since}",
    lives_in: &[],
    requires: KindSet::of(&[Kind::{subject}]),
    uses: KindSet::of(&[]),
    evaluate: &[Evaluate::{evaluate}(evaluate)],
    causes: &[],
    remedies,
    stays: heals,
    text: include_str!("lesson.md"),
}};

fn evaluate(_context: &Context<'_>, _subject: &{subject}, _findings: &mut Findings) -> Outcome {{
    Ok(())
}}

fn remedies(_context: &Context<'_>, _finding: &Finding) -> Vec<Remedy> {{
    Vec::new()
}}
"#,
        since = since()
    )
}

/// The version that will bring it, without the patch.
fn since() -> &'static str {
    let version = env!("CARGO_PKG_VERSION");
    version.rsplit_once('.').map_or(version, |(start, _)| start)
}

fn text(id: &str) -> String {
    let headings = [
        "Symptom",
        "How to tell",
        "Why it happens",
        "What to do",
        "Prevention",
        "Versions",
        "Limits",
        "Sources",
    ];
    let sections: String = headings.iter().map(|heading| format!("\n## {heading}\n\n{MARK}\n")).collect();
    format!("# {id}\n\n{MARK}: what happens, in one paragraph.\n{sections}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(group: &str, id: &str) -> LessonFolder {
        LessonFolder { group: group.into(), id: id.into() }
    }

    #[test]
    fn ids_are_plain_new_and_in_a_group() {
        check(&lesson("node", "clock-skew")).unwrap();
        for (group, id) in [
            ("nodes", "x"),
            ("node", "Disk"),
            ("node", "a--b"),
            ("node", "3d"),
            ("node", "../x"),
            ("pod", "evicted"),
        ] {
            check(&lesson(group, id)).unwrap_err();
        }
    }

    #[test]
    fn modules_name_the_group_and_subject() {
        let all = files(&lesson("control-plane", "etcd-slow"));
        let (_, module) = &all[0];
        assert!(module.contains("Group::ControlPlane,") && module.contains("Evaluate::Node(evaluate)"));
        assert!(files(&lesson("storage", "x"))[0].1.contains("Evaluate::Claim(evaluate)"));
        assert!(all.iter().all(|(_, text)| text.contains(MARK)));
    }
}
