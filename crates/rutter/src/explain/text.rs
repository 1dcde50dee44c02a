//! `rutter explain "TEXT"`.

use rutter_lessons::{LESSONS, words::list};

use super::sign;
use crate::{
    exit::{DONE, Failure},
    meanings::meaning,
    output,
};

/// So many words must a text and the signs of a lesson have in common.
const COMMON: usize = 2;

/// Says what a text means, if anything here knows it.
pub(super) fn run(text: &str) -> Option<Result<u8, Failure>> {
    Some(output::meaning(&meaning(text)?).map(|()| DONE).map_err(Failure::from))
}

/// That nothing knows it, and which lessons are nearest.
pub(super) fn unknown(text: &str) -> Failure {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3).collect();
    let common = |lesson| words.iter().filter(|word| sign(lesson, word).is_some()).count();
    let mut near: Vec<(usize, &str)> = LESSONS.iter().map(|lesson| (common(lesson), lesson.id)).collect();
    near.retain(|(common, _)| *common >= COMMON);
    near.sort_by_key(|(common, _)| std::cmp::Reverse(*common));
    let near: Vec<&str> = near.into_iter().take(3).map(|(_, id)| id).collect();
    let hint = match near.as_slice() {
        [] => "; `rutter lessons WORD` looks for a word".to_owned(),
        near => format!("; nearest are the lessons {}: rutter explain {}", list(near, 3), near[0]),
    };
    Failure::Told(format!("nothing here knows this text{hint}"))
}
