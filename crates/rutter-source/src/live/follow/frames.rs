//! Cuts the body of a watch into events, in either encoding.

use std::ops::Range;

use super::super::{Encoding, failure::Failure};
use crate::decode::{protobuf, scan};

/// Far more than what an API server stores as one object.
const LONGEST: usize = 32 << 20;

/// What a watch tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// An object came or changed.
    Put(Vec<u8>),
    /// An object went; this is what it was last.
    Delete(Vec<u8>),
    /// Nothing happened up to the resource version.
    Bookmark,
    /// The watch can't go on from here.
    Error,
}

/// A body that is still coming.
pub(super) struct Frames {
    body: Body,
    /// The only kind of object that may be read, if that matters.
    only: Option<&'static str>,
}

enum Body {
    Protobuf(protobuf::Frames),
    /// One event in each line.
    Json(Vec<u8>),
}

impl Frames {
    pub(super) fn new(encoding: Encoding, only: Option<&'static str>) -> Self {
        let body = match encoding {
            Encoding::Protobuf => Body::Protobuf(protobuf::Frames::default()),
            Encoding::Json => Body::Json(Vec::new()),
        };
        Self { body, only }
    }

    /// Takes what came, and returns the events that are whole, each with its resource version.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<(Event, String)>, Failure> {
        match &mut self.body {
            Body::Protobuf(frames) => {
                frames.push(bytes);
                of_protobuf(frames, self.only)
            }
            Body::Json(rest) => {
                rest.extend_from_slice(bytes);
                of_json(rest, self.only)
            }
        }
    }
}

fn broken(why: impl std::fmt::Display) -> Failure {
    Failure::Cut(format!("the watch is broken: {why}"))
}

/// An event about an object of a kind; where only one may be read, another ends the watch.
fn event(what: &str, object: &[u8], kind: &str, only: Option<&str>) -> Result<Event, Failure> {
    let event = match what {
        "ADDED" | "MODIFIED" | "DELETED" if only.is_some_and(|only| only != kind) => {
            return Err(Failure::Withheld);
        }
        "ADDED" | "MODIFIED" => Event::Put(object.to_vec()),
        "DELETED" => Event::Delete(object.to_vec()),
        "BOOKMARK" => Event::Bookmark,
        _ => Event::Error,
    };
    Ok(event)
}

fn of_protobuf(frames: &mut protobuf::Frames, only: Option<&str>) -> Result<Vec<(Event, String)>, Failure> {
    let mut events = Vec::new();
    while let Some(protobuf::Event { what, object }) = frames.next_event().map_err(broken)? {
        let kind = only.map_or(Ok(""), |_| protobuf::kind(object)).map_err(broken)?;
        let event = event(what, object, kind, only)?;
        let version = match event {
            Event::Error => String::new(),
            _ => protobuf::resource_version(object).map_err(broken)?.to_owned(),
        };
        events.push((event, version));
    }
    Ok(events)
}

fn of_json(rest: &mut Vec<u8>, only: Option<&str>) -> Result<Vec<(Event, String)>, Failure> {
    let mut events = Vec::new();
    let mut done = 0;
    while let Some(length) = memchr::memchr(b'\n', &rest[done..]) {
        let line = &rest[done..done + length];
        done += length + 1;
        if !line.trim_ascii().is_empty() {
            events.push(of_line(line, only).unwrap_or_else(|| Err(broken("a line that is no event")))?);
        }
    }
    rest.drain(..done);
    if rest.len() > LONGEST {
        Err(broken("a line longer than anything that makes sense"))
    } else {
        Ok(events)
    }
}

fn of_line(line: &[u8], only: Option<&str>) -> Option<Result<(Event, String), Failure>> {
    let what = text(line, member(line, "type")?)?;
    let object = &line[member(line, "object")?];
    let metadata = member(object, "metadata").map(|range| &object[range]);
    let version = metadata
        .and_then(|metadata| text(metadata, member(metadata, "resourceVersion")?))
        .unwrap_or_default();
    let kind = member(object, "kind").and_then(|range| text(object, range)).unwrap_or_default();
    Some(event(what, object, kind, only).map(|event| (event, version.to_owned())))
}

/// A string without escapes.
fn text(json: &[u8], range: Range<usize>) -> Option<&str> {
    let inner = json[range].strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    std::str::from_utf8(inner).ok()
}

/// Where the value of a member of a JSON object stands.
fn member(json: &[u8], name: &str) -> Option<Range<usize>> {
    let open = scan::skip_space(json, 0);
    if json.get(open) != Some(&b'{') {
        return None;
    }
    let mut at = scan::skip_space(json, open + 1);
    while json.get(at) == Some(&b'"') {
        let key_end = scan::string_end(json, at).ok()?;
        let value = scan::skip_space(json, scan::skip_space(json, key_end) + 1);
        let end = scan::value_end(json, value).ok()?;
        if json.get(at + 1..key_end - 1) == Some(name.as_bytes()) {
            return Some(value..end);
        }
        at = scan::skip_space(json, scan::skip_space(json, end) + 1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_events_once_they_are_whole() {
        let mut frames = Frames::new(Encoding::Json, None);
        let whole =
            br#"{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a","resourceVersion":"7"}}}
{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}
{"type":"DELETED","object":{"metadata":{"resourceVersion":"10"}}}
{"type":"ERROR","object":{"code":410}}
"#;
        let (first, second) = whole.split_at(100);
        let mut events = frames.push(first).unwrap();
        assert_eq!(events.len(), 1);
        events.extend(frames.push(second).unwrap());
        let versions: Vec<&str> = events.iter().map(|(_, version)| version.as_str()).collect();
        assert_eq!(versions, ["7", "9", "10", ""]);
        assert!(matches!(events[0].0, Event::Put(_)) && matches!(events[2].0, Event::Delete(_)));
        assert_eq!((&events[1].0, &events[3].0), (&Event::Bookmark, &Event::Error));
        assert!(frames.push(b"<html>\n").is_err());
    }
}
