//! `rutter lessons`.

use std::io::Write;

use rutter_lessons::{LESSONS, Lesson};

use crate::{
    arguments::{Lessons, ListForm},
    exit::{DONE, Failure},
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
    }
    Ok(DONE)
}

fn is_wanted(lesson: &Lesson, arguments: &Lessons) -> bool {
    let group = arguments.group.as_ref().is_none_or(|group| lesson.group.name() == group);
    let word = arguments.word.as_ref().map(|word| word.to_lowercase());
    group && word.is_none_or(|word| lesson.id.contains(&word) || lesson.title.to_lowercase().contains(&word))
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
        writeln!(out, "{:ids$}  {:groups$}  {}", lesson.id, lesson.group.name(), lesson.title)?;
    }
    Ok(())
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
        })
    };
    lessons.iter().map(one).collect()
}
