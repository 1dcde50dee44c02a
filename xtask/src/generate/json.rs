//! JSON as Kubernetes writes it.
//!
//! Objects are built with their members in the API server's order. `kubectl get` sorts them, so the same object serves
//! both forms, which a map type of `serde_json` could not.

use std::borrow::Cow;

pub(super) type Key = Cow<'static, str>;

#[derive(Debug, Clone)]
pub(super) enum Json {
    /// Left out of the object it stands in, as Go's `omitempty` does.
    Absent,
    Null,
    Bool(bool),
    Int(i64),
    Str(Cow<'static, str>),
    Array(Vec<Json>),
    Object(Vec<(Key, Json)>),
}

/// An object, its members in the order of the API server.
macro_rules! obj {
    ($($key:literal : $value:expr),* $(,)?) => {
        $crate::generate::json::Json::Object(vec![
            $((std::borrow::Cow::Borrowed($key), $crate::generate::json::Json::from($value))),*
        ])
    };
}
macro_rules! arr {
    ($($value:expr),* $(,)?) => {
        $crate::generate::json::Json::Array(vec![$($crate::generate::json::Json::from($value)),*])
    };
}
pub(super) use {arr, obj};

impl Json {
    /// A map of strings (labels, annotations), sorted as Go prints maps; absent when empty.
    pub(super) fn map<K: Into<Key>, V: Into<Json>>(members: impl IntoIterator<Item = (K, V)>) -> Json {
        let mut members: Vec<_> =
            members.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        members.sort_by(|a, b| a.0.cmp(&b.0));
        if members.is_empty() { Json::Absent } else { Json::Object(members) }
    }

    pub(super) fn when(condition: bool, value: impl FnOnce() -> Json) -> Json {
        if condition { value() } else { Json::Absent }
    }

    /// Adds a member at the end; anything but an object stays as it is.
    pub(super) fn push(&mut self, key: &'static str, value: impl Into<Json>) {
        if let Json::Object(members) = self {
            members.push((key.into(), value.into()));
        }
    }

    pub(super) fn member_mut(&mut self, key: &str) -> Option<&mut Json> {
        match self {
            Json::Object(members) => members.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn sort_keys(&mut self) {
        match self {
            Json::Object(members) => {
                members.sort_unstable_by(|a, b| a.0.cmp(&b.0));
                for (_, value) in members {
                    value.sort_keys();
                }
            }
            Json::Array(items) => items.iter_mut().for_each(Json::sort_keys),
            _ => {}
        }
    }

    /// Writes on one line, or with 4 spaces per level from `depth` on.
    pub(super) fn write(&self, out: &mut Vec<u8>, layout: Layout) {
        match self {
            Json::Absent | Json::Null => out.extend_from_slice(b"null"),
            Json::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Json::Int(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Json::Str(value) => write_string(out, value),
            Json::Array(items) => write_array(out, items, layout),
            Json::Object(members) => write_object(out, members, layout),
        }
    }

    pub(super) fn to_compact(&self) -> String {
        let mut out = Vec::new();
        self.write(&mut out, Layout::Compact);
        String::from_utf8_lossy(&out).into_owned()
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Layout {
    Compact,
    /// At this depth of nesting.
    Indented(usize),
}

impl Layout {
    pub(super) fn deeper(self) -> Layout {
        match self {
            Layout::Compact => Layout::Compact,
            Layout::Indented(depth) => Layout::Indented(depth + 1),
        }
    }

    pub(super) fn break_line(self, out: &mut Vec<u8>) {
        if let Layout::Indented(depth) = self {
            out.push(b'\n');
            out.resize(out.len() + 4 * depth, b' ');
        }
    }
}

fn write_array(out: &mut Vec<u8>, items: &[Json], layout: Layout) {
    if items.is_empty() {
        return out.extend_from_slice(b"[]");
    }
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        layout.deeper().break_line(out);
        item.write(out, layout.deeper());
    }
    layout.break_line(out);
    out.push(b']');
}

fn write_object(out: &mut Vec<u8>, members: &[(Key, Json)], layout: Layout) {
    let mut present = members.iter().filter(|(_, value)| !matches!(value, Json::Absent)).peekable();
    if present.peek().is_none() {
        return out.extend_from_slice(b"{}");
    }
    out.push(b'{');
    let mut first = true;
    for (key, value) in present {
        if !first {
            out.push(b',');
        }
        first = false;
        layout.deeper().break_line(out);
        write_string(out, key);
        out.extend_from_slice(if matches!(layout, Layout::Compact) { b":" } else { b": " });
        value.write(out, layout.deeper());
    }
    layout.break_line(out);
    out.push(b'}');
}

/// Escapes as Go does, which also spares HTML its special characters.
fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut written = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\t' => b"\\t",
            b'<' => b"\\u003c",
            b'>' => b"\\u003e",
            b'&' => b"\\u0026",
            _ => continue,
        };
        out.extend_from_slice(&bytes[written..index]);
        out.extend_from_slice(escape);
        written = index + 1;
    }
    out.extend_from_slice(&bytes[written..]);
    out.push(b'"');
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Json::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Json::Int(value)
    }
}

impl From<i32> for Json {
    fn from(value: i32) -> Self {
        Json::Int(value.into())
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Json::Int(value.into())
    }
}

impl From<usize> for Json {
    fn from(value: usize) -> Self {
        Json::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<&'static str> for Json {
    fn from(value: &'static str) -> Self {
        Json::Str(Cow::Borrowed(value))
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Json::Str(Cow::Owned(value))
    }
}

impl From<&String> for Json {
    fn from(value: &String) -> Self {
        Json::Str(Cow::Owned(value.clone()))
    }
}

impl FromIterator<Json> for Json {
    fn from_iter<I: IntoIterator<Item = Json>>(items: I) -> Self {
        Json::Array(items.into_iter().collect())
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Self {
        Json::Array(items)
    }
}
