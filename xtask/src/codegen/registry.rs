//! The index of lessons. It is made of the names of folders, so that it can be made when it doesn't compile.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;

use super::{Generated, generated};
use crate::repository::{LessonFolder, lessons, scenarios};

pub(crate) const PATH: &str = "crates/rutter-lessons/src/registry.rs";

pub(crate) fn generate() -> anyhow::Result<Generated> {
    let lessons = lessons()?;
    let mut ids = BTreeMap::new();
    for lesson in &lessons {
        let earlier = ids.insert(&lesson.id, &lesson.group);
        ensure!(earlier.is_none(), "two lessons are called {}: ids are unique over all groups", lesson.id);
    }
    Ok(generated(PATH, text(&lessons, &scenarios()?)))
}

fn text(lessons: &[LessonFolder], scenarios: &BTreeSet<(String, String)>) -> String {
    let mut text = String::from(
        "//! The index of all lessons: written by `cargo xtask codegen`, which finds them under `lessons/`. Do not edit.\n\n\
         use crate::Lesson;\n",
    );
    let mut group = "";
    for lesson in lessons {
        // rustfmt sorts the modules between two empty lines by name.
        if lesson.group != group {
            text.push('\n');
            group = &lesson.group;
        }
        let LessonFolder { group, id } = lesson;
        text += &format!("#[path = \"../lessons/{group}/{id}/mod.rs\"]\nmod {};\n", lesson.module());
    }
    text += "\n/// Every lesson, by group and id.\npub const LESSONS: &[&Lesson] = &[\n";
    for lesson in lessons {
        text += &format!("    &{}::LESSON,\n", lesson.module());
    }
    text += "];\n\n/// Which scenario of the lab proves which lesson on a real cluster, by lesson.\n\
             pub const SCENARIOS: &[(&str, &str)] = &[\n";
    for (lesson, scenario) in scenarios.iter().filter(|(id, _)| lessons.iter().any(|lesson| lesson.id == *id))
    {
        text += &format!("    (\"{lesson}\", \"{scenario}\"),\n");
    }
    text + "];\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_grouped_and_named() {
        let lesson = |group: &str, id: &str| LessonFolder { group: group.into(), id: id.into() };
        let scenarios = [("evicted", "two-faults"), ("gone", "two-faults")];
        let scenarios = scenarios.map(|(lesson, scenario)| (lesson.to_owned(), scenario.to_owned()));
        let text = text(&[lesson("node", "disk-full"), lesson("pod", "evicted")], &scenarios.into());
        assert!(
            text.contains("\n\n#[path = \"../lessons/node/disk-full/mod.rs\"]\nmod disk_full;\n\n#[path")
        );
        assert!(text.contains("    &disk_full::LESSON,\n    &evicted::LESSON,\n];\n"));
        assert!(text.ends_with("&[\n    (\"evicted\", \"two-faults\"),\n];\n"));
    }
}
