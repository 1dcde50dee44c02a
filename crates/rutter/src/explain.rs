//! `rutter explain`.

use rutter_lessons::{LESSONS, find};

use crate::{
    arguments::Explain,
    exit::{DONE, Failure},
    output,
};

pub(crate) fn run(arguments: &Explain) -> Result<u8, Failure> {
    let id = arguments.lesson.to_lowercase();
    let lesson = find(&id).ok_or_else(|| Failure::Told(unknown(&id)))?;
    output::lesson(lesson)?;
    Ok(DONE)
}

/// Names the lessons that are most alike.
fn unknown(id: &str) -> String {
    let mut alike: Vec<(usize, &str)> =
        LESSONS.iter().map(|lesson| (distance(id, lesson.id), lesson.id)).collect();
    alike.retain(|(distance, other)| *distance <= 3 || other.contains(id) || id.contains(other));
    alike.sort_unstable();
    let alike: Vec<&str> = alike.into_iter().take(3).map(|(_, id)| id).collect();
    let hint =
        if alike.is_empty() { String::new() } else { format!("; did you mean {}?", alike.join(" or ")) };
    format!("there is no lesson `{id}`{hint}; `rutter lessons` lists all")
}

/// How many letters must be changed, added or removed to make one of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_named() {
        assert_eq!([distance("", "abc"), distance("kitten", "sitting"), distance("a", "a")], [3, 3, 0]);
        assert!(unknown("crashloop").contains("crash-loop"));
        assert!(!unknown("something-else-entirely").contains("did you mean"));
    }
}
