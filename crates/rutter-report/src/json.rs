//! `-o json`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};

use crate::page::is_hidden;

/// Writes a report or an explanation as indented JSON.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &impl Serialize) -> io::Result<()> {
    report.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Visible::default()))?;
    writeln!(out)
}

/// Writes something in one line.
pub(crate) fn write_line(out: &mut dyn Write, what: &impl Serialize) -> io::Result<()> {
    what.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, VisibleLine))?;
    writeln!(out)
}

/// Indents, and escapes what a terminal would obey or not show: JSON asks for that only below U+0020.
#[derive(Default)]
struct Visible(PrettyFormatter<'static>);

macro_rules! as_pretty {
    ($($method:ident($($name:ident: $type:ty)?)),*) => {$(
        fn $method<W: ?Sized + Write>(&mut self, writer: &mut W $(, $name: $type)?) -> io::Result<()> {
            self.0.$method(writer $(, $name)?)
        }
    )*};
}

impl Formatter for Visible {
    as_pretty! {
        begin_array(), end_array(), begin_array_value(first: bool), end_array_value(), begin_object(), end_object(),
        begin_object_key(first: bool), begin_object_value(), end_object_value(), write_char_escape(escape: CharEscape)
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        write_visible(writer, fragment)
    }
}

/// The same in one line.
struct VisibleLine;

impl Formatter for VisibleLine {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        write_visible(writer, fragment)
    }
}

fn write_visible<W: ?Sized + Write>(writer: &mut W, fragment: &str) -> io::Result<()> {
    let mut rest = fragment;
    while let Some((at, hidden)) = rest.char_indices().find(|(_, character)| is_hidden(*character)) {
        writer.write_all(&rest.as_bytes()[..at])?;
        for unit in hidden.encode_utf16(&mut [0; 2]) {
            write!(writer, "\\u{unit:04x}")?;
        }
        rest = &rest[at + hidden.len_utf8()..];
    }
    writer.write_all(rest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_escaped_and_come_back() {
        let hidden = ('\0'..=char::MAX).filter(|character| is_hidden(*character));
        let text: String = hidden.flat_map(|character| ['a', character, 'ø', '日']).collect();
        let mut out = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut out, Visible::default());
        [&text].serialize(&mut serializer).unwrap_or_default();
        let json = String::from_utf8(out).unwrap_or_default();
        assert!(!json.contains(|character| is_hidden(character) && character != '\n'), "{json}");
        assert!(
            json.contains("a\\u009bø日a") && json.contains("\\u202e") && json.contains("\\udb40\\udc01"),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).ok(), Some(vec![text]));
    }
}
