//! `rutter explain`.

use rutter_lessons::{LESSONS, Lesson, find};

use crate::{
    alike,
    arguments::Explain,
    exit::{DONE, Failure},
    output,
};

pub(crate) fn run(arguments: &Explain) -> Result<u8, Failure> {
    let given = &arguments.lesson;
    let lesson = match (find(&given.to_lowercase()), signs(given).as_slice()) {
        (Some(lesson), _) => lesson,
        (None, [only]) => {
            output::note(&format!("{given} is a sign of {}", only.id));
            only
        }
        (None, several) => return Err(Failure::Told(unknown(given, several))),
    };
    output::lesson(lesson)?;
    Ok(DONE)
}

/// The lessons that know the word as a sign of theirs.
fn signs(word: &str) -> Vec<&'static Lesson> {
    LESSONS.iter().copied().filter(|lesson| is_sign(lesson, word)).collect()
}

/// Names the lessons whose sign the word is, or else those whose names are most alike.
fn unknown(given: &str, signs: &[&Lesson]) -> String {
    let signs: Vec<&str> = signs.iter().map(|lesson| lesson.id).collect();
    let alike =
        alike::nearest(&given.to_lowercase(), &LESSONS.iter().map(|lesson| lesson.id).collect::<Vec<_>>());
    let hint = match (signs.as_slice(), alike.as_slice()) {
        ([], []) if is_id(given) => {
            "; an incident's lesson stands in its report behind `rutter explain`".to_owned()
        }
        ([], []) => String::new(),
        ([], alike) => format!("; did you mean {}?", alike.join(" or ")),
        (signs, _) => format!("; {given} is a sign of {}: rutter explain {}", signs.join(", "), signs[0]),
    };
    format!("there is no lesson `{given}`{hint}; `rutter lessons` lists all")
}

/// Whether a lesson's text names that word, such as a status that kubectl shows, among its symptoms.
fn is_sign(lesson: &Lesson, word: &str) -> bool {
    let symptoms = lesson.text.split("\n## ").find(|part| part.starts_with("Symptom")).unwrap_or_default();
    let mut words = symptoms.split(|c: char| !c.is_alphanumeric());
    word.len() > 3 && words.any(|other| other.eq_ignore_ascii_case(word))
}

/// Whether it looks like the id of an incident.
fn is_id(text: &str) -> bool {
    text.len() == 10 && text.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_see_leads_to_a_lesson() {
        for (word, lesson) in [
            ("crashloop", "crash-loop"),
            ("CrashLoopBackOff", "crash-loop"),
            ("ImagePullBackOff", "image-pull"),
            ("OOMKilled", "limit-reached"),
            ("Evicted", "evicted"),
        ] {
            let told = unknown(word, &signs(word));
            assert!(find(word).is_some() || told.contains(lesson), "{told}");
        }
        assert!(!unknown("something-else-entirely", &[]).contains("did you mean"));
        assert!(unknown("5bc6b5d0f1", &[]).contains("report"));
    }
}
