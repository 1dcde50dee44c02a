//! What stands where objects should, because of how the file was made.

use serde_json::Value;

use super::scan;

/// Where the objects begin: after white space, and after the warnings and log lines that kubectl prints before them.
pub(super) fn skip_chatter(text: &[u8]) -> usize {
    let mut at = scan::skip_space(text, 0);
    while is_chatter(&text[at..]) {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |found| at + found);
        at = scan::skip_space(text, end);
    }
    at
}

/// `Warning: …`, or a line of klog: `W1125 10:00:00.000000   42 reflector.go:1] …`.
fn is_chatter(line: &[u8]) -> bool {
    let klog = || {
        let [b'I' | b'W' | b'E' | b'F', day @ ..] = line else { return false };
        day.get(..5).is_some_and(|day| day[..4].iter().all(u8::is_ascii_digit) && day[4] == b' ')
    };
    line.starts_with(b"Warning: ") || klog()
}

const ERRORS: [&str; 6] = [
    "Error from server",
    "error: ",
    "Error: ",
    "The connection to the server",
    "Unable to connect to the server",
    "No resources found",
];

/// What is known not to be objects, in words.
pub(super) fn what(text: &[u8]) -> Option<&'static str> {
    let says = |start: &&str| text.starts_with(start.as_bytes());
    if ERRORS.iter().any(says) {
        return Some("this is an error text of kubectl, not its output: look why the command failed");
    }
    let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut columns = first_line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let starts = matches!(columns.next(), Some(b"NAME" | b"NAMESPACE" | b"LAST"));
    let is_heading = first_line.iter().all(|byte| !byte.is_ascii_lowercase() && *byte != b':');
    (starts && is_heading && columns.next().is_some())
        .then_some("this is a table of kubectl get: run the command again with -o json")
}

/// What the API server answered, if that is what stands there instead of objects.
pub(super) fn status(value: &Value) -> Option<String> {
    let field = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    if field("kind") != "Status" || field("status") != "Failure" {
        return None;
    }
    let code = value.get("code").and_then(Value::as_i64).unwrap_or_default();
    Some(format!(
        "this is an answer of the API server that it refused, not objects: {code} {}",
        field("reason")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chatter_before_objects_is_skipped() {
        let text = b"Warning: v1 Endpoints is deprecated\n\nW1125 10:00:00.000000  42 x.go:1] slow\n{}";
        assert_eq!(&text[skip_chatter(text)..], b"{}");
        assert_eq!(skip_chatter(b"Warning: all"), 12);
        assert_eq!(skip_chatter(b"Warned: 1"), 0);
    }

    #[test]
    fn common_mistakes_are_known() {
        let told = |text: &str| what(text.as_bytes()).unwrap_or_default();
        assert!(told("Error from server (Forbidden): pods is forbidden\n").contains("error text"));
        assert!(told("NAMESPACE   NAME    READY\nshop  web-0  1/1\n").contains("table"));
        assert_eq!((told("NAME: x\n"), told("apiVersion: v1\n")), ("", ""));
    }
}
