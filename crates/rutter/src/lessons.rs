//! `rutter lessons`.

use std::io::Write;

use rutter_lessons::{LESSONS, Lesson, SCENARIOS};

use crate::{
    arguments::{Lessons, ListForm},
    exit::{DONE, Failure},
    explain,
};

pub(crate) fn run(arguments: &Lessons) -> Result<u8, Failure> {
    let chosen: Vec<&Lesson> =
        LESSONS.iter().copied().filter(|lesson| is_wanted(lesson, arguments)).collect();
    if chosen.is_empty() {
        return Err(Failure::Told(nothing(arguments)));
    }
    let mut out = anstream::stdout().lock();
    match arguments.output {
        ListForm::Name => chosen.iter().try_for_each(|lesson| writeln!(out, "{}", lesson.id))?,
        ListForm::Json => writeln!(out, "{:#}", json(&chosen))?,
        ListForm::Text => table(&mut out, &chosen)?,
        ListForm::Wide => wide(&mut out, &chosen)?,
    }
    Ok(DONE)
}

fn is_wanted(lesson: &Lesson, arguments: &Lessons) -> bool {
    let group = arguments.group.as_ref().is_none_or(|group| lesson.group.name() == group);
    let word = arguments.word.as_ref().map(|word| word.to_lowercase());
    let has = |word: &str| {
        lesson.id.contains(word)
            || lesson.aliases.iter().any(|alias| alias.contains(word))
            || rutter_lessons::find(word).is_some_and(|found| found.id == lesson.id)
            || lesson.title.to_lowercase().contains(word)
            || explain::sign(lesson, word).is_some()
    };
    group && word.is_none_or(|word| has(&word))
}

fn nothing(arguments: &Lessons) -> String {
    let mut groups: Vec<&str> = LESSONS.iter().map(|lesson| lesson.group.name()).collect();
    groups.dedup();
    match &arguments.group {
        Some(group) if !groups.contains(&group.as_str()) => {
            format!("there is no group `{group}`; there are {}", groups.join(", "))
        }
        _ => "no lesson is like that; `rutter lessons` lists all".to_owned(),
    }
}

fn table(out: &mut impl Write, lessons: &[&Lesson]) -> std::io::Result<()> {
    let width = |texts: &mut dyn Iterator<Item = &str>| texts.map(str::len).max().unwrap_or(0);
    let ids = width(&mut lessons.iter().map(|lesson| lesson.id)).max("LESSON".len());
    let groups = width(&mut lessons.iter().map(|lesson| lesson.group.name())).max("ABOUT".len());
    writeln!(out, "{:ids$}  {:groups$}  SEEN WHEN", "LESSON", "ABOUT")?;
    for lesson in lessons {
        writeln!(out, "{:ids$}  {:groups$}  {}", lesson.id, lesson.group.name(), title(lesson))?;
    }
    Ok(())
}

/// What it is, with the names that it had before: they stand in old reports.
fn title(lesson: &Lesson) -> String {
    match lesson.aliases {
        [] => lesson.title.to_owned(),
        aliases => format!("{} (also called {})", lesson.title, aliases.join(", ")),
    }
}

/// The same with the version that it came with and the scenarios that prove it.
fn wide(out: &mut impl Write, lessons: &[&Lesson]) -> std::io::Result<()> {
    let proofs: Vec<String> =
        lessons.iter().map(|lesson| scenarios(lesson).collect::<Vec<_>>().join(",")).collect();
    let width = |texts: &mut dyn Iterator<Item = &str>| texts.map(str::len).max().unwrap_or(0);
    let ids = width(&mut lessons.iter().map(|lesson| lesson.id)).max("LESSON".len());
    let groups = width(&mut lessons.iter().map(|lesson| lesson.group.name())).max("ABOUT".len());
    let told: Vec<String> = lessons.iter().map(|lesson| title(lesson)).collect();
    let titles = width(&mut told.iter().map(String::as_str)).max("SEEN WHEN".len());
    writeln!(out, "{:ids$}  {:groups$}  SINCE  {:titles$}  SCENARIOS", "LESSON", "ABOUT", "SEEN WHEN")?;
    for ((lesson, proofs), title) in lessons.iter().zip(proofs).zip(told) {
        let Lesson { id, group, since, .. } = lesson;
        let proofs = if proofs.is_empty() { "-" } else { &proofs };
        writeln!(out, "{id:ids$}  {:groups$}  {since:5}  {title:titles$}  {proofs}", group.name())?;
    }
    Ok(())
}

/// The scenarios of Rutter's lab that prove a lesson on a real cluster.
fn scenarios(lesson: &Lesson) -> impl Iterator<Item = &'static str> {
    SCENARIOS.iter().filter(|(id, _)| *id == lesson.id).map(|(_, scenario)| *scenario)
}

/// The points of a section of a lesson's text, each as one line.
fn points(lesson: &Lesson, section: &str) -> Vec<String> {
    let text = lesson.text.split("\n## ").find_map(|part| part.strip_prefix(section)).unwrap_or_default();
    let points = text.split("\n- ").skip(1);
    points.map(|point| point.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

fn json(lessons: &[&Lesson]) -> serde_json::Value {
    let kinds =
        |kinds: rutter_cluster::KindSet| kinds.iter().map(rutter_cluster::Kind::name).collect::<Vec<_>>();
    let one = |lesson: &&Lesson| {
        serde_json::json!({
            "id": lesson.id,
            "aliases": lesson.aliases,
            "group": lesson.group.name(),
            "title": lesson.title,
            "since": lesson.since,
            "requires": kinds(lesson.requires),
            "uses": kinds(lesson.uses),
            "explains": lesson.causes.iter().map(|cause| cause.explains).collect::<Vec<_>>(),
            "scenarios": scenarios(lesson).collect::<Vec<_>>(),
            "versions": points(lesson, "Versions"),
            "sources": points(lesson, "Sources"),
        })
    };
    lessons.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lesson_tells_its_versions_its_sources_and_what_proves_it() {
        for lesson in LESSONS {
            assert!(!points(lesson, "Sources").is_empty(), "{}", lesson.id);
            assert!(points(lesson, "Sources").iter().all(|point| !point.contains('\n')), "{}", lesson.id);
        }
        let evicted = LESSONS.iter().find(|lesson| lesson.id == "evicted").unwrap();
        assert!(scenarios(evicted).any(|scenario| scenario == "evicted"));
    }
}
