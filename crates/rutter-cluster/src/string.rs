//! Strings of the model: immutable, shared, one word wide, cheap to clone.

use std::{borrow::Borrow, fmt, ops::Deref};

use arcstr::ArcStr;
use serde::{Deserialize, Deserializer, de};

use crate::intern;

/// An immutable shared string.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Str(ArcStr);

impl Str {
    /// The string as a slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A string of its own, whatever a pool knows.
    pub(crate) fn alone(text: &str) -> Self {
        Self(text.into())
    }

    /// Whether both are one allocation.
    #[cfg(test)]
    pub(crate) fn is_same(one: &Self, other: &Self) -> bool {
        ArcStr::ptr_eq(&one.0, &other.0)
    }

    /// How many have this string, this one included.
    pub(crate) fn holders(&self) -> usize {
        ArcStr::strong_count(&self.0).unwrap_or(0)
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::default() } else { intern::string(text) }
    }
}

impl From<ArcStr> for Str {
    fn from(text: ArcStr) -> Self {
        Self(text)
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl Deref for Str {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Makes strings of texts, by this function.
struct StrVisitor(fn(&str) -> Str);

impl<'de> de::Visitor<'de> for StrVisitor {
    type Value = Str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Str, E> {
        Ok((self.0)(text))
    }
    fn visit_unit<E: de::Error>(self) -> Result<Str, E> {
        Ok(Str::default())
    }
    fn visit_none<E: de::Error>(self) -> Result<Str, E> {
        Ok(Str::default())
    }
    // Unquoted scalars in hand-written YAML (`version: 1.12`, `enabled: true`) arrive as these.
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Str, E> {
        Ok(value.to_string().into())
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Str, E> {
        Ok(value.to_string().into())
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Str, E> {
        Ok(value.to_string().into())
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Str, E> {
        Ok(value.to_string().into())
    }
}

impl<'de> Deserialize<'de> for Str {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrVisitor(|text| text.into()))
    }
}

/// Reads a string that no other object has: to look for it would only cost time, and to know it memory.
pub(crate) fn alone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Str, D::Error> {
    let alone = |text: &str| if text.is_empty() { Str::default() } else { Str::alone(text) };
    deserializer.deserialize_any(StrVisitor(alone))
}
