//! Finding one's way in a text: the few string functions that the families of messages share.

/// What follows the first `mark`.
pub(super) fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

/// What follows the first of these marks that occurs, tried in their order.
pub(super) fn after_any<'a>(text: &'a str, marks: &[&str]) -> Option<&'a str> {
    marks.iter().find_map(|mark| after(text, mark))
}

/// What stands between the first `open` and the next `close`.
pub(super) fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    after(text, open)?.split_once(close).map(|(value, _)| value)
}

/// The text up to the first `stop`, or all of it.
pub(super) fn until<'a>(text: &'a str, stop: &str) -> &'a str {
    text.split_once(stop).map_or(text, |(head, _)| head)
}

/// The first word: up to white space, a comma or a semicolon, without a full stop at its end.
pub(super) fn word(text: &str) -> &str {
    let end = |c: char| c.is_whitespace() || c == ',' || c == ';';
    text.trim_start().split(end).next().unwrap_or_default().trim_end_matches('.')
}

/// Whether any of these occurs.
pub(super) fn has(text: &str, marks: &[&str]) -> bool {
    marks.iter().any(|mark| text.contains(mark))
}

/// The sentence at the start: up to ". ", without the full stop at its end.
pub(super) fn sentence(text: &str) -> &str {
    until(text, ". ").trim().trim_end_matches('.')
}

/// `Some` unless the text is empty.
pub(super) fn non_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// The first quoted value, whatever the depth of escaping: `"x"`, `\"x\"`, `\\\"x\\\"`.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let (before, rest) = text.split_once('"')?;
    let depth = backslashes(before);
    let mut seen = 0;
    for piece in rest.split_inclusive('"') {
        let Some(inner) = piece.strip_suffix('"') else { break };
        let escapes = backslashes(inner);
        if escapes <= depth {
            return rest.get(..seen + inner.len() - escapes);
        }
        seen += piece.len();
    }
    None
}

/// How many backslashes stand at the end.
fn backslashes(text: &str) -> usize {
    text.bytes().rev().take_while(|b| *b == b'\\').count()
}

/// The number at the start of a text.
pub(super) fn number(text: &str) -> Option<u64> {
    let text = text.trim_start();
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..end)?.parse().ok()
}

/// `host:port` apart; a host in brackets is an IPv6 address and loses them.
pub(super) fn host_port(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    Some((host, port))
}

/// The address of Go's `dial tcp 10.0.0.1:8080: …`.
pub(super) fn dialled(text: &str) -> Option<(&str, u16)> {
    let rest = after(text, "dial tcp ")?;
    host_port(word(until(rest, ": ")).trim_end_matches(':'))
}

/// The name that Go failed to look up: `dial tcp: lookup NAME on 10.0.0.10:53: …`.
pub(super) fn looked_up(text: &str) -> Option<&str> {
    non_empty(word(after(text, "lookup ")?).trim_end_matches(':'))
}

/// The host, and the port if there is one, of the first URL in the text, whatever follows it.
pub(super) fn url_host(text: &str) -> Option<&str> {
    let rest = after(text, "://")?;
    let end = |c: char| matches!(c, '/' | '"' | '\\' | '\'' | '?' | '#') || c.is_whitespace();
    non_empty(rest.split(end).next()?.trim_end_matches([':', ',', '.']))
}

/// The socket's path of Go's `dial unix /run/containerd/containerd.sock: …` and of `unix:///run/…`.
pub(super) fn socket(text: &str) -> Option<&str> {
    let rest = after_any(text, &["dial unix ", "unix://"])?;
    let end = |c: char| c.is_whitespace() || matches!(c, '"' | '\\' | ':' | ',');
    non_empty(rest.split(end).next()?.trim_end_matches('.'))
}

/// The text of an event without the prefix that client-go's event aggregator puts before the newest of many alike
/// (seen in 1.12–1.37; `tools/record/events_cache.go`).
pub fn strip_combined(message: &str) -> &str {
    let message = message.trim();
    message.strip_prefix("(combined from similar events): ").map_or(message, str::trim_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_at_every_depth() {
        assert_eq!(quoted(r#"exec: "wge": not found"#), Some("wge"));
        assert_eq!(quoted(r#"caused \"exec: \\\"wge\\\"\""#), Some(r#"exec: \\\"wge\\\""#));
        assert_eq!(quoted(r#"\\\"wge\\\": no"#), Some("wge"));
        assert_eq!(quoted(r#"no end "wge"#), None);
        assert_eq!(quoted(r#""""#), Some(""));
        assert_eq!(quoted(""), None);
    }

    #[test]
    fn addresses() {
        assert_eq!(
            dialled("dial tcp 10.0.0.1:8080: getsockopt: connection refused"),
            Some(("10.0.0.1", 8080))
        );
        assert_eq!(dialled("dial tcp [fd00::1]:80: connect: connection refused"), Some(("fd00::1", 80)));
        assert_eq!(dialled("dial tcp: lookup x on 10.0.0.10:53: no such host"), None);
        assert_eq!(looked_up("dial tcp: lookup quay.io: no such host"), Some("quay.io"));
        assert_eq!(url_host(r#"Get "https://noimage.com/v2/": x509"#), Some("noimage.com"));
        assert_eq!(url_host("Get http://10.0.0.1:80: net/http"), Some("10.0.0.1:80"));
        assert_eq!(socket("dial unix /run/x.sock: connect: no such file"), Some("/run/x.sock"));
    }

    #[test]
    fn combined_events_lose_their_prefix() {
        assert_eq!(strip_combined("(combined from similar events): Failed"), "Failed");
        assert_eq!(strip_combined("Failed"), "Failed");
        assert_eq!(number("12 Insufficient cpu"), Some(12));
        assert_eq!(number("99999999999999999999999"), None);
    }
}
