//! YAML (and JSON, which is YAML) as a tree in which every value knows where it stands.

mod parse;

pub use self::parse::{Broken, Document, parse};

/// A stretch of a source text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
    /// The line of its first byte, from 1.
    pub line: u32,
    /// The column of its first byte, from 1, in characters.
    pub column: u32,
}

/// How a scalar is written: it decides what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: may be a number, a switch or nothing.
    Plain,
    /// In single or double quotes: always a text.
    Quoted,
    /// After `|` or `>`: always a text.
    Block,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text as it is meant (escapes resolved), and how it was written.
    Scalar(Box<str>, Style),
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order of the source. A key that stands twice is there twice.
    Map(Vec<(Node, Node)>),
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
    /// Written in braces or brackets: on one line, and to be edited in another way.
    pub flow: bool,
}

impl Node {
    /// The value of a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its value. Of keys that stand twice it is the last, as for Kubernetes.
    pub fn entry(&self, key: &str) -> Option<(&Node, &Node)> {
        self.entries()
            .iter()
            .rev()
            .find(|(name, _)| name.text() == Some(key))
            .map(|(key, value)| (key, value))
    }

    /// The value at the end of a path of keys: `at(&["spec", "template"])`. Nothing where a step is missing or null.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key)).filter(|node| !node.is_null())
    }

    /// The scalar's text at the end of a path.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.text()
    }

    /// The items of a list; of anything else, none.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The items of the list at the end of a path.
    pub fn items_at(&self, path: &[&str]) -> &[Node] {
        self.at(path).map_or(&[], Node::items)
    }

    /// Keys and values; of anything but a map, none.
    pub fn entries(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The entries of the map at the end of a path.
    pub fn entries_at(&self, path: &[&str]) -> &[(Node, Node)] {
        self.at(path).map_or(&[], Node::entries)
    }

    /// A scalar as it is written, whatever its type; nothing for null.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, _) if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// A text, as Kubernetes would take it: not a number, not a switch, not null.
    pub fn string(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, style) if *style != Style::Plain || is_text(text) => Some(text),
            _ => None,
        }
    }

    /// A switch.
    pub fn bool(&self) -> Option<bool> {
        match &self.value {
            Value::Scalar(text, Style::Plain) => switch(text),
            _ => None,
        }
    }

    /// A whole number.
    pub fn integer(&self) -> Option<i64> {
        match &self.value {
            Value::Scalar(text, Style::Plain) => text.parse().ok(),
            _ => None,
        }
    }

    /// Nothing: `key:` with nothing behind it, `~` or `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(text, Style::Plain) if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// A map or a list with nothing in it, or null.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Scalar(..) => self.is_null(),
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
        }
    }
}

/// YAML 1.1's switches, which is what Kubernetes' reader takes.
fn switch(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Whether a plain scalar is a text for Kubernetes' reader.
fn is_text(text: &str) -> bool {
    !matches!(text, "" | "~" | "null" | "Null" | "NULL") && switch(text).is_none() && !is_number(text)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(hex) = digits.strip_prefix("0x") {
        return !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    if matches!(digits, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-' | b'_'))
        && digits.replace('_', "").parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_mean_what_kubernetes_takes_them_for() {
        for text in ["1", "-2.5", "1e3", "0x1F", "1_000", ".5", ".inf"] {
            assert!(!is_text(text), "{text} is a number");
        }
        for text in ["1.2.3", "1Gi", "v1", "1.25-alpine", "a", "-", "0x", "1-2"] {
            assert!(is_text(text), "{text} is a text");
        }
        assert_eq!(switch("on"), Some(true));
        assert_eq!(switch("N"), None);
    }
}
