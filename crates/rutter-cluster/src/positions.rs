//! Lists of positions by a key, each in the order of its table.

use std::{borrow::Borrow, hash::Hash};

use rustc_hash::FxHashMap;

/// Positions in a table, by what the objects there have in common.
#[derive(Debug)]
pub(crate) struct By<K>(FxHashMap<K, Vec<u32>>);

impl<K> Default for By<K> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<K: Hash + Eq> By<K> {
    /// The positions under a key.
    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> &[u32]
    where
        K: Borrow<Q>,
    {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    /// All lists, in no order.
    pub(crate) fn lists_mut(&mut self) -> impl Iterator<Item = &mut Vec<u32>> {
        self.0.values_mut()
    }

    /// Adds a position behind all others of its key.
    pub(crate) fn push(&mut self, key: &K, at: u32)
    where
        K: Clone,
    {
        // Looked up first: the key is cloned once for each list, not for each object.
        match self.0.get_mut(key) {
            Some(list) => list.push(at),
            None => drop(self.0.insert(key.clone(), vec![at])),
        }
    }

    /// Adds a position where it belongs: behind those that are before it.
    pub(crate) fn add(&mut self, key: K, at: u32, is_before: impl Fn(u32) -> bool) {
        add(self.0.entry(key).or_default(), at, is_before);
    }

    /// Takes a position out.
    pub(crate) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q, at: u32)
    where
        K: Borrow<Q>,
    {
        let Some(list) = self.0.get_mut(key) else { return };
        remove(list, at);
        if list.is_empty() {
            self.0.remove(key);
        }
    }
}

/// Adds a position to a list, behind those that are before it.
pub(crate) fn add(list: &mut Vec<u32>, at: u32, is_before: impl Fn(u32) -> bool) {
    let place = list.partition_point(|other| is_before(*other));
    list.insert(place, at);
}

/// Takes a position out of a list.
pub(crate) fn remove(list: &mut Vec<u32>, at: u32) {
    if let Some(place) = list.iter().position(|other| *other == at) {
        list.remove(place);
    }
}
