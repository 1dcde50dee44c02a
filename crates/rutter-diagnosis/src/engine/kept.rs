//! What lessons computed once for many subjects, kept until something that was read for it changes.

use rutter_lessons::{
    Once, OnceKey,
    reads::{Key, Reads},
};
use slab::Slab;

/// Computed values, each with a number while it is kept.
#[derive(Default)]
pub(super) struct Kept {
    once: Once,
    names: Slab<OnceKey>,
}

impl Kept {
    /// Lends what is kept to a context.
    pub(super) fn lend(&mut self) -> Once {
        std::mem::take(&mut self.once)
    }

    /// Takes it back; returns the numbers of what was computed meanwhile, and what was read for each.
    pub(super) fn take_back(&mut self, mut once: Once) -> Vec<(u32, Reads)> {
        let new = once.take_new();
        self.once = once;
        new.into_iter().map(|(name, reads)| (self.names.insert(name) as u32, reads)).collect()
    }

    /// Forgets a value; returns the question that it answered.
    pub(super) fn forget(&mut self, id: u32) -> Option<Key> {
        let name = self.names.try_remove(id as usize)?;
        self.once.forget(&name);
        Some(Key::once(name.0, &name.1))
    }
}
