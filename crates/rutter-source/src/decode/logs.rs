//! Container logs, in the forms that dumps hold them.

use rutter_cluster::{LogKey, LogTail, Logs};

use super::layout::LogOwner;

/// How `kubectl cluster-info dump` heads a container's log.
pub(super) const START: &[u8] = b"==== START logs for container ";
const END: &[u8] = b"==== END logs for container ";

/// Only the end of a log is kept; no need to look at more of it than this.
const TAIL: usize = 64 << 10;

fn tail(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(TAIL)..])
}

/// Keeps a log; the previous run's says why a container crashed, so it wins over the present one's.
fn keep(logs: &mut Logs, key: LogKey, bytes: &[u8], previous: bool) {
    let log = LogTail::new(&tail(bytes), previous);
    // What kubectl writes when it could not get the log.
    let failed = matches!(log.lines.as_slice(), [only] if only.starts_with("Request log error:"));
    let worse = logs.get(&key).is_some_and(|known| known.previous && !previous);
    if !log.lines.is_empty() && !failed && !worse {
        logs.insert(key, log);
    }
}

/// Reads a document that is nothing but a log, or blocks of them.
pub(super) fn read_file(bytes: &[u8], owner: &LogOwner, logs: &mut Logs) {
    match owner {
        LogOwner::Container { key, previous } => keep(logs, key.clone(), bytes, *previous),
        LogOwner::Blocks => {
            let mut at = 0;
            while let Some(found) = memchr::memmem::find(&bytes[at..], START) {
                match read_block(bytes, at + found, logs) {
                    Some(next) => at = next,
                    None => return,
                }
            }
        }
    }
}

/// Reads the block that starts at `at`; returns where it ends, `None` if it is no block.
pub(super) fn read_block(bytes: &[u8], at: usize, logs: &mut Logs) -> Option<usize> {
    let heading = bytes.get(at..)?.strip_prefix(START)?;
    let line_end = memchr::memchr(b'\n', heading).unwrap_or(heading.len());
    let body = heading.get(line_end + 1..).unwrap_or_default();
    let length = memchr::memmem::find(body, END).unwrap_or(body.len());
    if let Some(key) = heading_key(&String::from_utf8_lossy(&heading[..line_end])) {
        keep(logs, key, &body[..length], false);
    }
    let rest = &body[length..];
    let ending = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    Some(bytes.len() - rest.len() + ending)
}

/// `c of pod default/web-0 ====`.
fn heading_key(heading: &str) -> Option<LogKey> {
    let (container, pod) = heading.trim_end().trim_end_matches('=').trim_end().split_once(" of pod ")?;
    let (namespace, pod) = pod.split_once('/')?;
    Some(LogKey { namespace: namespace.into(), pod: pod.into(), container: container.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_told_apart_and_errors_dropped() {
        let text = b"==== START logs for container c of pod default/web-0 ====\nfirst\nlast line\n\
            ==== END logs for container c of pod default/web-0 ====\n\
            ==== START logs for container d of pod default/web-0 ====\nRequest log error: no\n\
            ==== END logs for container d of pod default/web-0 ====\n";
        let mut logs = Logs::default();
        read_file(text, &LogOwner::Blocks, &mut logs);
        assert_eq!(logs.len(), 1);
        assert_eq!(logs.values().next().unwrap().lines, ["first", "last line"]);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text: Vec<u8>) {
            let mut logs = Logs::default();
            read_file(&[START, &text].concat(), &LogOwner::Blocks, &mut logs);
        }
    }
}
