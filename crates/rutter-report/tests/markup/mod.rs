//! Reads HTML as strictly as it is written here: every tag closed, nothing where it may not stand, ids once, links that lead
//! somewhere.
#![allow(clippy::expect_used, unreachable_pub, missing_docs, reason = "it is a part of a test")]

use std::collections::BTreeSet;

/// Elements that hold nothing and are never closed.
const VOID: [&str; 2] = ["meta", "input"];
/// Elements in which only text and marks on text may stand: a browser would close them before anything else.
const TEXT: [&str; 11] = ["p", "span", "a", "bdi", "code", "h1", "h2", "h3", "h4", "label", "strong"];
/// What may stand in them.
const MARKS: [&str; 6] = ["span", "a", "bdi", "code", "strong", "input"];

/// The tags of a page, as they are written.
pub fn tags(page: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = page.strip_prefix("<!doctype html>\n").expect("it begins with its type");
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>') || tags.last().is_some_and(|tag| tag == "<style>"), "{text}");
        let (tag, after) = after.split_once('>').expect("a tag ends");
        tags.push(format!("<{tag}>"));
        rest = after;
    }
    assert!(!rest.contains('>'), "{rest}");
    tags
}

/// How many elements stand in one another, at most.
pub fn depth(page: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in tags(page) {
        match tag.strip_prefix("</") {
            Some(_) => depth -= 1,
            None if !VOID.contains(&name(&tag)) => depth += 1,
            None => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn name(tag: &str) -> &str {
    tag.trim_matches(['<', '>', '/']).split(' ').next().unwrap_or_default()
}

/// Fails with what is wrong with a page.
pub fn check(page: &str) {
    let mut open = Vec::<String>::new();
    let (mut ids, mut links, mut labels) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for tag in tags(page) {
        if let Some(closed) = tag.strip_prefix("</") {
            assert_eq!(open.pop().as_deref(), closed.strip_suffix('>'), "{tag}");
            continue;
        }
        if let Some(parent) = open.last() {
            let may_stand = !TEXT.contains(&parent.as_str()) || MARKS.contains(&name(&tag));
            assert!(may_stand, "{tag} in {parent}");
            let is_item = name(&tag) == "li";
            assert_eq!(is_item, ["ul", "ol"].contains(&parent.as_str()), "{tag} in {parent}");
        }
        for (name, value) in attributes(&tag) {
            match name {
                "id" => assert!(ids.insert(value.to_owned()), "{value} is there twice"),
                "href" => drop(links.insert(value.to_owned())),
                "aria-labelledby" => drop(labels.insert(value.to_owned())),
                _ => {}
            }
        }
        if !VOID.contains(&name(&tag)) {
            open.push(name(&tag).to_owned());
        }
    }
    assert!(open.is_empty(), "not closed: {open:?}");
    for link in links {
        assert!(link.strip_prefix('#').is_some_and(|id| ids.contains(id)), "{link} leads nowhere");
    }
    assert!(labels.is_subset(&ids), "{labels:?}");
}

/// Names and values; every value stands between quotes.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let inner = tag.trim_start_matches('<').trim_end_matches('>');
    let Some((_, mut rest)) = inner.split_once(' ') else { return Vec::new() };
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("a value ends"),
            None => ("", after),
        };
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name:?} in {tag}");
        assert!(!attributes.iter().any(|(other, _)| *other == name), "{name} twice in {tag}");
        attributes.push((name, value));
        rest = after.trim_start();
    }
    attributes
}
