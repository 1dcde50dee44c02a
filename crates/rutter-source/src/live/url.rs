//! Paths and queries.

use rutter_cluster::Kind;

/// The path of a list.
pub(super) fn list(kind: Kind, api_version: &str, namespace: Option<&str>) -> String {
    let root = if api_version.contains('/') { "/apis/" } else { "/api/" };
    let scope = namespace.map_or_else(String::new, |name| format!("/namespaces/{}", escape(name)));
    format!("{root}{api_version}{scope}/{}", kind.plural())
}

/// `text` as one segment of a path or one value of a query.
pub(super) fn escape(text: &str) -> String {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
            }
        }
    }
    out
}

/// Whether `name` can be a namespace's: a DNS label.
pub(super) fn is_label(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&name.len())
        && name.bytes().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
}
