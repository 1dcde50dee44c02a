//! The name that was meant: the nearest of those that there are.

use crate::Str;

/// So many names are compared letter by letter, after those that can't be near are left out.
const MOST: usize = 100;

/// The one of these names that may be meant: the same, else the first of the nearest.
pub fn nearest<'a>(wanted: &str, there: impl Iterator<Item = &'a Str> + Clone) -> Option<&'a Str> {
    if let Some(same) = there.clone().find(|name| *name == wanted) {
        return Some(same);
    }
    let long = wanted.chars().count();
    let mut best: Option<(usize, &Str)> = None;
    let mut compared = 0;
    for name in there {
        let length = name.chars().count();
        let apart = long.abs_diff(length);
        let near = if holds(wanted, name) { usize::MAX } else { long.max(length) / 3 };
        if apart > near || best.is_some_and(|(best, _)| apart >= best) {
            continue;
        }
        compared += 1;
        let limit = best.map_or(near, |(best, _)| near.min(best));
        let distance = if near == usize::MAX { apart } else { distance(wanted, name, limit) };
        if distance <= near && best.is_none_or(|(best, _)| distance < best) {
            best = Some((distance, name));
        }
        if compared == MOST {
            break;
        }
    }
    best.map(|(_, name)| name)
}

/// Whether a name is another one with a slip of the pen: two letters at most. Names that differ by a number, or in a short
/// word (`db-eu`, `db-us`), are two names.
pub fn is_slip(name: &str, of: &str) -> bool {
    const MOST: usize = 2;
    const SHORT: usize = 3;
    if name.len() < 8
        || name.len().abs_diff(of.len()) > MOST
        || !(1..=MOST).contains(&distance(name, of, MOST))
    {
        return false;
    }
    let (words, others) = (words(name), words(of));
    let short = |word: &str, other: &str| word != other && word.len().max(other.len()) <= SHORT;
    words != others
        && (words.len() != others.len() || !words.iter().zip(&others).any(|(word, other)| short(word, other)))
}

/// The parts of a name without numbers.
fn words(name: &str) -> Vec<String> {
    let word = |part: &str| part.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    name.split(['-', '.', '_']).map(word).filter(|word| !word.is_empty()).collect()
}

/// Whether one name is a part of the other, and long enough to say something.
fn holds(wanted: &str, name: &str) -> bool {
    wanted.len().min(name.len()) >= 4 && (wanted.contains(name) || name.contains(wanted))
}

/// How many letters must be put in, taken out or changed; at least one more than `limit` where that is exceeded.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
    let (a, b) = (lower(a), lower(b));
    let begin = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(begin..).unwrap_or_default(), b.get(begin..).unwrap_or_default());
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let b = b.get(..b.len() - end).unwrap_or_default();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (n, a) in a.iter().take(a.len() - end).enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut left = n + 1;
        next.push(left);
        for ((before, above), b) in row.iter().zip(row.iter().skip(1)).zip(b) {
            left = (before + usize::from(a != b)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
        if row.iter().all(|distance| *distance > limit) {
            return limit.saturating_add(1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("app-config", "app-confg", 9), 1);
        assert_eq!(distance("", "abc", 9), 3);
        for (name, of) in
            [("web-confg", "web-config"), ("web-acount", "web-account"), ("webconfig", "web-config")]
        {
            assert!(is_slip(name, of), "{name} is {of}");
        }
        for (name, of) in [
            ("web-config-3", "web-config"),
            ("web-config-1", "web-config-2"),
            ("database-eu", "database-us"),
            ("worker-a-config", "worker-b-config"),
            ("web-config", "web-config"),
            ("a", "b"),
        ] {
            assert!(!is_slip(name, of), "{name} is not {of}");
        }
        assert_eq!(distance("DB_URL", "db_url", 9), 0);
        let there: Vec<Str> = ["cache", "app-configs", "APP-CONFIG", "app-config"].map(Str::from).into();
        let named = |wanted, from: &[Str]| nearest(wanted, from.iter()).map(ToString::to_string);
        assert_eq!(named("app-config", &there).as_deref(), Some("app-config"));
        assert_eq!(named("app-config", &there[..3]).as_deref(), Some("APP-CONFIG"));
        assert_eq!(named("apps-config", &there[..2]).as_deref(), Some("app-configs"));
        assert_eq!(named("db", &there), None);
    }
}
