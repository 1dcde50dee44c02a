//! `rutter explain`: of an object, a text or a lesson.

mod find;
mod object;
mod target;
mod text;
mod word;

use rutter_cluster::Kind;
use rutter_lessons::{LESSONS, Lesson, find};

use crate::{
    alike,
    arguments::Explain,
    exit::{DONE, Failure},
    output,
};

use target::Target;

pub(crate) fn run(arguments: &Explain) -> Result<u8, Failure> {
    match Target::of(&arguments.what, &arguments.rest) {
        Target::Object { kind, name, sources } => {
            // `i/o timeout` looks like an object of a kind that nobody knows, and its rest like a source.
            let text = || text::run(&target::words(&arguments.what, &arguments.rest));
            let known = if Kind::of_word(&kind).is_none() { text() } else { None };
            known.unwrap_or_else(|| object::run(arguments, &kind, &name, &sources))
        }
        Target::KindAlone(kind) => Err(Failure::Told(format!("which {kind}? rutter explain {kind}/NAME"))),
        Target::WithNamespace { namespace, object } => Err(Failure::Told(format!(
            "the namespace goes behind -n: rutter explain {object} -n {namespace}"
        ))),
        Target::Words(words) => {
            if let Some(flag) = arguments.object_flag() {
                let hint = "goes with an object only, as in rutter explain pod/NAME";
                return Err(Failure::Told(format!("`{words}` is no KIND/NAME, and {flag} {hint}")));
            }
            self::words(&words)
        }
    }
}

/// A lesson or a check by its id, a lesson by a sign that no other has, or else the meaning of a text.
fn words(given: &str) -> Result<u8, Failure> {
    if let Some(check) = rutter_lint::check(&given.to_lowercase()) {
        output::check(check)?;
        return Ok(DONE);
    }
    let lesson = match (find(&given.to_lowercase()), signs(given).as_slice()) {
        (Some(lesson), _) => lesson,
        (None, [only]) => {
            output::note(&format!("{given} is a sign of {}", only.id));
            only
        }
        (None, several) => {
            let known = text::run(given).or_else(|| word::run(given, several));
            return known.unwrap_or_else(|| {
                Err(if given.contains(char::is_whitespace) {
                    text::unknown(given)
                } else {
                    Failure::Told(unknown(given))
                })
            });
        }
    };
    output::lesson(lesson)?;
    Ok(DONE)
}

/// The lessons that know the word as a sign of theirs, first those that name it first.
fn signs(word: &str) -> Vec<&'static Lesson> {
    let mut all: Vec<_> =
        LESSONS.iter().copied().filter_map(|lesson| Some((sign(lesson, word)?, lesson))).collect();
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, lesson)| lesson).collect()
}

/// Names the lessons whose names are most alike.
fn unknown(given: &str) -> String {
    let checks = rutter_lint::CHECKS.iter().map(|check| check.id);
    let ids: Vec<&str> = LESSONS.iter().map(|lesson| lesson.id).chain(checks).collect();
    let alike = alike::nearest(&given.to_lowercase(), &ids);
    let hint = match alike.as_slice() {
        [] if is_id(given) => {
            "; an incident's lesson stands in its report behind `rutter explain`".to_owned()
        }
        [] => String::new(),
        alike => format!("; did you mean {}?", alike.join(" or ")),
    };
    format!(
        "there is no lesson and no check `{given}`{hint}; `rutter lessons` and `rutter lint --list` list all"
    )
}

/// Where a lesson's text names that word, such as a status that kubectl shows, among its symptoms.
pub(crate) fn sign(lesson: &Lesson, word: &str) -> Option<usize> {
    let symptoms = lesson.text.split("\n## ").find(|part| part.starts_with("Symptom"))?;
    let mut words = symptoms.split(|c: char| !c.is_alphanumeric());
    words.position(|other| other.eq_ignore_ascii_case(word)).filter(|_| word.len() > 3)
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
            ("CrashLoopBackOff", "crash-loop"),
            ("ImagePullBackOff", "image-pull"),
            ("OOMKilled", "limit-reached"),
            ("Evicted", "evicted"),
        ] {
            assert!(find(word).is_some() || signs(word).iter().any(|sign| sign.id == lesson), "{word}");
        }
        assert!(unknown("crashloop").contains("crash-loop"));
        assert!(!unknown("something-else-entirely").contains("did you mean"));
        assert!(unknown("5bc6b5d0f1").contains("report"));
    }
}
