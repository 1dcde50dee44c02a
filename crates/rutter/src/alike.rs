//! Names that may have been meant.

/// Of `names` the few that are most like `given`.
pub(crate) fn nearest<'a>(given: &str, names: &[&'a str]) -> Vec<&'a str> {
    let near = |name: &str| distance(given, name) <= 2.max(given.len().min(name.len()) / 3);
    let part = |name: &str| given.len() > 2 && (name.contains(given) || given.contains(name));
    let mut alike: Vec<(usize, &str)> = names
        .iter()
        .filter(|name| near(name) || part(name))
        .map(|name| (distance(given, name), *name))
        .collect();
    alike.sort_unstable();
    alike.into_iter().take(3).map(|(_, name)| name).collect()
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
    fn distances_and_near_misses() {
        assert_eq!([distance("", "abc"), distance("kitten", "sitting"), distance("a", "a")], [3, 3, 0]);
        assert_eq!(nearest("crashloop", &["crash-loop", "evicted"]), ["crash-loop"]);
        assert_eq!(nearest("something-else", &["crash-loop", "evicted"]), [] as [&str; 0]);
    }
}
