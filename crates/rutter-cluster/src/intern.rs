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

/// A pool that outlives a call: for what comes over a long time, bit by bit.
#[derive(Debug, Default)]
pub struct Pool(FxHashSet<Str>);

impl Pool {
    /// Runs `decode` as [`interned`] does, with this pool.
    pub fn run<T>(&mut self, decode: impl FnOnce() -> T) -> T {
        let outer = POOL.with_borrow_mut(|pool| pool.replace(std::mem::take(&mut self.0)));
        let result = decode();
        self.0 = POOL.with_borrow_mut(|pool| std::mem::replace(pool, outer)).unwrap_or_default();
        result
    }

    /// Forgets the strings that nothing uses any more.
    pub fn sweep(&mut self) {
        self.0.retain(|known| Arc::strong_count(&known.0) > 1);
        self.0.shrink_to_fit();
    }

    /// How many strings it holds.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
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

    #[test]
    fn a_pool_goes_on_where_it_was_and_forgets_what_is_unused() {
        let mut pool = Pool::default();
        let a = pool.run(|| Str::from("node-a"));
        let (b, c) = pool.run(|| (Str::from("node-a"), Str::from("node-c")));
        assert!(Arc::ptr_eq(&a.0, &b.0));
        drop(c);
        pool.sweep();
        assert_eq!(pool.len(), 1);
        assert!(!Arc::ptr_eq(&a.0, &Str::from("node-a").0), "it is not used outside");
    }
}
