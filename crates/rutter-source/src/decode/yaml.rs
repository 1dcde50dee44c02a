//! Lists and streams of objects in YAML.
//!
//! Documents and the items of lists are told apart by their lines, as kubectl writes them, so that a list of thousands
//! of objects is decoded object by object, on all cores, and one bad object costs no more than itself.

use std::{collections::BTreeMap, collections::BTreeSet};

use rayon::prelude::*;
use rutter_cluster::{Kind, Str, Tables};
use serde_json::Value;

mod cut;

use super::{Decoder, ListSeen, item, layout::Place, logs};
use crate::files::Document;

pub(super) fn read(decoder: &mut Decoder, document: &Document<'_>, place: &Place, start: usize) {
    let (before, bytes) = document.bytes.split_at(start);
    let lines_before = memchr::memchr_iter(b'\n', before).count();
    let text = String::from_utf8_lossy(bytes);
    let text = without_logs(&text, decoder);
    let parts = documents(&text);
    let count = parts.len();
    for (n, (line, part)) in parts.into_iter().enumerate() {
        let (line, is_stream) = (lines_before + line, count > 1);
        // What another document follows was written to its end.
        let is_last = n + 1 == count;
        if let Some(json) = as_json(part) {
            super::json::read(decoder, &Document { bytes: json.as_bytes(), ..*document }, place, 0);
        } else if let Some(mut list) = split_list(part) {
            if let Some(last) = list.cut_at(part) {
                let (origin, line) = (document.origin, line + last);
                decoder.problem(format!(
                    "{origin}, line {line}: the text ends inside a list; what stands before was used"
                ));
                if is_stream {
                    decoder.cut(origin);
                }
            }
            read_list(decoder, document, place, line, &list);
        } else {
            read_single(decoder, document, place, &Single { line, text: part, is_last, is_stream });
        }
    }
}

/// The first document with anything in it, and the number of lines before it.
pub(super) fn first(text: &str) -> Option<(usize, &str)> {
    with_content(text).next()
}

/// The same, unless there are others.
pub(super) fn only(text: &str) -> Option<(usize, &str)> {
    let mut all = with_content(text);
    all.next().filter(|_| all.next().is_none())
}

fn with_content(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let has_content =
        |part: &str| part.lines().any(|line| !line.trim().is_empty() && !line.trim().starts_with('#'));
    documents(text)
        .into_iter()
        .filter(move |(_, part)| has_content(part))
        .map(|(line, part)| (line.saturating_sub(1), part))
}

/// An object that is a document of its own.
struct Single<'t> {
    line: usize,
    text: &'t str,
    is_last: bool,
    is_stream: bool,
}

/// The document, if it is JSON, as YAML may be.
fn as_json(part: &str) -> Option<&str> {
    let mut rest = part.trim_start();
    while rest.starts_with('#') {
        rest = rest.split_once('\n')?.1.trim_start();
    }
    let is_json = || serde_json::from_str::<serde::de::IgnoredAny>(rest).is_ok();
    (rest.starts_with(['{', '[']) && is_json()).then_some(rest)
}

/// Takes the blocks of container logs out of the stream of `cluster-info dump -o yaml`.
fn without_logs<'t>(text: &'t str, decoder: &mut Decoder) -> std::borrow::Cow<'t, str> {
    let start = std::str::from_utf8(logs::START).unwrap_or_default();
    if !text.contains(start) {
        return text.into();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(found) = text[rest..].find(start) {
        let at = rest + found;
        kept.push_str(&text[rest..at]);
        kept.push_str("\n---\n");
        let Some(next) = logs::read_block(text.as_bytes(), at, &mut decoder.logs) else { break };
        rest = text.ceil_char_boundary(next);
    }
    kept.push_str(&text[rest..]);
    kept.into()
}

/// The documents of a stream, each with the line it starts at.
fn documents(text: &str) -> Vec<(usize, &str)> {
    let mut all = Vec::new();
    let (mut start, mut first_line, mut at) = (0, 1, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let ends = line
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if ends {
            all.push((first_line, &text[start..at]));
            start = at + 3;
            first_line = number + 1;
        }
        at += line.len();
    }
    all.push((first_line, &text[start..]));
    all.retain(|(_, part)| {
        part.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
    });
    all
}

/// A list whose items were told apart by their lines.
struct List<'t> {
    /// Top-level scalars before and after the items.
    head: BTreeMap<&'t str, &'t str>,
    /// Each item with its first line, counted from the list's.
    items: Vec<(usize, &'t str)>,
    indent: usize,
    continued: bool,
    /// Whether the items stand at the end.
    ends_in_items: bool,
    is_cut: bool,
}

impl List<'_> {
    /// The line in which the text ends before the list does, if so; the object in which it ends is dropped.
    fn cut_at(&mut self, text: &str) -> Option<usize> {
        let is_cut_in_item =
            self.ends_in_items && (self.has_no_end() || cut::is_unfinished(&self.last(), text));
        self.is_cut = is_cut_in_item || self.is_cut_after_items(text);
        if !self.is_cut {
            return None;
        }
        if is_cut_in_item {
            self.items.pop();
        }
        Some(text.lines().count().saturating_sub(1))
    }

    /// kubectl writes `apiVersion`, `items`, `kind`, `metadata`, so without a kind the end is missing.
    fn has_no_end(&self) -> bool {
        self.head.contains_key("apiVersion") && !self.head.contains_key("kind")
    }

    /// Whether the text ends in the word `kind` or in its value; the objects before are whole.
    fn is_cut_after_items(&self, text: &str) -> bool {
        self.has_no_end() && !self.ends_in_items && !text.ends_with('\n')
    }

    /// The last object, as a document of its own.
    fn last(&self) -> String {
        self.items.last().map_or_else(String::new, |(_, item)| undash(item, self.indent))
    }
}

fn split_list(text: &str) -> Option<List<'_>> {
    let mut list = List {
        head: BTreeMap::new(),
        items: Vec::new(),
        indent: 0,
        continued: false,
        ends_in_items: false,
        is_cut: false,
    };
    let (mut in_items, mut seen) = (false, false);
    let mut current: Option<(usize, usize)> = None;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let body = line.trim_end();
        let indent = body.len() - body.trim_start().len();
        let is_dash = body.trim_start().starts_with("- ") || body.trim_start() == "-";
        if in_items && is_dash && (current.is_none() || indent == list.indent) && !body.is_empty() {
            list.items.extend(current.take().map(|(line, start)| (line, &text[start..at])));
            list.indent = indent;
            current = Some((number, at));
        } else if !body.is_empty() && indent == 0 && !body.starts_with(['#', '-', ' ']) {
            list.items.extend(current.take().map(|(line, start)| (line, &text[start..at])));
            let (key, value) = body.split_once(':').unwrap_or((body, ""));
            let value = value.trim().trim_matches(['"', '\'']);
            in_items = matches!(key, "items" | "Items") && matches!(value, "" | "[]" | "null");
            seen |= in_items;
            list.head.insert(key, value);
        } else if !in_items && body.trim_start().starts_with("continue:") {
            list.continued = !body
                .trim_start()
                .trim_start_matches("continue:")
                .trim()
                .trim_matches(['"', '\''])
                .is_empty();
        }
        at += line.len();
    }
    list.items.extend(current.map(|(line, start)| (line, &text[start..])));
    list.ends_in_items = in_items;
    if seen && cut::is_inside_kind(text) {
        list.head.remove("kind");
    }
    (seen && list.head.get("kind").is_none_or(|kind| kind.ends_with("List"))).then_some(list)
}

/// An item's text without its dash, as a document of its own.
fn undash(item: &str, indent: usize) -> String {
    let mut text = String::with_capacity(item.len());
    text.push_str(&" ".repeat(indent + 1));
    text.push_str(item.get(indent + 1..).unwrap_or_default());
    text
}

/// What came of one item.
type Outcome = Result<item::Decoded, String>;

fn decode_text(text: &str, hint: Option<Kind>, tables: &mut Tables) -> Outcome {
    let value: Value = serde_saphyr::from_str(text).map_err(|error| item::reason(&error))?;
    item::decode_value(value, hint, tables)
}

fn read_list(
    decoder: &mut Decoder,
    document: &Document<'_>,
    place: &Place,
    first_line: usize,
    list: &List<'_>,
) {
    let kind = list.head.get("kind").and_then(|kind| kind.strip_suffix("List"));
    let own = kind.and_then(|kind| Kind::of(list.head.get("apiVersion").copied().unwrap_or_default(), kind));
    let hint = own.or(place.kind);
    let per_batch = (list.items.len() / (rayon::current_num_threads() * 4)).clamp(1, 500);
    let pools = &decoder.pools;
    let batches: Vec<(Tables, Vec<(usize, Outcome)>)> = list
        .items
        .par_chunks(per_batch)
        .map(|items| {
            let mut tables = Tables::default();
            let decode = |(line, text): &(usize, &str)| {
                (*line, decode_text(&undash(text, list.indent), hint, &mut tables))
            };
            let outcomes = pools.run(|| items.iter().map(decode).collect());
            (tables, outcomes)
        })
        .collect();
    let mut namespaces: BTreeMap<Kind, BTreeSet<Str>> = BTreeMap::new();
    let mut failed = false;
    for (tables, outcomes) in batches {
        let mut position: BTreeMap<Kind, usize> = BTreeMap::new();
        for (line, outcome) in outcomes {
            failed |= outcome.is_err();
            if let Some(kind) = note(decoder, document, first_line + line, outcome) {
                *position.entry(kind).or_default() += 1;
            }
        }
        for kind in position.into_keys() {
            namespaces.entry(kind).or_default().extend(tables.namespaces_of(kind));
        }
        decoder.tables.append(tables);
    }
    if namespaces.is_empty() {
        namespaces.extend(hint.map(|kind| (kind, BTreeSet::new())));
    }
    let origin = document.origin;
    let cut = list.is_cut.then(|| format!("{origin} is cut"));
    let truncated = cut.or_else(|| failed.then(|| format!("{origin} holds objects that could not be read")));
    let truncated =
        truncated.or_else(|| list.continued.then(|| format!("{origin} is one page of a longer list")));
    decoder.lists.extend(namespaces.into_iter().map(|(kind, namespaces)| ListSeen {
        folder: place.folder.clone(),
        kind,
        namespaces,
        namespace: place.namespace.clone(),
        typed: own.is_some(),
        truncated: truncated.clone(),
    }));
}

/// Notes what came of an item; its kind if it was kept.
fn note(decoder: &mut Decoder, document: &Document<'_>, line: usize, outcome: Outcome) -> Option<Kind> {
    let origin = document.origin;
    match outcome {
        Ok(item::Decoded::Kept(kind)) => return Some(kind),
        Ok(item::Decoded::Foreign) => {}
        Ok(item::Decoded::Nameless(kind)) => {
            decoder.problem(format!("{origin}, line {line}: a {kind} without a name was left out"));
        }
        Err(why) => decoder
            .problem(format!("{origin}, line {line}: an object could not be read and was left out: {why}")),
    }
    None
}

fn read_single(decoder: &mut Decoder, document: &Document<'_>, place: &Place, single: &Single<'_>) {
    let (origin, line, text) = (document.origin, single.line, single.text);
    let parsed = serde_saphyr::from_str::<Value>(text);
    // Files without an extension, or text files, are anything; only what looks like an object is worth a word.
    if parsed.is_err() && !text.contains("apiVersion:") && !text.contains("kind:") {
        return;
    }
    if single.is_last && cut::is_cut(parsed.as_ref().ok(), text) {
        decoder.lost_single(place, origin);
        let line = line + text.lines().count().saturating_sub(1);
        decoder.problem(format!(
            "{origin}, line {line}: the text ends inside an object, which was left out; what stands before was used"
        ));
        if single.is_stream {
            decoder.cut(origin);
        }
        return;
    }
    let value = match parsed {
        Ok(value) => value,
        Err(error) => {
            let first = item::reason(&error);
            decoder.lost_single(place, origin);
            decoder.problem(format!("{origin}, document at line {line}: not YAML that can be read: {first}"));
            return;
        }
    };
    if !value.is_object() {
        return;
    }
    decoder.read_other(&value, document);
    let hint = place.kind.filter(|_| place.one_file_each);
    let Decoder { tables, pools, .. } = &mut *decoder;
    let outcome = pools.run(|| item::decode_value(value, hint, tables));
    if matches!(outcome, Err(_) | Ok(item::Decoded::Nameless(_))) {
        decoder.lost_single(place, origin);
    }
    if let Some(kind) = note(decoder, document, line, outcome) {
        decoder.single(kind, place);
    }
}
