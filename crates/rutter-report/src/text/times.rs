//! Times as a person reads them.

use rutter_cluster::Time;
use rutter_lessons::words;

/// `2026-11-23 23:32:06Z`.
pub(crate) fn full(time: &str) -> String {
    time.replacen('T', " ", 1)
}

/// The time without its date where that is the snapshot's.
pub(crate) fn short(time: &str, snapshot: Option<&str>) -> String {
    match (time.split_once('T'), snapshot.and_then(|snapshot| snapshot.split_once('T'))) {
        (Some((date, clock)), Some((today, _))) if date == today => clock.to_owned(),
        _ => full(time),
    }
}

/// How long before the snapshot it was; nothing where that is not known.
pub(crate) fn before(time: &str, snapshot: Option<&str>) -> Option<String> {
    let age = snapshot.and_then(Time::parse)?.since(Time::parse(time)?);
    Some(match age {
        0 => "at the snapshot".to_owned(),
        1.. => format!("{} before the snapshot", words::duration(age)),
        _ => format!("{} after the snapshot, a clock is wrong", words::duration(-age)),
    })
}

/// `2026-11-23 23:32:06Z, 20m before the snapshot`.
pub(crate) fn with_age(time: &str, snapshot: Option<&str>) -> String {
    let age = before(time, snapshot).map_or_else(String::new, |age| format!(", {age}"));
    format!("{}{age}", full(time))
}
