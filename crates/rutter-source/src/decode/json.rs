//! Lists and streams of objects in JSON.
//!
//! One thread finds where the items of a list end, all cores decode them.

use std::{collections::BTreeMap, collections::BTreeSet, ops::Range, sync::Mutex};

use rutter_cluster::{Kind, Pools, State, Str, Tables};

use super::{
    Decoder, ListSeen, item,
    layout::Place,
    logs,
    scan::{self, Broken, Elements},
};
use crate::files::Document;

/// Lists shorter than this are decoded where they are found; threads would cost more than they bring.
const WORTH_SHARING: usize = 512 << 10;

/// How much text a thread decodes at a time: enough for equal strings to meet, little enough to share out evenly.
const BATCH: usize = 2 << 20;

/// Reads a stream of JSON values, with blocks of container logs between them, as `kubectl cluster-info dump` prints it.
pub(super) fn read(decoder: &mut Decoder, document: &Document<'_>, place: &Place, start: usize) {
    let text = document.bytes;
    let mut at = scan::skip_space(text, start);
    let first = at;
    while at < text.len() {
        let mut reader = Reader { decoder, document, place, head: Head::default() };
        let next = match text[at] {
            b'{' => reader.object(at),
            b'[' => reader.array(at),
            b'=' => logs::read_block(text, at, &mut reader.decoder.logs)
                .ok_or(Broken { at, why: "no log block starts like this" }),
            // Separators: YAML's between JSON documents, commas where somebody joined objects by hand.
            b'-' if text[at..].starts_with(b"---") => Ok(at + 3),
            b',' => Ok(at + 1),
            _ => Err(Broken { at, why: "no JSON value starts like this" }),
        };
        match next {
            Ok(next) => at = scan::skip_space(text, next),
            Err(broken) => return reader.broken(broken, at == first),
        }
    }
}

/// What an object says of itself, as far as it has been read.
#[derive(Default)]
struct Head {
    api_version: String,
    kind: String,
    list: item::ListMeta,
    has_items: bool,
    /// Its items were decoded as they came.
    is_kept: bool,
}

impl Head {
    /// The kind of the items, from the list's own (`PodList`).
    fn item_kind(&self) -> Option<Kind> {
        Kind::of(&self.api_version, self.kind.strip_suffix("List")?)
    }
}

struct Reader<'r, 'd> {
    decoder: &'r mut Decoder,
    document: &'r Document<'d>,
    place: &'r Place,
    head: Head,
}

/// Items of one list, decoded.
#[derive(Default)]
struct Items {
    tables: Tables,
    namespaces: BTreeMap<Kind, BTreeSet<Str>>,
    failed: Vec<(usize, String)>,
    nameless: usize,
    /// An element did not end where its indentation said.
    misread: bool,
}

impl Items {
    /// Decodes a batch, most likely all of one kind.
    fn of(text: &[u8], batch: Vec<Range<usize>>, hint: Option<Kind>) -> Self {
        let mut items = Self::default();
        let mut rest = batch.into_iter();
        if let Some(first) = rest.next() {
            items.decode(text, first, hint);
            if let Some(kind) = items.namespaces.keys().next() {
                items.tables.reserve_for(*kind, rest.len());
            }
        }
        rest.for_each(|range| items.decode(text, range, hint));
        items
    }

    fn decode(&mut self, text: &[u8], range: Range<usize>, hint: Option<Kind>) {
        let start = range.start;
        let element = &text[range.clone()];
        match item::decode(&text[range], hint, &mut self.tables) {
            Ok(item::Decoded::Kept(kind)) => {
                if let Some(meta) = self.tables.last_meta(kind) {
                    Decoder::saw(&mut self.namespaces, kind, meta);
                }
            }
            Ok(item::Decoded::Nameless(_)) => self.nameless += 1,
            Ok(item::Decoded::Foreign) => self.misread |= !item::is_one_value(element),
            Err(why) => {
                self.misread |= !item::is_one_value(element);
                self.failed.push((start, why));
            }
        }
    }

    fn append(&mut self, other: Items) {
        self.tables.append(other.tables);
        for (kind, namespaces) in other.namespaces {
            self.namespaces.entry(kind).or_default().extend(namespaces);
        }
        self.failed.extend(other.failed);
        self.nameless += other.nameless;
        self.misread |= other.misread;
    }
}

impl Reader<'_, '_> {
    /// Reads the object at `at`, a list or a single one; returns where it ends.
    fn object(&mut self, start: usize) -> Result<usize, Broken> {
        let text = self.document.bytes;
        let mut at = scan::skip_space(text, start + 1);
        let mut waiting = None;
        while text.get(at) == Some(&b'"') {
            let key_end = scan::string_end(text, at)?;
            let key = &text[at + 1..key_end - 1];
            let colon = scan::skip_space(text, key_end);
            if text.get(colon) != Some(&b':') {
                return Err(Broken { at: colon, why: "a colon is missing" });
            }
            let value = scan::skip_space(text, colon + 1);
            let end = match (key, text.get(value)) {
                (b"items" | b"Items", Some(b'[')) => self.items_or_wait(value, &mut waiting)?,
                _ => scan::value_end(text, value)?,
            };
            self.note_field(key, &text[value..end]);
            at = scan::skip_space(text, end);
            if text.get(at) == Some(&b',') {
                at = scan::skip_space(text, at + 1);
            }
        }
        if text.get(at) != Some(&b'}') {
            let why = if at >= text.len() {
                "the text ends inside an object"
            } else {
                "a quote or a brace is missing"
            };
            return Err(Broken { at, why });
        }
        match waiting {
            Some(items) => drop(self.list(items)?),
            None if self.head.is_kept => {}
            // Go writes an empty list's items as null.
            None if self.head.has_items => self.keep(Items::default(), self.hint(), Ok(())),
            None => self.single(start..at + 1),
        }
        Ok(at + 1)
    }

    /// Reads items at once if it is known what they are. In a list of its own kind (`PodList`) with sorted keys they come
    /// before the kind: then they wait until the list has been read to its end.
    fn items_or_wait(&mut self, at: usize, waiting: &mut Option<usize>) -> Result<usize, Broken> {
        let text = self.document.bytes;
        self.head.has_items = true;
        let first = scan::skip_space(text, at + 1);
        let rest = text.get(scan::skip_space(text, first + 1)..).unwrap_or_default();
        let says_kind = rest.starts_with(b"\"apiVersion\"") || rest.starts_with(b"\"kind\"");
        let known = says_kind || !self.head.kind.is_empty() || text.get(first) == Some(&b']');
        if known && text.get(first) != Some(&b']') {
            return self.list(at);
        }
        *waiting = Some(at);
        scan::value_end(text, at)
    }

    fn note_field(&mut self, key: &[u8], value: &[u8]) {
        match key {
            b"apiVersion" => self.head.api_version = serde_json::from_slice(value).unwrap_or_default(),
            b"kind" => self.head.kind = serde_json::from_slice(value).unwrap_or_default(),
            b"items" | b"Items" => self.head.has_items = true,
            b"metadata" if self.head.has_items || self.head.kind.ends_with("List") => {
                self.head.list = serde_json::from_slice(value).unwrap_or_default();
            }
            _ => {}
        }
    }

    /// A bare list of objects, as old support bundles hold.
    fn array(&mut self, at: usize) -> Result<usize, Broken> {
        let Some(kind) = self.place.refused else { return self.list(at) };
        let end = scan::value_end(self.document.bytes, at)?;
        let all: Vec<String> = serde_json::from_slice(&self.document.bytes[at..end]).unwrap_or_default();
        if let Some(why) = all.first() {
            self.decoder.refused(kind, why);
        }
        Ok(end)
    }

    /// Decodes the items of the list at `at`; returns where it ends.
    fn list(&mut self, at: usize) -> Result<usize, Broken> {
        let text = self.document.bytes;
        let hint = self.hint();
        self.head.is_kept = true;
        let mut elements = Elements::new(text, at);
        let (mut items, mut ended) = decode_all(text, &mut elements, hint, &self.decoder.pools);
        if items.misread {
            drop(items);
            elements = Elements::exact(text, at);
            (items, ended) = decode_all(text, &mut elements, hint, &self.decoder.pools);
        }
        self.keep(items, hint, ended);
        ended.map(|()| elements.position() + 1)
    }

    /// The kind of the items, where they don't say it themselves.
    fn hint(&self) -> Option<Kind> {
        self.head.item_kind().or(self.place.kind)
    }

    fn keep(&mut self, items: Items, hint: Option<Kind>, ended: Result<(), Broken>) {
        let origin = self.document.origin;
        for (at, why) in &items.failed {
            let (line, column) = scan::line_and_column(self.document.bytes, *at);
            self.decoder.problem(format!(
                "{origin}, line {line}, column {column}: an object could not be read and was left out: {why}"
            ));
        }
        if items.nameless > 0 {
            self.decoder
                .problem(format!("{origin}: objects without a name were left out: {}", items.nameless));
        }
        let cut = ended.is_err().then(|| format!("{origin} is cut"));
        let failed =
            (!items.failed.is_empty()).then(|| format!("{origin} holds objects that could not be read"));
        let continued = self.head.list.remaining_item_count.map_or_else(
            || {
                (!self.head.list.continued.is_empty())
                    .then(|| format!("{origin} is one page of a longer list"))
            },
            |more| Some(format!("{origin} is one page of a list: {more} more objects were not read")),
        );
        let truncated = cut.or(failed).or(continued);
        let mut seen = items.namespaces;
        // An empty list shows that there is nothing, if it is known of what.
        seen.extend(
            hint.filter(|hint| seen.is_empty() || seen.contains_key(hint))
                .filter(|_| seen.is_empty())
                .map(|hint| (hint, BTreeSet::new())),
        );
        for (kind, namespaces) in seen {
            self.decoder.lists.push(ListSeen {
                folder: self.place.folder.clone(),
                kind,
                namespaces,
                namespace: self.place.namespace.clone(),
                typed: self.head.item_kind().is_some(),
                truncated: truncated.clone(),
            });
        }
        self.decoder.tables.append(items.tables);
    }

    fn single(&mut self, range: Range<usize>) {
        let text = &self.document.bytes[range.clone()];
        let empty_list = self.head.kind.ends_with("List") || self.head.kind == "List";
        if empty_list {
            return self.keep(Items::default(), self.head.item_kind(), Ok(()));
        }
        // Without a kind of its own only a place that is known to hold whole objects can say what it is.
        let hint = self.place.kind.filter(|_| self.place.one_file_each);
        match item::decode(text, hint, &mut self.decoder.tables) {
            Ok(item::Decoded::Kept(kind)) => self.decoder.single(kind, self.place),
            Ok(item::Decoded::Nameless(kind)) => {
                self.decoder.lost_single(self.place, self.document.origin);
                self.decoder
                    .problem(format!("{}: a {kind} without a name was left out", self.document.origin));
            }
            Ok(item::Decoded::Foreign) => {
                if let Ok(value) = serde_json::from_slice(text) {
                    self.decoder.read_other(&value, self.document);
                }
            }
            Err(why) => {
                let (line, column) = scan::line_and_column(self.document.bytes, range.start);
                let origin = self.document.origin;
                self.decoder.lost_single(self.place, origin);
                self.decoder.problem(format!("{origin}, line {line}, column {column}: an object could not be read and was left out: {why}"));
            }
        }
    }

    fn broken(self, broken: Broken, is_first: bool) {
        let (line, column) = scan::line_and_column(self.document.bytes, broken.at);
        let origin = self.document.origin;
        self.decoder.problem(format!(
            "{origin}, line {line}, column {column}: {}; what stands before was used",
            broken.why
        ));
        if !is_first {
            return self.decoder.cut(origin);
        }
        // A list that broke has been noted as cut.
        if let Some(kind) = self.hint().filter(|_| !self.head.is_kept) {
            self.decoder.incomplete.push((kind, State::Partial, format!("{origin} is cut")));
        }
    }
}

pub(super) fn each(elements: &mut Elements<'_>, mut visit: impl FnMut(Range<usize>)) -> Result<(), Broken> {
    while let Some(range) = elements.next()? {
        visit(range);
    }
    Ok(())
}

/// Decodes all elements, and says how the list ended.
fn decode_all(
    text: &[u8],
    elements: &mut Elements<'_>,
    hint: Option<Kind>,
    pools: &Pools,
) -> (Items, Result<(), Broken>) {
    if text.len() - elements.position() >= WORTH_SHARING {
        return decode_shared(text, elements, hint, pools);
    }
    let mut items = Items::default();
    let ended = pools.run(|| each(elements, |range| items.decode(text, range, hint)));
    (items, ended)
}

/// Scans on this thread, decodes on all.
fn decode_shared(
    text: &[u8],
    elements: &mut Elements<'_>,
    hint: Option<Kind>,
    pools: &Pools,
) -> (Items, Result<(), Broken>) {
    let mut items = Items::default();
    let mut ended = Ok(());
    let done: Mutex<Vec<(usize, Items)>> = Mutex::new(Vec::new());
    rayon::scope(|scope| {
        let done = &done;
        let mut batch = Vec::new();
        let mut bytes = 0;
        let share = |number: usize, batch: Vec<Range<usize>>| {
            scope.spawn(move |_| {
                let items = pools.run(|| Items::of(text, batch, hint));
                if let Ok(mut done) = done.lock() {
                    done.push((number, items));
                }
            });
        };
        let mut number = 0;
        ended = each(elements, |range| {
            bytes += range.len();
            batch.push(range);
            if bytes >= BATCH {
                share(number, std::mem::take(&mut batch));
                (number, bytes) = (number + 1, 0);
            }
        });
        share(number, batch);
    });
    let mut done = done.into_inner().unwrap_or_default();
    // The order in which they were read decides between copies of one object.
    done.sort_by_key(|(number, _)| *number);
    items.tables.reserve(done.iter().map(|(_, batch)| &batch.tables));
    for (_, batch) in done {
        items.append(batch);
    }
    (items, ended)
}
