//! Mending a text in place: comments, order and the way of writing stay as they are.

use crate::{finding::Edit, yaml::Span};

/// The text with these edits, and how many of them could be made. Of two that touch the same place the first is made.
pub fn apply(text: &str, edits: &[&Edit]) -> (String, usize) {
    let mut changes: Vec<Change> = edits.iter().filter_map(|edit| change(text, edit)).collect();
    changes.sort_by_key(|change| (change.start, change.end));
    let (mut out, mut at, mut made) = (String::with_capacity(text.len() + 64), 0, 0);
    for change in changes {
        if change.start < at {
            continue;
        }
        let Some(before) = text.get(at..change.start) else { continue };
        out.push_str(before);
        out.push_str(&change.with);
        at = change.end;
        made += 1;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, made)
}

/// A stretch of the text, and what comes in its place.
struct Change {
    start: usize,
    end: usize,
    with: String,
}

fn change(text: &str, edit: &Edit) -> Option<Change> {
    match edit {
        Edit::Replace { at, with } => {
            text.get(at.start as usize..at.end as usize)?;
            Some(Change { start: at.start as usize, end: at.end as usize, with: with.clone() })
        }
        Edit::Insert { into, flow: true, entry } => into_braces(text, *into, entry),
        Edit::Insert { into, flow: false, entry } => behind_lines(text, *into, entry),
        Edit::Remove { key, value } => without(text, *key, *value),
    }
}

/// Before the closing brace.
fn into_braces(text: &str, map: Span, entry: &str) -> Option<Change> {
    let inside = text.get(map.start as usize..map.end as usize)?.strip_suffix('}')?;
    let bare = inside.trim_end();
    let end = map.start as usize + bare.len();
    let with = if bare.ends_with([',', '{']) { format!(" {entry}") } else { format!(", {entry}") };
    Some(Change { start: end, end, with })
}

/// On a line of its own behind the map's last one, as far in as its first key.
fn behind_lines(text: &str, map: Span, entry: &str) -> Option<Change> {
    let bare = text.get(..map.end as usize)?.trim_end();
    let end = bare.len() + text.get(bare.len()..)?.find('\n').unwrap_or(text.len() - bare.len());
    let end = text.get(..end)?.trim_end_matches('\r').len();
    let indent = " ".repeat(map.column as usize - 1);
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    Some(Change { start: end, end, with: format!("{line_end}{indent}{entry}") })
}

/// Without a key and its value: whole lines where they are alone on them, else nothing that leaves more behind than a comma.
fn without(text: &str, key: Span, value: Span) -> Option<Change> {
    let (start, end) = (key.start as usize, (value.end as usize).max(key.end as usize));
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let after = text.get(end..)?;
    if text.get(line_start..start)?.trim().is_empty() {
        let stays = text.get(..end)?.trim_end().len();
        let line_end = text.get(stays..)?.find('\n').map_or(text.len(), |at| stays + at + 1);
        let rest = text.get(stays..line_end)?.trim();
        // A comment behind the value is about the value.
        return (rest.is_empty() || rest.starts_with('#') || rest == ":").then(|| Change {
            start: line_start,
            end: line_end,
            with: String::new(),
        });
    }
    // In braces: with the comma behind it, else with the one before it.
    let spaces = after.len() - after.trim_start().len();
    if after.trim_start().starts_with(',') {
        let rest = after.get(spaces + 1..)?;
        let more = rest.len() - rest.trim_start_matches(' ').len();
        return Some(Change { start, end: end + spaces + 1 + more, with: String::new() });
    }
    let before = text.get(..start)?.trim_end().strip_suffix(',')?;
    after.trim_start().starts_with('}').then(|| Change { start: before.len(), end, with: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Node, parse};

    fn root(text: &str) -> Node {
        parse(text).0.remove(0).root
    }

    #[test]
    fn values_are_replaced_where_they_stand() {
        let text = "a: 1   # why\nb: 'x'\n";
        let root = root(text);
        let edits =
            [Edit::replace(root.get("b").unwrap(), "y"), Edit::replace(root.get("a").unwrap(), "\"1\"")];
        assert_eq!(apply(text, &edits.iter().collect::<Vec<_>>()), ("a: \"1\"   # why\nb: y\n".into(), 2));
    }

    #[test]
    fn keys_are_added_as_the_map_is_written() {
        for (text, expected) in [
            ("a:\n  b: 1 # one\n# end\nc: 2\n", "a:\n  b: 1 # one\n  new: 3\n# end\nc: 2\n"),
            ("a: {b: 1}\n", "a: {b: 1, new: 3}\n"),
            ("a: { b: 1 }\n", "a: { b: 1, new: 3 }\n"),
            ("a:\r\n  b: 1\r\nc: 2\r\n", "a:\r\n  b: 1\r\n  new: 3\r\nc: 2\r\n"),
            ("a:\n  b: |\n    long\n\nc: 2", "a:\n  b: |\n    long\n  new: 3\n\nc: 2"),
            ("a:\n  b: 1", "a:\n  b: 1\n  new: 3"),
        ] {
            let edit = Edit::insert(root(text).get("a").unwrap(), "new: 3").unwrap();
            assert_eq!(apply(text, &[&edit]).0, expected, "{text:?}");
        }
        let text = "l:\n- name: x\n  image: y\n- name: z\n";
        let edit = Edit::insert(&root(text).items_at(&["l"])[0], "new: 3").unwrap();
        assert_eq!(apply(text, &[&edit]).0, "l:\n- name: x\n  image: y\n  new: 3\n- name: z\n");
    }

    #[test]
    fn keys_are_removed_without_a_trace() {
        for (text, expected) in [
            ("a:\n  b: 1\n  x: 2 # two\n  c: 3\n", Some("a:\n  b: 1\n  c: 3\n")),
            ("a:\n  b: 1\n  x:\n    y: 1\n\n  c: 3\n", Some("a:\n  b: 1\n\n  c: 3\n")),
            ("a: {x: 1, b: 2}\n", Some("a: {b: 2}\n")),
            ("a: {b: 2, x: 1}\n", Some("a: {b: 2}\n")),
            ("a: {b: 2, x: 1, c: 3}\n", Some("a: {b: 2, c: 3}\n")),
        ] {
            let edit = Edit::remove(root(text).get("a").unwrap(), "x").unwrap();
            let (after, made) = apply(text, &[&edit]);
            assert_eq!(
                (after.as_str(), made),
                (expected.unwrap_or(text), usize::from(expected.is_some())),
                "{text:?}"
            );
        }
        let text = "l:\n- x: 1\n  b: 2\n";
        let edit = Edit::remove(&root(text).items_at(&["l"])[0], "x").unwrap();
        assert_eq!(apply(text, &[&edit]), (text.to_owned(), 0));
    }
}
