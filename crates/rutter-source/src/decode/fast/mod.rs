//! Decodes JSON into the model several bytes at a time.
//!
//! Most of what `kubectl get -o json` writes is indentation, and most of the rest is fields that no lesson reads. A
//! general parser looks at each of these bytes by itself; this one steps over white space, strings and unread values
//! by eights. It knows only what well-formed objects of the model need: for anything else (floats, a null where a
//! struct should be, text that is no JSON) it fails with [`Odd`], and the object is read again by a general parser,
//! which also says what is wrong. Values that nobody reads have to be whole, too.

use std::fmt;

use serde::de::{self, DeserializeSeed, Visitor};

use super::{eights, scan};

/// Deeper nesting is left to the general parser, which has a limit of its own.
const DEEPEST: usize = 100;

/// This reader does not do for this text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Odd;

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text has to be read by a general parser")
    }
}

impl std::error::Error for Odd {}

impl de::Error for Odd {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads one value from a text.
pub(super) struct Reader<'de> {
    text: &'de str,
    at: usize,
    depth: usize,
}

impl<'de> Reader<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Fails unless nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), Odd> {
        self.space();
        if self.at == self.text.len() { Ok(()) } else { Err(Odd) }
    }

    /// Steps over white space; says what comes then.
    fn space(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at).copied() {
            match byte {
                b'\n' => self.at = eights::after_spaces(bytes, self.at + 1),
                b' ' | b'\t' | b'\r' => self.at += 1,
                _ => return Some(byte),
            }
        }
        None
    }

    fn expect(&mut self, byte: u8) -> Result<(), Odd> {
        if self.space() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(Odd)
    }

    /// What stands in the string that starts here, if it has no escapes.
    fn plain_string(&mut self) -> Option<&'de str> {
        let start = self.at + 1;
        let end = eights::plain_end(self.text.as_bytes(), start);
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        self.text.get(start..end)
    }

    /// What stands in the string that starts here, escapes resolved.
    fn escaped_string(&mut self) -> Result<String, Odd> {
        let end = scan::string_end(self.text.as_bytes(), self.at).map_err(|_| Odd)?;
        let quoted = self.text.get(self.at..end).ok_or(Odd)?;
        self.at = end;
        serde_json::from_str(quoted).map_err(|_| Odd)
    }

    fn string<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Odd> {
        match self.plain_string() {
            Some(text) => visitor.visit_borrowed_str(text),
            None => visitor.visit_string(self.escaped_string()?),
        }
    }

    fn literal(&mut self, literal: &str) -> Result<(), Odd> {
        if !self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(literal.as_bytes())) {
            return Err(Odd);
        }
        self.at += literal.len();
        Ok(())
    }

    fn integer<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Odd> {
        let start = self.at;
        self.at = scan::value_end(self.text.as_bytes(), start).map_err(|_| Odd)?;
        let digits = self.text.get(start..self.at).ok_or(Odd)?;
        let starts_with_zero = digits.trim_start_matches('-').starts_with('0') && digits != "0";
        match digits.parse::<u64>() {
            _ if starts_with_zero => Err(Odd),
            Ok(number) => visitor.visit_u64(number),
            Err(_) => visitor.visit_i64(digits.parse().map_err(|_| Odd)?),
        }
    }

    /// Steps into a map or a list, and over what closes it.
    fn nested<T>(
        &mut self,
        closing: u8,
        read: impl FnOnce(&mut Members<'_, 'de>) -> Result<T, Odd>,
    ) -> Result<T, Odd> {
        if self.depth == DEEPEST {
            return Err(Odd);
        }
        self.depth += 1;
        self.at += 1;
        let value = read(&mut Members { reader: self, closing, is_first: true })?;
        self.depth -= 1;
        self.expect(closing)?;
        Ok(value)
    }

    /// Steps over a value that nobody reads, which has to be whole all the same: text that was damaged in the middle
    /// of one object and goes on in another would otherwise read as one.
    fn skip(&mut self) -> Result<(), Odd> {
        match self.space() {
            Some(b'"') => self.skip_string(),
            Some(b'{') => self.nested(b'}', |members| {
                while members.advance()? {
                    members.reader.key()?.skip_string()?;
                    members.reader.expect(b':')?;
                    members.reader.skip()?;
                }
                Ok(())
            }),
            Some(b'[') => self.nested(b']', |members| {
                while members.advance()? {
                    members.reader.skip()?;
                }
                Ok(())
            }),
            _ => de::Deserializer::deserialize_any(self, de::IgnoredAny).map(drop),
        }
    }

    fn skip_string(&mut self) -> Result<(), Odd> {
        match self.plain_string() {
            Some(_) => Ok(()),
            None => self.escaped_string().map(drop),
        }
    }

    /// Fails unless a key comes next.
    fn key(&mut self) -> Result<&mut Self, Odd> {
        if self.space() == Some(b'"') { Ok(self) } else { Err(Odd) }
    }
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Odd;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        match self.space() {
            Some(b'"') => self.string(visitor),
            Some(b'{') => self.nested(b'}', |members| visitor.visit_map(members)),
            Some(b'[') => self.nested(b']', |members| visitor.visit_seq(members)),
            Some(b'-' | b'0'..=b'9') => self.integer(visitor),
            Some(b't') => self.literal("true").and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.literal("false").and_then(|()| visitor.visit_bool(false)),
            Some(b'n') => self.literal("null").and_then(|()| visitor.visit_unit()),
            _ => Err(Odd),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        if self.space() == Some(b'n') {
            self.literal("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Odd> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Odd> {
        Err(Odd)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

/// The members of a map or a list.
struct Members<'r, 'de> {
    reader: &'r mut Reader<'de>,
    closing: u8,
    is_first: bool,
}

impl Members<'_, '_> {
    /// Steps to the next member; says whether there is one.
    fn advance(&mut self) -> Result<bool, Odd> {
        match self.reader.space() {
            Some(byte) if byte == self.closing => return Ok(false),
            Some(b',') if !self.is_first => {
                // A closing bracket after it is no member, and whoever reads one will say so.
                self.reader.at += 1;
            }
            Some(_) if self.is_first => {}
            _ => return Err(Odd),
        }
        self.is_first = false;
        Ok(true)
    }
}

impl<'de> de::SeqAccess<'de> for Members<'_, 'de> {
    type Error = Odd;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Odd> {
        if !self.advance()? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> de::MapAccess<'de> for Members<'_, 'de> {
    type Error = Odd;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Odd> {
        if !self.advance()? {
            return Ok(None);
        }
        seed.deserialize(self.reader.key()?).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Odd> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

#[cfg(test)]
mod tests;
