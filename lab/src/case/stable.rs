//! Making two recordings of one scenario alike: what is random or of the machine is replaced by what follows from the order
//! of the objects, and the newest time becomes a fixed one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, Result};
use regex_lite::{Captures, Regex};
use rutter_cluster::Time;
use serde_json::Value;

use super::{Body, Document};

/// The time of every case.
const NOW: &str = "2026-03-02T10:00:00Z";

/// The letters of Kubernetes' random suffixes.
const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

const TIME: &str = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z";

/// Replaces names, ids, addresses and times.
pub(super) fn stabilise(documents: &mut [Document]) -> Result<()> {
    documents.iter_mut().filter_map(Document::items).for_each(|items| items.sort_by_cached_key(age));
    rename(documents)?;
    renew_ids(documents)?;
    for (pattern, to) in [
        // The port that a probe comes from.
        (r":\d{4,5}->", ":50000->"),
        // A token.
        (r"eyJ[A-Za-z0-9_-]{20,}(\.[A-Za-z0-9_-]+)*", "<token>"),
        // How long something took.
        (r"\d+(\.\d+)?(ms|µs)\b", "1ms"),
    ] {
        let pattern = Regex::new(pattern)?;
        replace(documents, &pattern, |_| to.to_owned());
    }
    shift(documents)?;
    documents.iter_mut().filter_map(Document::items).for_each(|items| items.sort_by_cached_key(order));
    name_events(documents);
    documents.iter_mut().filter_map(Document::items).flatten().for_each(forget_machine);
    Ok(())
}

fn text(item: &Value, at: &str) -> String {
    item.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The order in which objects came about, without looking at what is random as long as that tells.
fn age(item: &Value) -> [String; 6] {
    let base = text(item, "/metadata/generateName");
    let name = text(item, "/metadata/name");
    let base = if base.is_empty() { name.clone() } else { base };
    let created = text(item, "/metadata/creationTimestamp");
    [created, base, text(item, "/spec/nodeName"), text(item, "/reason"), text(item, "/status/podIP"), name]
}

/// The order in which they are written. Events have no name of their own.
fn order(item: &Value) -> [String; 5] {
    let about = ["/involvedObject/name", "/regarding/name"].map(|at| text(item, at)).concat();
    if about.is_empty() {
        let [empty, more, last] = [(); 3].map(|()| String::new());
        return [text(item, "/metadata/namespace"), text(item, "/metadata/name"), empty, more, last];
    }
    let said = ["/message", "/note"].map(|at| text(item, at)).concat();
    [
        text(item, "/metadata/namespace"),
        about,
        text(item, "/metadata/creationTimestamp"),
        text(item, "/reason"),
        said,
    ]
}

/// Replaces the random ends of names, also of objects that are only spoken of.
fn rename(documents: &mut [Document]) -> Result<()> {
    let bases: BTreeSet<String> = documents
        .iter_mut()
        .filter_map(Document::items)
        .flatten()
        .map(|item| text(item, "/metadata/generateName"))
        .filter(|base| !base.is_empty())
        .collect();
    let letters = String::from_utf8_lossy(LETTERS);
    // The longest first: `web-` is the start of `web-68dccb7d76-` too.
    for base in bases.iter().rev() {
        let pattern = Regex::new(&format!(r"\b{}([{letters}]{{5}})\b", regex_lite::escape(base)))?;
        let mut known = BTreeMap::new();
        replace(documents, &pattern, |found| {
            let number = known.len();
            let end = known.entry(found[1].to_owned()).or_insert_with(|| ending(base, number));
            format!("{base}{end}")
        });
    }
    Ok(())
}

/// Five letters that look as if Kubernetes had made them up.
fn ending(base: &str, number: usize) -> String {
    let number = number.to_string();
    let seed = base.bytes().chain(number.bytes());
    let mut hash = seed.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (0..5)
        .map(|_| {
            hash = hash.rotate_left(11).wrapping_mul(0x0100_0000_01b3);
            char::from(LETTERS[usize::try_from(hash % 27).unwrap_or_default()])
        })
        .collect()
}

/// Uids, ids of containers, images and machines, and addresses of pods and Services, in the order in which they occur.
fn renew_ids(documents: &mut [Document]) -> Result<()> {
    type Make = fn(&str, usize) -> String;
    let kinds: [(&str, Make); 5] = [
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", |_, number| {
            format!("00000000-0000-4000-8000-{number:012x}")
        }),
        (r"\b[0-9a-f]{64}\b", |_, number| format!("{number:064x}")),
        (r"\b[0-9a-f]{32}\b", |_, number| format!("{number:032x}")),
        // Those of the pods' network; .1 is the node itself.
        (r"\b10\.244\.\d+\.(?:[2-9]|\d\d+)\b", |address, number| {
            let network = address.rsplit_once('.').map_or(address, |(network, _)| network);
            format!("{network}.{}", number + 1)
        }),
        // Those of Services.
        (r"\b10\.(?:9[6-9]|10\d|11[01])\.\d+\.\d+\b", |_, number| format!("10.96.0.{}", number + 10)),
    ];
    for (pattern, make) in kinds {
        let pattern = Regex::new(pattern)?;
        let mut known = BTreeMap::<String, String>::new();
        replace(documents, &pattern, |found| {
            let number = known.len() + 1;
            known.entry(found[0].to_owned()).or_insert_with(|| make(&found[0], number)).clone()
        });
    }
    Ok(())
}

/// Moves all times so that the newest becomes [`NOW`].
fn shift(documents: &mut [Document]) -> Result<()> {
    let pattern = Regex::new(TIME)?;
    let now = Time::parse(NOW).context("the time of all cases")?;
    let mut newest = Time::EPOCH;
    for item in documents.iter_mut().filter_map(Document::items).flatten() {
        // The end of a deletion's grace period is ahead.
        let ahead = text(item, "/metadata/deletionTimestamp");
        each_text(item, &mut |text| {
            let times = pattern.find_iter(text).filter(|found| found.as_str() != ahead);
            newest = times.filter_map(|found| Time::parse(found.as_str())).fold(newest, Ord::max);
        });
    }
    let by = now.since(newest);
    replace(documents, &pattern, |found| {
        let Some(time) = Time::parse(&found[0]) else { return found[0].to_owned() };
        let moved = time.plus(by).to_string();
        // Microseconds are not kept, but that they are written.
        let fraction = found.get(1).map_or(0, |fraction| fraction.as_str().len().saturating_sub(1));
        if fraction == 0 {
            return moved;
        }
        format!("{}.{}Z", moved.trim_end_matches('Z'), "0".repeat(fraction))
    });
    Ok(())
}

/// An event is named for what it is about and the time to the nanosecond.
fn name_events(documents: &mut [Document]) {
    let events = documents.iter_mut().filter_map(Document::items).flatten();
    let events = events.filter(|item| item["involvedObject"].is_object() || item["regarding"].is_object());
    for (number, event) in events.enumerate() {
        let about = ["/involvedObject/name", "/regarding/name"].map(|at| text(event, at)).concat();
        event["metadata"]["name"] = Value::String(format!("{about}.{:016x}", number + 1));
        let uid = format!("00000000-0000-4000-9000-{:012x}", number + 1);
        event["metadata"]["uid"] = Value::String(uid);
    }
}

/// What a node tells of the machine under the lab.
fn forget_machine(item: &mut Value) {
    let info = item.pointer_mut("/status/nodeInfo").and_then(Value::as_object_mut);
    let Some(info) = info else { return };
    info.insert("kernelVersion".to_owned(), "6.1.0".into());
    info.insert("osImage".to_owned(), "Debian GNU/Linux 12 (bookworm)".into());
}

/// Replaces what a pattern finds: in all texts, and in the files' names.
fn replace(documents: &mut [Document], pattern: &Regex, mut make: impl FnMut(&Captures<'_>) -> String) {
    for document in documents {
        let path = document.path.to_string_lossy().into_owned();
        match &mut document.body {
            Body::List(list) => each_text(list, &mut |text| {
                if pattern.is_match(text) {
                    *text = pattern.replace_all(text, &mut make).into_owned();
                }
            }),
            Body::Log(text) => *text = pattern.replace_all(text, &mut make).into_owned(),
        }
        document.path = PathBuf::from(pattern.replace_all(&path, &mut make).into_owned());
    }
}

fn each_text(value: &mut Value, f: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => f(text),
        Value::Array(all) => all.iter_mut().for_each(|one| each_text(one, f)),
        Value::Object(all) => all.values_mut().for_each(|one| each_text(one, f)),
        _ => {}
    }
}
