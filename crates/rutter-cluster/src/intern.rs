//! Strings of the model: immutable, shared, cheap to clone.
//!
//! A cluster repeats the same few thousand strings (namespaces, nodes, images, label keys, reasons) hundreds of
//! thousands of times. While [`interned`] runs, equal short strings decoded on that thread share one allocation.

use std::{borrow::Borrow, cell::RefCell, fmt, ops::Deref, sync::Arc};

use rustc_hash::FxHashSet;
use serde::{Deserialize, Deserializer, de};

/// Strings longer than this are messages and the like, which rarely repeat; they are not worth a look-up.
const LONGEST_INTERNED: usize = 160;

/// An immutable shared string.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Str(Arc<str>);

thread_local! {
    static POOL: RefCell<Option<FxHashSet<Str>>> = const { RefCell::new(None) };
}

/// Runs `decode` with a pool in which equal strings share one allocation; the pool is dropped at the end, the
/// strings stay. Nested calls share the outermost pool.
pub fn interned<T>(decode: impl FnOnce() -> T) -> T {
    let outermost = POOL.with_borrow_mut(|pool| {
        let absent = pool.is_none();
        pool.get_or_insert_default();
        absent
    });
    let result = decode();
    if outermost {
        POOL.with_borrow_mut(Option::take);
    }
    result
}

impl Str {
    /// The string as a slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        if text.len() > LONGEST_INTERNED {
            return Self(text.into());
        }
        POOL.with_borrow_mut(|pool| {
            let Some(pool) = pool else { return Self(text.into()) };
            if let Some(known) = pool.get(text) {
                return known.clone();
            }
            let new = Self(text.into());
            pool.insert(new.clone());
            new
        })
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

struct StrVisitor;

impl<'de> de::Visitor<'de> for StrVisitor {
    type Value = Str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Str, E> {
        Ok(text.into())
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
        deserializer.deserialize_any(StrVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_share_one_allocation_only_inside_a_pool() {
        let (a, b) = interned(|| (Str::from("node-a"), Str::from("node-a")));
        assert!(Arc::ptr_eq(&a.0, &b.0));
        assert!(!Arc::ptr_eq(&a.0, &Str::from("node-a").0));
    }
}
