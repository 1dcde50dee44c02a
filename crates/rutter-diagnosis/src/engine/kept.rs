//! What lessons computed once for many subjects, kept until something that was read for it changes.

use rutter_lessons::{
    self as lessons, OnceKey,
    reads::{Key, Reads},
};
use slab::Slab;

/// Computed values, each with a number while it is kept.
#[derive(Default)]
pub(super) struct Kept {
    values: lessons::Kept,
    names: Slab<OnceKey>,
}

impl Kept {
    /// Lends what is kept to a context.
    pub(super) fn lend(&mut self) -> lessons::Kept {
        std::mem::take(&mut self.values)
    }

    /// Takes it back; returns the numbers of what was computed meanwhile, and what was read for each.
    pub(super) fn take_back(&mut self, mut values: lessons::Kept) -> Vec<(u32, Reads)> {
        let new = values.take_new();
        self.values = values;
        new.into_iter().map(|(name, reads)| (self.names.insert(name) as u32, reads)).collect()
    }

    /// Forgets a value; returns the question that it answered.
    pub(super) fn forget(&mut self, id: u32) -> Option<Key> {
        let name = self.names.try_remove(id as usize)?;
        self.values.forget(&name);
        Some(Key::kept(name.0, &name.1))
    }
}
