//! Lists of the model: immutable, shared, one word wide.

use std::{fmt, ops::Deref};

use serde::{Deserialize, Deserializer};
use triomphe::ThinArc;

/// An immutable shared list. An empty one allocates nothing; a clone shares.
///
/// Most lists of most objects are empty, and many are the same in thousands of objects: a [`Pool`](crate::Pool) lets those
/// share one allocation.
pub struct List<T>(Option<ThinArc<(), T>>);

impl<T> List<T> {
    /// The list as a slice.
    pub fn as_slice(&self) -> &[T] {
        self.0.as_ref().map_or(&[], |list| &list.slice)
    }

    /// Changes the items of this list; others that shared it keep theirs.
    pub fn edit(&mut self, change: impl FnOnce(&mut [T]))
    where
        T: Clone,
    {
        let mut items = self.to_vec();
        change(&mut items);
        *self = items.into();
    }

    /// Where it is in memory: what several objects share has one address, so that it need be looked at only once.
    pub fn address(&self) -> usize {
        self.as_slice().as_ptr().addr()
    }

    /// Whether both are one allocation, or empty.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self.as_slice(), other.as_slice())
    }

    /// How many have this list, this one included.
    pub(crate) fn holders(&self) -> usize {
        self.0.as_ref().map_or(0, ThinArc::strong_count)
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.as_slice() == other.as_slice()
    }
}

impl<T: Eq> Eq for List<T> {}

impl<T: PartialOrd> PartialOrd for List<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.as_slice().partial_cmp(other)
    }
}

impl<T: Ord> Ord for List<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_slice().cmp(other)
    }
}

impl<T: std::hash::Hash> std::hash::Hash for List<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self((!items.is_empty()).then(|| ThinArc::from_header_and_iter((), items.into_iter())))
    }
}

impl<T, const N: usize> From<[T; N]> for List<T> {
    fn from(items: [T; N]) -> Self {
        Self((N > 0).then(|| ThinArc::from_header_and_iter((), items.into_iter())))
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_is_one_word_and_nothing_else() {
        assert_eq!(size_of::<List<String>>(), size_of::<usize>());
        assert!(List::<String>::from(Vec::new()).0.is_none() && List::<u8>::from([]).0.is_none());
        assert_eq!(List::<u8>::default(), Vec::new().into());
    }

    #[test]
    fn a_clone_shares_and_the_last_one_is_alone() {
        let list: List<u8> = (1..=3).collect();
        let clone = list.clone();
        assert!(list.holders() == 2 && clone == list);
        drop(clone);
        assert_eq!(list.holders(), 1);
        let mut other = list.clone();
        other.edit(|items| items[0] = 9);
        assert_eq!((list[0], other[0]), (1, 9));
        assert_eq!(list.iter().sum::<u8>(), 6);
    }
}
