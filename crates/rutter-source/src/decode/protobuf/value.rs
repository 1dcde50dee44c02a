//! Values as serde sees them: what the wire holds, read as the schema says.
//!
//! The model's one definition of an object serves JSON, YAML and this. What differs is told by `is_human_readable`: times
//! come as seconds. Nothing here recurses deeper than the schema, which has no message within itself, and nothing is
//! allocated by a length that the bytes claim.

use rutter_cluster::WRITTEN;
use serde::de::{
    self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor, value::BorrowedStrDeserializer,
};

use super::{
    schema::{Field, Holds, Message, Type},
    wire::{Error, Fields, Value},
};

impl de::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// One value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typed<'de> {
    value: Value<'de>,
    is: Type,
}

impl<'de> Typed<'de> {
    pub(super) fn message(message: &'static Message, bytes: &'de [u8]) -> Self {
        Self { value: Value::Bytes(bytes), is: Type::Message(message) }
    }
}

impl<'de> Deserializer<'de> for Typed<'de> {
    type Error = Error;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.is {
            Type::Str => text(self.value.bytes()?, visitor),
            Type::Bytes => visitor.visit_borrowed_bytes(self.value.bytes()?),
            Type::Int => visitor.visit_i64(self.value.varint()?.cast_signed()),
            Type::Bool => visitor.visit_bool(self.value.varint()? != 0),
            Type::Time => time(self.value.bytes()?, visitor),
            Type::Quantity => text(part(self.value.bytes()?, 1)?.map_or(Ok(&[][..]), Value::bytes)?, visitor),
            Type::IntOrString => int_or_string(self.value.bytes()?, visitor),
            Type::Message(message) => visitor.visit_map(Object::new(message, self.value.bytes()?)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

/// The last field of a number in a message.
fn part(message: &[u8], number: u32) -> Result<Option<Value<'_>>, Error> {
    let mut fields = Fields(message);
    let mut found = None;
    while let Some((at, value)) = fields.next()? {
        if at == number {
            found = Some(value);
        }
    }
    Ok(found)
}

/// What isn't UTF-8 (a container's last words need not be) reads as Go's JSON writes it: a replacement for each byte.
fn text<'de, V: Visitor<'de>>(bytes: &'de [u8], visitor: V) -> Result<V::Value, Error> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return visitor.visit_borrowed_str(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    visitor.visit_string(text)
}

/// Seconds since the epoch. Go's zero time is an empty message, and no time at all in JSON.
fn time<'de, V: Visitor<'de>>(bytes: &'de [u8], visitor: V) -> Result<V::Value, Error> {
    match part(bytes, 1)?.map_or(Ok(0), Value::varint)? {
        0 => visitor.visit_unit(),
        seconds => visitor.visit_i64(seconds.cast_signed()),
    }
}

/// `IntOrString { 1 type, 2 intVal, 3 strVal }`: type 0 is the number.
fn int_or_string<'de, V: Visitor<'de>>(bytes: &'de [u8], visitor: V) -> Result<V::Value, Error> {
    match part(bytes, 1)?.map_or(Ok(0), Value::varint)? {
        0 => visitor.visit_i64(part(bytes, 2)?.map_or(Ok(0), Value::varint)?.cast_signed()),
        _ => text(part(bytes, 3)?.map_or(Ok(&[][..]), Value::bytes)?, visitor),
    }
}

/// A message, as a map from the JSON names of its fields. Those that the schema doesn't have are passed over.
struct Object<'de> {
    inner: Level<'de>,
    /// The message that the inner one is embedded in.
    outer: Option<Level<'de>>,
    value: Option<(&'static Field, Value<'de>)>,
}

/// How far a message was read.
struct Level<'de> {
    message: &'static Message,
    fields: Fields<'de>,
    /// Where in the table the last field was: they come in the order of their numbers.
    at: usize,
}

impl<'de> Level<'de> {
    fn new(message: &'static Message, bytes: &'de [u8]) -> Self {
        Self { message, fields: Fields(bytes), at: 0 }
    }

    /// The next field that the schema has.
    fn next(&mut self) -> Result<Option<(&'static Field, Value<'de>)>, Error> {
        while let Some((number, value)) = self.fields.next()? {
            let table = self.message.fields;
            let (before, from) = table.split_at_checked(self.at).unwrap_or((table, &[]));
            let mut all = from.iter().chain(before);
            if let Some(skipped) = all.position(|field| field.number == number) {
                self.at = (self.at + skipped) % table.len();
                return Ok(table.get(self.at).map(|field| (field, value)));
            }
        }
        Ok(None)
    }
}

impl<'de> Object<'de> {
    fn new(message: &'static Message, bytes: &'de [u8]) -> Self {
        Self { inner: Level::new(message, bytes), outer: None, value: None }
    }
}

impl<'de> MapAccess<'de> for Object<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        loop {
            match self.inner.next()? {
                Some((Field { holds: Holds::Inline(message), .. }, value)) => {
                    let embedded = Level::new(message, value.bytes()?);
                    self.outer = Some(std::mem::replace(&mut self.inner, embedded));
                }
                Some((field, value)) => {
                    self.value = Some((field, value));
                    return seed.deserialize(BorrowedStrDeserializer::new(field.name)).map(Some);
                }
                None => match self.outer.take() {
                    Some(outer) => self.inner = outer,
                    None => return Ok(None),
                },
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((field, value)) = self.value.take() else { return Err(Error::new("a value without a key")) };
        let (is, is_map) = match field.holds {
            Holds::One(is) => return seed.deserialize(Typed { value, is }),
            Holds::List(is) => (is, false),
            Holds::Map(is) => (is, true),
            Holds::Inline(message) => (Type::Message(message), false),
        };
        let fields = &mut self.inner.fields;
        let mut row = Row { number: field.number, first: Some(value), fields, is, is_map, entry: None };
        let read = seed.deserialize(&mut row)?;
        while row.next()?.is_some() {}
        Ok(read)
    }
}

/// How a row is written, for who asks for bytes; who doesn't spares the work.
struct Spelling<'r, 'm, 'de>(&'r Row<'m, 'de>);

impl<'de> Deserializer<'de> for Spelling<'_, '_, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut bytes = Vec::with_capacity(512);
        self.0.spell(&mut bytes)?;
        visitor.visit_bytes(&bytes)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

/// A list or a map: fields of one number, one after another.
struct Row<'m, 'de> {
    number: u32,
    first: Option<Value<'de>>,
    fields: &'m mut Fields<'de>,
    is: Type,
    is_map: bool,
    /// The value of the map's entry whose key was read.
    entry: Option<Value<'de>>,
}

impl<'de> Row<'_, 'de> {
    fn next(&mut self) -> Result<Option<Value<'de>>, Error> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let mut ahead = *self.fields;
        match ahead.next()? {
            Some((number, value)) if number == self.number => {
                *self.fields = ahead;
                Ok(Some(value))
            }
            _ => Ok(None),
        }
    }
}

impl Row<'_, '_> {
    /// Writes down what the row holds, without those fields of its messages that nobody reads: what mounts a pod's token
    /// bears a name that no other pod has.
    fn spell(&self, to: &mut Vec<u8>) -> Result<(), Error> {
        let Row { number, first, fields, is, .. } = self;
        let mut ahead = Row {
            number: *number,
            first: *first,
            fields: &mut { **fields },
            is: *is,
            is_map: false,
            entry: None,
        };
        while let Some(value) = ahead.next()? {
            match is {
                Type::Message(message) => {
                    let mut fields = Level::new(message, value.bytes()?);
                    while let Some((field, value)) = fields.next()? {
                        spell(field.number, value, to);
                    }
                    spell(0, Value::Fixed, to);
                }
                _ => spell(0, value, to),
            }
        }
        Ok(())
    }
}

/// Writes down a field so that no two different rows of fields read the same.
fn spell(number: u32, value: Value<'_>, to: &mut Vec<u8>) {
    to.extend_from_slice(&number.to_le_bytes());
    match value {
        Value::Varint(value) => {
            to.push(0);
            to.extend_from_slice(&value.to_le_bytes());
        }
        Value::Fixed => to.push(1),
        Value::Bytes(bytes) => {
            to.push(2);
            to.extend_from_slice(&bytes.len().to_le_bytes());
            to.extend_from_slice(bytes);
        }
    }
}

impl<'de> Deserializer<'de> for &mut Row<'_, 'de> {
    type Error = Error;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_map { visitor.visit_map(self) } else { visitor.visit_seq(self) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == WRITTEN {
            visitor.visit_map(Written { row: self, is_told: false })
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier
    }
}

/// A list with how it is written, see [`WRITTEN`].
struct Written<'r, 'm, 'de> {
    row: &'r mut Row<'m, 'de>,
    is_told: bool,
}

impl<'de> MapAccess<'de> for Written<'_, '_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if std::mem::replace(&mut self.is_told, true) {
            return Ok(None);
        }
        seed.deserialize(Spelling(self.row)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.row)
    }
}

impl<'de> SeqAccess<'de> for &mut Row<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(value) = self.next()? else { return Ok(None) };
        seed.deserialize(Typed { value, is: self.is }).map(Some)
    }

    /// Counted, not claimed.
    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.count(self.number) + usize::from(self.first.is_some()))
    }
}

impl<'de> MapAccess<'de> for &mut Row<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(entry) = self.next()? else { return Ok(None) };
        let (mut key, mut value) = (Value::Bytes(&[]), Value::Bytes(&[]));
        let mut fields = Fields(entry.bytes()?);
        while let Some((number, found)) = fields.next()? {
            match number {
                1 => key = found,
                2 => value = found,
                _ => {}
            }
        }
        self.entry = Some(value);
        seed.deserialize(Typed { value: key, is: Type::Str }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some(value) = self.entry.take() else { return Err(Error::new("a value without a key")) };
        seed.deserialize(Typed { value, is: self.is })
    }
}
